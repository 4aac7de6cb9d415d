package dev.ablate.backend.host;

/**
 * A regression in sums over the rows of some delays.
 *
 * @param gram the places of the entries of {@code Phi'Phi}
 * @param entries their values
 * @param products {@code Phi'y}
 * @param squares {@code y'y}
 * @param rows number of rows
 */
record HostCodedRegressionSums(
    HostCodedRegressionGram gram,
    double[] entries,
    double[] products,
    double squares,
    double rows) {
  /** The sum of squared errors of coefficients on these rows. */
  double error(double[] weights) {
    double error = squares + gram.quadratic(entries, weights);
    for (int s = 0; s < weights.length; s++) {
      error -= 2 * weights[s] * products[s];
    }
    return Math.max(error, 0);
  }

  /** The sum of squared deviations from the mean; term 0 is the empty set. */
  double deviations() {
    return squares - products[0] * products[0] / rows;
  }
}
