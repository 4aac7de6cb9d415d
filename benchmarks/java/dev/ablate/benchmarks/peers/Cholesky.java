package dev.ablate.benchmarks.peers;

/** Solves a small positive definite system. */
final class Cholesky {
  private Cholesky() {}

  /**
   * Solves {@code gram x = right}.
   *
   * @param gram the lower triangle; overwritten
   */
  static double[] solve(double[][] gram, double[] right) {
    int size = right.length;
    for (int i = 0; i < size; i++) {
      for (int j = 0; j <= i; j++) {
        double sum = gram[i][j];
        for (int k = 0; k < j; k++) {
          sum -= gram[i][k] * gram[j][k];
        }
        if (i == j && !(sum > 0)) {
          throw new IllegalStateException("the system is not positive definite");
        }
        gram[i][j] = i == j ? Math.sqrt(sum) : sum / gram[j][j];
      }
    }
    double[] x = right.clone();
    for (int i = 0; i < size; i++) {
      for (int k = 0; k < i; k++) {
        x[i] -= gram[i][k] * x[k];
      }
      x[i] /= gram[i][i];
    }
    for (int i = size - 1; i >= 0; i--) {
      for (int k = i + 1; k < size; k++) {
        x[i] -= gram[k][i] * x[k];
      }
      x[i] /= gram[i][i];
    }
    return x;
  }
}
