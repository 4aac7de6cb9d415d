package dev.ablate.lens.text;

import dev.ablate.code.Characters;
import dev.ablate.code.InputException;
import dev.ablate.game.Game;
import dev.ablate.game.Input;
import dev.ablate.game.Progress;
import dev.ablate.game.Span;
import dev.ablate.game.Subject;
import dev.ablate.game.Values;
import dev.ablate.lens.FeatureSelection;
import dev.ablate.mask.Masks;
import dev.ablate.model.LabelKind;
import dev.ablate.model.TextModel;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A text under a model: the features are pieces of the text, the outputs are labels. {@link
 * TextLens#game} makes one. Several threads may use it.
 */
public final class TextGame implements Game {
  private final TextLens lens;
  private final TextModel model;
  private final String text;
  private final Features features;
  private final AblatedTokens tokens;
  private final Hiding hiding;
  private final int[] targets;

  TextGame(
      TextLens lens,
      TextModel model,
      String text,
      Features features,
      AblatedTokens tokens,
      Hiding hiding,
      int[] targets) {
    this.lens = lens;
    this.model = model;
    this.text = text;
    this.features = features;
    this.tokens = tokens;
    this.hiding = hiding;
    this.targets = targets;
  }

  /** How the text was taken apart. */
  public TextLens lens() {
    return lens;
  }

  /** The whole text. */
  public String text() {
    return text;
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
    return new Subject(
        new Input.Text(text, features.spans(), lens.unit().toString()),
        lens.value().toString(),
        model.identity(),
        settings);
  }

  @Override
  public int features() {
    return features.count();
  }

  @Override
  public int outputs() {
    return targets.length;
  }

  @Override
  public List<String> featureNames() {
    return features.names();
  }

  /** The labels that are explained. */
  @Override
  public List<String> outputNames() {
    return Arrays.stream(targets).mapToObj(model.labels()::get).toList();
  }

  @Override
  public List<String> notes() {
    return model.notes();
  }

  @Override
  public void evaluate(Masks masks, Values out) {
    evaluate(masks, out, Progress.NONE);
  }

  /**
   * {@inheritDoc}
   *
   * @throws InputException if the model fails, or returns a logit that is not finite
   */
  @Override
  public void evaluate(Masks masks, Values out, Progress progress) {
    if (masks.features() != features()
        || masks.count() != out.count()
        || out.outputs() != outputs()) {
      throw new IllegalArgumentException("masks or values do not have the shape of this game");
    }
    long[] words = masks.hostWords();
    double[] values = out.hostDoubles();
    Batches batches = Batches.of(lengths(masks), TextModel.BATCH_TOKENS);
    model
        .workers()
        .forEachUntilInterrupted(
            batches.count(),
            b -> {
              int[] rows = batches.rows(b);
              evaluate(words, rows, batches.width(b), values);
              synchronized (batches) {
                progress.done(rows.length);
              }
            });
  }

  private int[] lengths(Masks masks) {
    int[] lengths = new int[masks.count()];
    long[] words = masks.hostWords();
    for (int r = 0; r < lengths.length; r++) {
      lengths[r] = tokens.length(words, r * masks.words());
    }
    return lengths;
  }

  /** One batch: the masks in {@code rows}, with at most {@code width} tokens each. */
  private void evaluate(long[] words, int[] rows, int width, double[] values) {
    int labels = model.labels().size();
    int[] ids = new int[rows.length * width];
    int[] lengths = new int[rows.length];
    float[] logits = new float[rows.length * labels];
    for (int r = 0; r < rows.length; r++) {
      int mask = rows[r] * Masks.words(features());
      lengths[r] = tokens.length(words, mask);
      tokens.fill(words, mask, ids, r * width);
    }
    model.scorer().score(ids, lengths, rows.length, width, logits);
    for (int r = 0; r < rows.length; r++) {
      checkFinite(logits, r * labels, words, rows[r]);
      for (int o = 0; o < targets.length; o++) {
        values[rows[r] * targets.length + o] = value(logits, r * labels, targets[o]);
      }
    }
  }

  /** A label that excludes no other has a model of its own, with a single logit. */
  private double value(float[] logits, int from, int label) {
    return model.labelKind() == LabelKind.EXCLUSIVE
        ? lens.value().of(logits, from, model.labels().size(), label)
        : lens.value().of(logits, from + label, 1, 0);
  }

  private void checkFinite(float[] logits, int from, long[] words, int row) {
    for (int k = 0; k < model.labels().size(); k++) {
      if (!Float.isFinite(logits[from + k])) {
        throw new InputException(
            "the model "
                + model.name()
                + " gives "
                + Characters.line(model.labels().get(k))
                + " the logit "
                + logits[from + k]
                + " on the mask that keeps the features "
                + FeatureSelection.describe(words, row * Masks.words(features()), features())
                + " of 0-"
                + (features() - 1)
                + "; see the text there, or export the model in float32");
      }
    }
  }
}
