package dev.ablate.spectrum;

import dev.ablate.backend.Rows;
import java.util.Arrays;
import java.util.stream.DoubleStream;

/** Faithfulness: the share of the values' variance that predictions explain. */
public final class R2 {
  /** Sums of squares of numbers up to two to this are doubles, and those of its inverse. */
  private static final int SAFE = 400;

  private R2() {}

  /**
   * {@code 1 - sum (f - g)^2 / sum (f - mean f)^2}. When all values are equal the denominator is 0:
   * predictions that are all right to 12 digits give 1, any others negative infinity.
   *
   * @param values what the game returned, at least one
   * @param predictions what a spectrum says, as many
   */
  public static double of(double[] values, double[] predictions) {
    if (values.length == 0 || values.length != predictions.length) {
      throw new IllegalArgumentException(
          predictions.length + " predictions for " + values.length + " values");
    }
    int unit = unit(values, predictions);
    return of(Rows.Errors.of(scaled(values, unit), scaled(predictions, unit)));
  }

  /** A power of two in whose unit the squares of the numbers are doubles. */
  private static int unit(double[] values, double[] predictions) {
    double largest =
        DoubleStream.concat(Arrays.stream(values), Arrays.stream(predictions))
            .map(Math::abs)
            .max()
            .orElse(0);
    int exponent = Math.getExponent(largest);
    return Math.abs(exponent) < SAFE ? 0 : exponent;
  }

  private static double[] scaled(double[] numbers, int unit) {
    return unit == 0
        ? numbers
        : Arrays.stream(numbers).map(number -> Math.scalb(number, -unit)).toArray();
  }

  /** The same of sums over values and predictions. */
  public static double of(Rows.Errors errors) {
    if (errors.constant()) {
      return errors.right() ? 1 : Double.NEGATIVE_INFINITY;
    }
    return 1 - errors.residual() / errors.total();
  }

  /**
   * Standard error of {@link #of} as an estimate of R² on all masks, when the values are those of
   * independently drawn masks: the jackknife, which leaves out each value once.
   *
   * @return the error in the unit of R²; infinite for fewer than two values, 0 where all values are
   *     equal
   */
  public static double standardError(double[] values, double[] predictions) {
    int n = values.length;
    if (n < 2) {
      return Double.POSITIVE_INFINITY;
    }
    int unit = unit(values, predictions);
    return standardErrorOf(scaled(values, unit), scaled(predictions, unit));
  }

  private static double standardErrorOf(double[] values, double[] predictions) {
    int n = values.length;
    double mean = 0;
    for (double value : values) {
      mean += value / n;
    }
    double[] residual = new double[n];
    double[] total = new double[n];
    for (int r = 0; r < n; r++) {
      double error = values[r] - predictions[r];
      residual[r] = error * error;
      total[r] = (values[r] - mean) * (values[r] - mean);
    }
    // Without a value the mean moves too: the squares about it fall by n / (n - 1) of its own.
    return jackknife(residual, total, n / (n - 1.0));
  }

  /**
   * Standard error of {@code sum(above) / sum(below)} over independent pairs, by the jackknife.
   *
   * @param above at least two numbers
   * @param below as many, none negative
   * @return the error; 0 where {@code below} is all 0
   */
  public static double ratioError(double[] above, double[] below) {
    return jackknife(above, below, 1);
  }

  private static double jackknife(double[] above, double[] below, double weight) {
    int n = above.length;
    double up = 0;
    double down = 0;
    for (int r = 0; r < n; r++) {
      up += above[r];
      down += below[r];
    }
    double[] without = new double[n];
    double mean = 0;
    if (down == 0) {
      return 0;
    }
    for (int r = 0; r < n; r++) {
      double rest = down - weight * below[r];
      if (rest <= 0) {
        // A single value carries all of the spread: nothing can be said.
        return Double.POSITIVE_INFINITY;
      }
      without[r] = (up - above[r]) / rest;
      mean += without[r] / n;
    }
    double squares = 0;
    for (double ratio : without) {
      squares += (ratio - mean) * (ratio - mean);
    }
    return Math.sqrt(squares * (n - 1) / n);
  }
}
