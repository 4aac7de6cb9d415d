package dev.ablate.train;

import dev.ablate.backend.host.HostCholesky;
import dev.ablate.backend.host.HostDesignMatrix;
import dev.ablate.backend.host.Workers;
import dev.ablate.code.InputException;
import dev.ablate.mask.Masks;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Ridge regression: weights W minimise {@code |Y - X W|^2 + penalty |W|^2}, where X has a constant
 * column, penalised like the others, and Y has a column of 0 and 1 for each class, or the targets
 * of a regression. Nothing kept gives scores of 0.
 *
 * <p>A subset's sums of products are the sums of its groups', so a subset costs a sum over its
 * groups, a factorisation and the scores.
 */
public final class RidgeLearner implements Learner {
  private final TrainingTask task;
  private final double penalty;
  private final Workers workers;
  private final HostDesignMatrix tests;
  private final RidgeSums sums;

  /**
   * Takes rows as they are: whoever wants them standardised does it before.
   *
   * @param penalty {@link LearnerSettings#PENALTY}, above 0
   * @param workers the threads that train
   */
  public RidgeLearner(TrainingTask task, double penalty, Workers workers) {
    this.task = task;
    this.penalty = LearnerSettings.PENALTY.check(penalty);
    this.workers = workers;
    this.tests = task.test().matrix();
    this.sums = new RidgeSums(task, workers);
  }

  @Override
  public int scores() {
    return task.scores();
  }

  @Override
  public Map<String, Object> settings() {
    Map<String, Object> all = new LinkedHashMap<>();
    all.put("learner", "ridge");
    all.put(LearnerSettings.PENALTY.name(), penalty);
    return all;
  }

  @Override
  public void train(Masks kept, Sink sink) {
    Retrainings.each(
        workers,
        kept,
        task.groups(),
        Memory::new,
        (memory, subset, rows) -> {
          memory.sums.take(kept, subset, rows);
          memory.solve();
          tests.times(memory.weights, scores(), memory.scores, memory.line);
          sink.scores(subset, memory.scores);
        });
  }

  /** What one thread needs. */
  private final class Memory {
    final RidgeSums.Sums sums = RidgeLearner.this.sums.new Sums();
    final double[] weights = new double[scores() * tests.width()];
    final double[] scores = new double[tests.rows.length * scores()];
    final double[] line = new double[tests.rows.length];

    /** The weights of the sums, which are spoilt. */
    void solve() {
      double[][] gram = sums.gram;
      for (int j = 0; j < gram.length; j++) {
        gram[j][j] += penalty;
      }
      if (!HostCholesky.factor(gram, null)) {
        throw new InputException(
            "ridge regression: the features are so large that rounding outweighs "
                + LearnerSettings.PENALTY
                + ": standardise them or raise it");
      }
      for (int k = 0; k < scores(); k++) {
        double[] right = sums.products[k];
        HostCholesky.solve(gram, right);
        System.arraycopy(right, 0, weights, k * right.length, right.length);
      }
    }
  }
}
