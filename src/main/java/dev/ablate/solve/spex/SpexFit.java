package dev.ablate.solve.spex;

import dev.ablate.backend.Sets;
import java.util.Arrays;

/**
 * A refined spectrum.
 *
 * @param sets the terms
 * @param coefficients one for each
 * @param penalty the chosen penalty, for sums over all rows; 0 without one
 * @param relaxed whether the coefficients are least squares on the lasso's support
 * @param leftOutR2 R² of fits on the delays that they did not see, NaN without such fits
 * @param leftOutError sum of their squared errors over all rows, NaN without such fits
 */
record SpexFit(
    Sets sets,
    double[] coefficients,
    double penalty,
    boolean relaxed,
    double leftOutR2,
    double leftOutError) {
  /**
   * The standard error of every coefficient: that of a mean over all rows of the signed values. The
   * columns of a coded design are nearly orthogonal, so fits together have hardly larger ones.
   *
   * @return {@code (sets)}, empty without a left-out error
   */
  double[] standardErrors(long rows) {
    if (Double.isNaN(leftOutError)) {
      return new double[0];
    }
    double[] errors = new double[sets.size()];
    Arrays.fill(errors, Math.sqrt(Math.max(0, leftOutError)) / rows);
    return errors;
  }
}
