package dev.ablate.spectrum;

/** Faithfulness: the share of the values' variance that predictions explain. */
public final class R2 {
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
    double mean = 0;
    for (double value : values) {
      mean += value / values.length;
    }
    double residual = 0;
    double total = 0;
    boolean constant = true;
    boolean right = true;
    for (int r = 0; r < values.length; r++) {
      double error = values[r] - predictions[r];
      residual += error * error;
      total += (values[r] - mean) * (values[r] - mean);
      constant &= values[r] == values[0];
      right &= Math.abs(error) <= 1e-12 * Math.abs(values[r]);
    }
    if (constant) {
      return right ? 1 : Double.NEGATIVE_INFINITY;
    }
    return 1 - residual / total;
  }

  /**
   * Standard error of {@link #of} as an estimate of R² on all masks, when the values are those of
   * independently drawn masks: the error of the ratio of two means by linearisation, {@code
   * sqrt(sum (e^2 - q t^2)^2 / (N (N - 1))) / mean t^2} with the residuals {@code e}, the distances
   * {@code t} to the mean, and {@code q = 1 - R²}.
   *
   * @return the error in the unit of R²; infinite for fewer than two values, 0 where all values are
   *     equal
   */
  public static double standardError(double[] values, double[] predictions) {
    int n = values.length;
    if (n < 2) {
      return Double.POSITIVE_INFINITY;
    }
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
    return ratioError(residual, total);
  }

  /**
   * Standard error of {@code mean(above) / mean(below)} over independent pairs, by linearisation.
   *
   * @param above at least two numbers
   * @param below as many, none negative
   * @return the error; 0 where {@code below} is all 0
   */
  public static double ratioError(double[] above, double[] below) {
    int n = above.length;
    double up = 0;
    double down = 0;
    for (int r = 0; r < n; r++) {
      up += above[r] / n;
      down += below[r] / n;
    }
    if (down == 0) {
      return 0;
    }
    double squares = 0;
    for (int r = 0; r < n; r++) {
      double off = above[r] / down - up / down * (below[r] / down);
      squares += off * off;
    }
    return Math.sqrt(squares / n / (n - 1));
  }
}
