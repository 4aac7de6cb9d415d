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
}
