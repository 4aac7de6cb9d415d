package dev.ablate.train;

import dev.ablate.backend.host.Workers;
import dev.ablate.code.InputException;
import dev.ablate.mask.Masks;
import java.util.Arrays;
import java.util.Map;

/**
 * Multinomial logistic regression: weights W minimise {@code sum -log p(label) + penalty / 2 |W|^2}
 * over the kept rows, which have a constant column, penalised like the others. Every subset has one
 * minimum, also one with a single class; nothing kept gives scores of 0. Scores are the inputs of
 * the softmax.
 *
 * <p>All rows are fitted once. A subset's search starts there, with steps by the curvature there.
 */
public final class LogisticLearner implements Learner {
  /** How far from the minimum's weights a search may end, roughly: the norm of the difference. */
  private static final double TOLERANCE = 2e-3;

  /** Most evaluations of the loss a subset. */
  private static final int MOST_EVALUATIONS = 2000;

  /** Evaluations of the loss of all rows until its curvature is found anew. */
  private static final int EVALUATIONS_AN_ANCHOR = 40;

  private static final int MOST_ANCHORS = 100;

  /** Subsets keep half of the rows, more or less. */
  private static final double SHARE = 0.5;

  /** Most numbers of the curvature: 512 MiB. */
  private static final long MOST = 1L << 26;

  private final TrainingTask task;
  private final double penalty;
  private final double tolerance;
  private final Workers workers;
  private final DesignMatrix x;
  private final DesignMatrix tests;
  private final int[] labels;
  private final double[] start;
  private final SharedCurvature curvature;

  /**
   * Fits all rows. Takes them as they are: whoever wants them standardised does it before.
   *
   * @param penalty {@link LearnerSettings#PENALTY}, above 0
   * @param workers the threads that train
   * @throws InputException if there are no classes, or too many columns
   * @throws java.util.concurrent.CancellationException if the calling thread was interrupted
   */
  public LogisticLearner(TrainingTask task, double penalty, Workers workers) {
    this(task, penalty, TOLERANCE, workers);
  }

  LogisticLearner(TrainingTask task, double penalty, double tolerance, Workers workers) {
    if (task.train().isRegression()) {
      throw new InputException(
          "logistic regression needs classes, and the labels are targets: take ridge regression");
    }
    this.task = task;
    this.penalty = LearnerSettings.PENALTY.check(penalty);
    // A loss above its minimum by d is within sqrt(2 d / penalty) of it, by the penalty alone.
    this.tolerance = tolerance * Math.min(1, Math.sqrt(penalty));
    this.workers = workers;
    long width = task.train().columns() + 1L;
    if (width * width * scores() > MOST) {
      throw new InputException(
          "logistic regression: "
              + task.train().columns()
              + " columns for "
              + scores()
              + " classes; classes times columns squared may be "
              + MOST
              + " at most: take fewer columns, or ridge regression");
    }
    this.x = new DesignMatrix(task.train());
    this.tests = new DesignMatrix(task.test());
    this.labels = new int[task.train().rows()];
    Arrays.setAll(labels, task.train()::label);
    this.start = new double[scores() * x.width()];
    fitAll();
    this.curvature = SharedCurvature.around(x, start, SHARE, penalty, workers);
  }

  static InputException tooLarge() {
    return new InputException(
        "logistic regression: the features are so large that rounding outweighs "
            + LearnerSettings.PENALTY
            + ": standardise them or raise it");
  }

  private void fitAll() {
    Memory memory = new Memory();
    int[] all = new int[labels.length];
    Arrays.setAll(all, r -> r);
    for (int anchor = 0; anchor < MOST_ANCHORS; anchor++) {
      SharedCurvature here = SharedCurvature.around(x, start, 1, penalty, workers);
      if (memory.fit(here, all, start, EVALUATIONS_AN_ANCHOR)) {
        return;
      }
    }
    throw unfinished("all rows");
  }

  private static InputException unfinished(String where) {
    return new InputException(
        "logistic regression on " + where + " has no end: raise " + LearnerSettings.PENALTY);
  }

  @Override
  public int scores() {
    return task.scores();
  }

  @Override
  public Map<String, Object> settings() {
    return Map.of("learner", "logistic", LearnerSettings.PENALTY.name(), penalty);
  }

  @Override
  public void train(Masks kept, Sink sink) {
    Retrainings.each(
        workers,
        kept,
        task.groups(),
        Memory::new,
        (memory, subset, rows) -> {
          memory.train(subset, rows);
          tests.times(memory.weights, scores(), memory.scores, memory.line);
          sink.scores(subset, memory.scores);
        });
  }

  /** What one thread needs. */
  private final class Memory {
    final LogisticLoss loss = new LogisticLoss(x, labels, LogisticLearner.this.scores(), penalty);
    final QuasiNewton search = new QuasiNewton(loss.parameters(), x.width());
    final double[] weights = new double[loss.parameters()];
    final double[] scores = new double[tests.rows.length * LogisticLearner.this.scores()];
    final double[] line = new double[tests.rows.length];

    void train(int subset, int[] rows) {
      if (rows.length == 0) {
        Arrays.fill(weights, 0);
        return;
      }
      System.arraycopy(start, 0, weights, 0, weights.length);
      if (!fit(curvature, rows, weights, MOST_EVALUATIONS)) {
        throw unfinished("subset " + subset);
      }
    }

    boolean fit(SharedCurvature around, int[] rows, double[] from, int most) {
      loss.keep(rows);
      return search.minimise(loss, around, from, tolerance, most);
    }
  }
}
