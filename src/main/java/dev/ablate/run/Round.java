package dev.ablate.run;

import dev.ablate.spectrum.R2;

/**
 * How one output fared in one round, on the held-out masks.
 *
 * @param masks masks that were fitted
 * @param r2 R² on the held-out masks
 * @param standardError of {@code r2} as an estimate of R² on all masks
 * @param squares {@code (held-out masks)} squared errors of the predictions
 */
record Round(int masks, double r2, double standardError, double[] squares) {
  /** Masks that do not make the unexplained share fall by this much are not worth their price. */
  private static final double WORTH = 0.1;

  /** Measures predictions. */
  static Round of(int masks, double[] values, double[] predictions) {
    double[] squares = new double[values.length];
    for (int r = 0; r < squares.length; r++) {
      squares[r] = (values[r] - predictions[r]) * (values[r] - predictions[r]);
    }
    return new Round(
        masks, R2.of(values, predictions), R2.standardError(values, predictions), squares);
  }

  /**
   * Whether R² is above a target by at least its standard error. Rounds look again and again; the
   * first estimate that happens to lie above the target would promise too much.
   */
  boolean reaches(double target) {
    return r2 - standardError >= target;
  }

  /**
   * Whether the masks since an earlier round gained little: {@code 1 - R²} fell by less than a
   * tenth, with a standard error to spare. Both rounds are measured on the same masks, so that only
   * the difference between them is uncertain. While nothing is explained yet the answer is no:
   * there recovery often begins at once.
   */
  boolean isFlatSince(Round earlier) {
    double now = sum(squares);
    double before = sum(earlier.squares);
    boolean explainsSomething = r2 - standardError > 0;
    return explainsSomething
        && before > 0
        && 1 - now / before + R2.ratioError(squares, earlier.squares) < WORTH;
  }

  private static double sum(double[] numbers) {
    double sum = 0;
    for (double number : numbers) {
      sum += number;
    }
    return sum;
  }
}
