package dev.ablate.lens.text;

import dev.ablate.code.InputException;
import dev.ablate.game.Game;
import dev.ablate.game.Input;
import dev.ablate.game.Progress;
import dev.ablate.game.Span;
import dev.ablate.game.Subject;
import dev.ablate.game.Values;
import dev.ablate.lens.FeatureSelection;
import dev.ablate.mask.Masks;
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
  private final AblatedTokens tokens;
  private final Hiding hiding;
  private final Measure measure;
  private final List<String> outputNames;

  TextGame(
      TextLens lens,
      TextModel model,
      Prompt prompt,
      Features features,
      AblatedTokens tokens,
      Hiding hiding,
      Measure measure) {
    this.lens = lens;
    this.model = model;
    this.prompt = prompt;
    this.features = features;
    this.tokens = tokens;
    this.hiding = hiding;
    this.measure = measure;
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
    long[] words = masks.hostWords();
    DistinctRows rows = DistinctRows.of(tokens, words, masks.words(), masks.count());
    double[][] values = new double[rows.count()][];
    int[] masksOfRow = new int[rows.count()];
    for (int row : rows.same()) {
      masksOfRow[row]++;
    }
    int[] read = new int[rows.count()];
    for (int r = 0; r < read.length; r++) {
      read[r] = measure.read(rows.lengths()[r]);
    }
    Batches batches = Batches.of(read, TextModel.BATCH_TOKENS);
    model
        .workers()
        .forEachUntilInterrupted(
            batches.count(),
            b -> {
              int[] batch = batches.rows(b);
              evaluate(words, rows.firsts(), batch, values);
              int done = 0;
              for (int row : batch) {
                done += masksOfRow[row];
              }
              synchronized (batches) {
                progress.done(done);
              }
            });
    double[] all = out.hostDoubles();
    for (int m = 0; m < masks.count(); m++) {
      System.arraycopy(values[rows.same()[m]], 0, all, m * outputs(), outputs());
    }
  }

  /** One batch: some rows, each of a mask. */
  private void evaluate(long[] words, int[] maskOfRow, int[] batch, double[][] values) {
    int[][] ids = new int[batch.length][];
    for (int b = 0; b < batch.length; b++) {
      ids[b] = tokens.row(words, maskOfRow[batch[b]] * Masks.words(features()));
    }
    try {
      double[][] answers = measure.of(ids);
      for (int b = 0; b < batch.length; b++) {
        values[batch[b]] = answers[b];
      }
    } catch (NotFinite e) {
      throw new InputException(
          "the model "
              + model.name()
              + " "
              + e.getMessage()
              + " on the mask that keeps the features "
              + FeatureSelection.describe(
                  words, maskOfRow[batch[e.row()]] * Masks.words(features()), features())
              + " of 0-"
              + (features() - 1)
              + "; see the text there, or export the model in float32");
    }
  }
}
