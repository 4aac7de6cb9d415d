package dev.ablate.lens.text;

import dev.ablate.backend.Backend;
import dev.ablate.code.InputException;
import dev.ablate.game.Game;
import dev.ablate.game.Input;
import dev.ablate.game.Progress;
import dev.ablate.game.Span;
import dev.ablate.game.Subject;
import dev.ablate.game.Values;
import dev.ablate.mask.Masks;
import dev.ablate.model.Serving;
import dev.ablate.model.TextModel;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A text under a model: the features are pieces of the text, the outputs are what is asked of the
 * model, such as labels. {@link TextLens#game} makes one. Several threads may use it.
 */
public final class TextGame implements Game {
  private final TextLens lens;
  private final TextModel model;
  private final Prompt prompt;
  private final Features features;
  private final Hiding hiding;
  private final Measure measure;
  private final Asking asking;
  private final List<String> outputNames;

  TextGame(
      TextLens lens,
      TextModel model,
      Prompt prompt,
      Features features,
      Hiding hiding,
      Measure measure,
      Asking asking) {
    this.lens = lens;
    this.model = model;
    this.prompt = prompt;
    this.features = features;
    this.hiding = hiding;
    this.measure = measure;
    this.asking = asking;
    this.outputNames = List.copyOf(measure.outputs());
  }

  /** How the text was taken apart. */
  public TextLens lens() {
    return lens;
  }

  /** The whole text, as the model reads it. */
  public String text() {
    return prompt.text();
  }

  /** Where each feature is in the text. */
  public List<Span> spans() {
    return features.spans();
  }

  @Override
  public Subject subject() {
    Map<String, Object> settings = new LinkedHashMap<>();
    settings.put(TextLens.ABLATE.name(), hiding.ablation().toString());
    if (hiding.text() != null) {
      settings.put(TextLens.SUBSTITUTE.name(), hiding.text());
    }
    settings.put(TextLens.KEEP.name(), lens.keep());
    // Its values have digits of its own, with 16 bits more than the last ones: a journal of another
    // place does not go on here.
    if (model.provider() == Serving.Asked.CUDA || model.provider() == Serving.Asked.TENSORRT) {
      settings.put(Serving.PROVIDER.name(), model.provider().toString());
    }
    settings.putAll(measure.settings());
    return new Subject(
        new Input.Text(prompt.text(), features.spans(), lens.unit().toString()),
        measure.value(),
        model.identity(),
        settings);
  }

  @Override
  public int features() {
    return features.count();
  }

  @Override
  public int outputs() {
    return outputNames.size();
  }

  @Override
  public List<String> featureNames() {
    return features.names();
  }

  /** What is asked of the model, such as the labels that are explained. */
  @Override
  public List<String> outputNames() {
    return outputNames;
  }

  @Override
  public List<String> notes() {
    List<String> notes = new ArrayList<>(model.notes());
    notes.addAll(measure.notes());
    notes.addAll(hiding.notes());
    notes.addAll(asking.notes());
    return notes;
  }

  @Override
  public void evaluate(Masks masks, Values out) {
    evaluate(masks, out, Progress.NONE);
  }

  /**
   * {@inheritDoc} Masks that leave the same tokens are asked about once.
   *
   * @throws InputException if the model fails, or returns a number that is not finite
   */
  @Override
  public void evaluate(Masks masks, Values out, Progress progress) {
    requireShape(masks, out);
    asking.evaluate(masks, out, progress);
  }

  @Override
  public boolean accepts(Backend backend) {
    return asking.accepts(backend);
  }

  @Override
  public Values evaluate(Masks masks, Backend backend, Progress progress) {
    return asking.evaluate(masks, outputs(), backend, progress);
  }

  @Override
  public void evaluate(Masks masks, Values out, Backend backend, Progress progress) {
    requireShape(masks, out);
    asking.evaluate(masks, out, backend, progress);
  }

  /** Masks of a model behind a server are told one by one. */
  @Override
  public boolean tellsRows() {
    return asking.tellsRows();
  }

  /** {@inheritDoc} A server is tried before anything is spent on masks. */
  @Override
  public void begin(boolean resumed, Progress progress) {
    asking.begin(resumed, progress);
  }

  @Override
  public String providerChoice() {
    return model.providerChoice();
  }

  @Override
  public Map<String, Long> counts() {
    return asking.counts();
  }

  @Override
  public double noise() {
    return asking.noise();
  }
}
