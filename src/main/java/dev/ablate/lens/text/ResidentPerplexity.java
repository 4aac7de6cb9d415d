package dev.ablate.lens.text;

import dev.ablate.backend.Backend;
import dev.ablate.backend.Buffer;
import dev.ablate.backend.Buffer.Element;
import dev.ablate.backend.Scores;
import dev.ablate.backend.Tokens;
import dev.ablate.model.ResidentNetwork.Layout;
import dev.ablate.model.ResidentRows.Part;

/**
 * How surprising texts are to a language model. A text of which nothing is left is read as one
 * filler, about which nothing is asked.
 *
 * @param layout what the network takes and gives
 */
record ResidentPerplexity(Backend backend, Layout layout) implements ResidentMeasure {
  @Override
  public int empty() {
    return layout.filler();
  }

  @Override
  public int asked(int pass, int width) {
    return width - 1;
  }

  @Override
  public void ask(int pass, Tokens.Distinct rows, Part part) {
    if (part.batch().width() > 1) {
      backend
          .tokens()
          .askOwn(
              rows,
              part.first(),
              part.count(),
              part.batch(),
              part.at(),
              part.slot().places(),
              part.slot().targets(),
              part.from());
    }
  }

  @Override
  public void take(int pass, Tokens.Distinct rows, Part part, Scores.Into into) {
    int width = part.batch().width();
    int asked = part.count() * (width - 1);
    try (Buffer logs = backend.zeros(Element.F64, Math.max(1, asked))) {
      if (asked > 0) {
        Scores.Given given =
            new Scores.Given(
                part.slot().scores(), layout.number(), part.from(), asked, 1, layout.count());
        backend
            .scores()
            .logProbabilities(given, part.slot().targets(), part.from(), logs, 0, asked, asked);
      }
      backend.scores().perplexities(logs, part.count(), width, rows.lengths(), part.first(), into);
    }
  }

  @Override
  public void close() {}
}
