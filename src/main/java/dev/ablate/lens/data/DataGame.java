package dev.ablate.lens.data;

import dev.ablate.code.DistinctNames;
import dev.ablate.code.InputException;
import dev.ablate.game.Game;
import dev.ablate.game.Progress;
import dev.ablate.game.Subject;
import dev.ablate.game.Values;
import dev.ablate.lens.FeatureSelection;
import dev.ablate.mask.Masks;
import dev.ablate.model.ModelIdentity;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * A training set under a learner: the features are groups of its rows, the output is the mean over
 * the test rows, or each of them is one. {@link DataLens#game} makes one. Several threads may use
 * it.
 */
public final class DataGame implements Game {
  private final DataLens lens;
  private final OpenLearner learner;
  private final TrainingData data;
  private final DataValue value;
  private final RowValue rowValue;
  private final List<String> featureNames;
  private final List<String> outputNames;
  private final int rows;
  private final Subject subject;

  DataGame(DataLens lens, OpenLearner learner, TrainingData data) {
    this.lens = lens;
    this.learner = learner;
    this.data = data;
    boolean labels = data.task() != null && !data.task().train().isRegression();
    DataValue standard = labels ? DataValue.MARGIN : DataValue.PREDICTION;
    this.value = lens.value() != null ? lens.value() : standard;
    int classes = labels ? data.task().train().classes().size() : 0;
    this.rowValue = RowValue.of(value, learner.scores(), classes);
    this.featureNames = DistinctNames.of(data.groups().names());
    this.rows = data.task() == null ? learner.outputs().size() : data.task().test().rows();
    this.outputNames = DistinctNames.of(names());
    this.subject = describe();
  }

  private List<String> names() {
    if (data.task() == null) {
      return learner.outputs();
    }
    return lens.each() || rows == 1
        ? IntStream.range(0, rows).mapToObj(data::testName).toList()
        : List.of(rows + " test rows (mean)");
  }

  @Override
  public Subject subject() {
    return subject;
  }

  private Subject describe() {
    Map<String, Object> settings = new LinkedHashMap<>(learner.learner().settings());
    settings.put("training_rows", data.groups().rows());
    if (data.task() != null) {
      settings.put("test_rows", rows);
    }
    if (lens.each()) {
      settings.put(DataSettings.EACH.name(), "yes");
    }
    ModelIdentity model = new ModelIdentity(learner.name(), data.hashes());
    return new Subject(data.input(), value.toString(), model, settings);
  }

  @Override
  public int features() {
    return featureNames.size();
  }

  @Override
  public int outputs() {
    return outputNames.size();
  }

  @Override
  public List<String> featureNames() {
    return featureNames;
  }

  @Override
  public List<String> outputNames() {
    return outputNames;
  }

  /** What a subset gives is no other whatever else is trained beside it. */
  @Override
  public boolean tellsRows() {
    return true;
  }

  @Override
  public void evaluate(Masks masks, Values out) {
    evaluate(masks, out, Progress.NONE);
  }

  /**
   * {@inheritDoc}
   *
   * @throws InputException if a trained model gives a number that is not finite
   */
  @Override
  public void evaluate(Masks masks, Values out, Progress progress) {
    requireShape(masks, out);
    learner
        .learner()
        .train(
            masks,
            (mask, scores) -> {
              take(masks, mask, scores, out);
              synchronized (out) {
                progress.finished(mask);
              }
            });
  }

  /** Each mask has rows of its own in the values, so that threads do not meet there. */
  private void take(Masks masks, int mask, double[] scores, Values out) {
    double sum = 0;
    for (int r = 0; r < rows; r++) {
      double label = data.task() == null ? 0 : data.task().test().y()[r];
      double found = rowValue.of(scores, r * (scores.length / rows), label);
      if (!Double.isFinite(found)) {
        throw notFinite(masks, mask, r, found);
      }
      sum += found;
      if (outputs() > 1) {
        out.set(mask, r, found);
      }
    }
    if (outputs() == 1) {
      out.set(mask, 0, sum / rows);
    }
  }

  private InputException notFinite(Masks masks, int mask, int row, double found) {
    return new InputException(
        "the learner "
            + learner.name()
            + " gives "
            + (data.task() == null ? outputNames.get(row) : data.testName(row))
            + " the "
            + value
            + " "
            + found
            + " on the mask that keeps the groups "
            + FeatureSelection.describe(masks.hostWords(), mask * masks.words(), features())
            + " of 0-"
            + (features() - 1)
            + "; scale the columns of the features to the size of 1");
  }
}
