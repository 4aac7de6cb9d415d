package dev.ablate.backend.check;

import dev.ablate.backend.Backend;
import dev.ablate.backend.Buffer;
import dev.ablate.backend.HostBuffer;
import dev.ablate.backend.LogisticRegression.Problem;
import dev.ablate.backend.LogisticRegression.Trainer;
import dev.ablate.backend.host.HostBackend;
import java.util.Arrays;
import java.util.List;

/** Logistic regression where the weights are known, and against the host where they are not. */
final class LogisticRegressionChecks {
  private static final int ROWS = 300;
  private static final int COLUMNS = 20;
  private static final int CLASSES = 4;
  private static final int TESTS = 9;
  private static final int SUBSETS = 24;

  private LogisticRegressionChecks() {}

  static List<Check> all() {
    return List.of(
        new Check(
            "logisticregression.train", "closed form", 1e-9, LogisticRegressionChecks::twoRows),
        // Searches end within 1e-10 of the minimum.
        new Check("logisticregression.train", "host", 1e-8, LogisticRegressionChecks::againstHost));
  }

  /**
   * Two rows, 1 and -1, of two classes: weights w and -w lose {@code 2 log(1 + exp(-2w)) + penalty
   * w^2}, which is least where {@code penalty w = 2 / (1 + exp(2w))}. Rows behind them are left
   * out.
   */
  private static double twoRows(Backend backend) {
    double penalty = 4 / (1 + Math.E);
    double[] x = {1, -1, 5, 7};
    int[] groups = {0, 0, 1, 2};
    Problem problem = new Problem(x, 1, new int[] {0, 1, 1, 1}, 2, groups, 3, penalty, 1e-11);
    double[][] scores =
        train(backend, problem, new double[] {2, 0}, HostBuffer.of(new long[] {1, 0}), 2);
    return Math.max(
        Inputs.distance(new double[] {1, -1, 0, 0}, scores[0]),
        Inputs.distance(new double[4], scores[1]));
  }

  private static double againstHost(Backend backend) {
    Problem problem = problem(ROWS, COLUMNS, CLASSES, 1e-10);
    double[] tests = Inputs.normal(TESTS * COLUMNS, 53);
    Buffer kept = HostBuffer.of(Inputs.masks(SUBSETS, problem.groups(), 54));
    double[][] actual = train(backend, problem, tests, kept, SUBSETS);
    double deviation = 0;
    try (HostBackend host = new HostBackend(1)) {
      double[][] expected = train(host, problem, tests, kept, SUBSETS);
      for (int m = 0; m < SUBSETS; m++) {
        deviation = Math.max(deviation, Inputs.distance(expected[m], actual[m]));
      }
    }
    return deviation;
  }

  /** Overlapping clouds, one a class; every row is a group. */
  static Problem problem(int rows, int columns, int classes, double tolerance) {
    double[] x = Inputs.normal(rows * columns, 51);
    double[] centres = Inputs.normal(classes * columns, 52);
    int[] labels = new int[rows];
    int[] groups = new int[rows];
    for (int r = 0; r < rows; r++) {
      labels[r] = r % classes;
      groups[r] = r;
      for (int j = 0; j < columns; j++) {
        x[r * columns + j] += 0.5 * centres[labels[r] * columns + j];
      }
    }
    return new Problem(x, columns, labels, classes, groups, rows, 1, tolerance);
  }

  /** What every model says. */
  static double[][] train(
      Backend backend, Problem problem, double[] tests, Buffer kept, int subsets) {
    double[][] told = new double[subsets][0];
    int count = tests.length / problem.columns();
    try (Trainer trainer = backend.logisticRegression().open(problem, tests, count)) {
      trainer.train(
          kept, subsets, (subset, scores) -> told[subset] = Arrays.copyOf(scores, scores.length));
    }
    return told;
  }
}
