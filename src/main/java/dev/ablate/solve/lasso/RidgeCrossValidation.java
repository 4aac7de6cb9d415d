package dev.ablate.solve.lasso;

import dev.ablate.backend.ParityRegression;

/** Ridge regression with a cross-validated penalty. */
public final class RidgeCrossValidation {
  private static final int PENALTIES = 100;
  private static final double LARGEST_EXPONENT = 6;

  private RidgeCrossValidation() {}

  /**
   * Chooses among 100 penalties from 1e6 down to 1e-6, evenly spaced in the logarithm, and fits all
   * rows with the choice. Equal errors go to the larger penalty.
   */
  public static CrossValidated fit(ParityRegression.Sums regression) {
    double[] penalties = new double[PENALTIES];
    for (int p = 0; p < PENALTIES; p++) {
      penalties[p] = Math.pow(10, LARGEST_EXPONENT * (1 - 2.0 * p / (PENALTIES - 1)));
    }
    double[] errors = regression.ridgeErrors(penalties);
    int best = 0;
    for (int p = 1; p < PENALTIES; p++) {
      if (errors[p] < errors[best]) {
        best = p;
      }
    }
    return new CrossValidated(
        regression.ridge(penalties[best]), penalties[best], 1 - errors[best] / regression.energy());
  }
}
