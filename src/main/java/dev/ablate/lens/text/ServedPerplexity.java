package dev.ablate.lens.text;

import dev.ablate.model.ServedModel;
import dev.ablate.model.remote.Protocol;
import dev.ablate.model.remote.ScoredText;
import dev.ablate.model.remote.ServerSettings;
import java.util.List;
import java.util.Map;

/**
 * How surprising a text is to a model behind a server that gives log-probabilities of prompts, as
 * {@link PerplexityMeasure} has it.
 */
final class ServedPerplexity extends ServedMeasure<ScoredText> {
  ServedPerplexity(ServedModel model) {
    super(model);
  }

  @Override
  Protocol protocol() {
    return Protocol.COMPLETIONS;
  }

  @Override
  public String value() {
    return ValueFunction.PERPLEXITY.toString();
  }

  @Override
  public List<String> outputs() {
    return List.of("the text");
  }

  @Override
  public Map<String, Object> settings() {
    return Map.of(ServerSettings.PROTOCOL.name(), protocol().toString());
  }

  @Override
  double[] of(int[] row) {
    if (row.length == 0) {
      return new double[] {1};
    }
    String text = text(row);
    return new double[] {perplexity(kept(text, () -> model().server().completions().score(text)))};
  }

  @Override
  Tried tryOut(int[] row) {
    String text = text(row);
    ScoredText scored = keep(text, model().server().completions().score(text));
    return tried(perplexity(scored), scored.usage());
  }

  /** The first token of all may have none before it. */
  private static double perplexity(ScoredText scored) {
    double mean =
        scored.tokens().stream()
            .mapToDouble(token -> token.logProbability())
            .filter(log -> !Double.isNaN(log))
            .average()
            .orElse(0);
    double perplexity = Math.exp(-mean);
    if (!Double.isFinite(perplexity)) {
      throw new NotFinite(0, "gives the text the perplexity " + perplexity);
    }
    return perplexity;
  }
}
