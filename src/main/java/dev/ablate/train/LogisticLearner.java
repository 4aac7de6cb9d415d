package dev.ablate.train;

import dev.ablate.backend.Backend;
import dev.ablate.backend.LogisticRegression;
import dev.ablate.backend.LogisticRegression.NoMinimumException;
import dev.ablate.backend.LogisticRegression.Problem;
import dev.ablate.backend.host.HostLogisticRegression;
import dev.ablate.backend.host.Workers;
import dev.ablate.code.InputException;
import dev.ablate.mask.Masks;
import java.util.Arrays;
import java.util.LinkedHashMap;
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

  /** Most numbers of the curvature: 512 MiB. */
  private static final long MOST = 1L << 26;

  private static final String HOST = "host";

  private final int scores;
  private final double penalty;
  private final String place;
  private final LogisticRegression.Trainer trainer;

  /**
   * Fits all rows. Takes them as they are: whoever wants them standardised does it before.
   *
   * @param penalty {@link LearnerSettings#PENALTY}, above 0
   * @param backend trains and must stay open
   * @throws InputException if there are no classes, or too many columns
   * @throws java.util.concurrent.CancellationException if the calling thread was interrupted
   */
  public LogisticLearner(TrainingTask task, double penalty, Backend backend) {
    this(task, penalty, TOLERANCE, backend.logisticRegression(), backend.name());
  }

  /** Likewise on the host, with threads of the caller's. */
  public LogisticLearner(TrainingTask task, double penalty, Workers workers) {
    this(task, penalty, TOLERANCE, workers);
  }

  LogisticLearner(TrainingTask task, double penalty, double tolerance, Workers workers) {
    this(task, penalty, tolerance, new HostLogisticRegression(workers), HOST);
  }

  private LogisticLearner(
      TrainingTask task,
      double penalty,
      double tolerance,
      LogisticRegression regression,
      String place) {
    if (task.train().isRegression()) {
      throw new InputException(
          "logistic regression needs classes, and the labels are targets: take ridge regression");
    }
    this.scores = task.scores();
    this.penalty = LearnerSettings.PENALTY.check(penalty);
    this.place = place;
    requireRoom(task);
    int[] labels = new int[task.train().rows()];
    Arrays.setAll(labels, task.train()::label);
    Problem problem =
        new Problem(
            task.train().x(),
            task.train().columns(),
            labels,
            scores,
            task.groups().groupOf(),
            task.groups().count(),
            penalty,
            // A loss above its minimum by d is within sqrt(2 d / penalty) of it, by the penalty
            // alone.
            tolerance * Math.min(1, Math.sqrt(penalty)));
    try {
      this.trainer = regression.open(problem, task.test().x(), task.test().rows());
    } catch (NoMinimumException e) {
      throw inWords(e);
    }
  }

  private static void requireRoom(TrainingTask task) {
    long width = task.train().columns() + 1L;
    if (width * width * task.scores() > MOST) {
      throw new InputException(
          "logistic regression: "
              + task.train().columns()
              + " columns for "
              + task.scores()
              + " classes; classes times columns squared may be "
              + MOST
              + " at most: take fewer columns, or ridge regression");
    }
  }

  private static InputException inWords(NoMinimumException e) {
    if (e.isRounding()) {
      return new InputException(
          "logistic regression: the features are so large that rounding outweighs "
              + LearnerSettings.PENALTY
              + ": standardise them or raise it");
    }
    boolean all = e.subset() == NoMinimumException.ALL_ROWS;
    return new InputException(
        "logistic regression on "
            + (all ? "all rows" : "subset " + e.subset())
            + " has no end: raise "
            + LearnerSettings.PENALTY);
  }

  @Override
  public int scores() {
    return scores;
  }

  @Override
  public Map<String, Object> settings() {
    Map<String, Object> all = new LinkedHashMap<>();
    all.put("learner", "logistic");
    all.put(LearnerSettings.PENALTY.name(), penalty);
    if (!place.equals(HOST)) {
      // A device adds in another order, so last digits are its own.
      all.put("trained_on", place);
    }
    return all;
  }

  @Override
  public void train(Masks kept, Sink sink) {
    try {
      trainer.train(kept.buffer(), kept.count(), sink::scores);
    } catch (NoMinimumException e) {
      throw inWords(e);
    }
  }

  @Override
  public void close() {
    trainer.close();
  }
}
