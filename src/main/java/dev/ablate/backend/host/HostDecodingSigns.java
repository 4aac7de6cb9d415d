package dev.ablate.backend.host;

/** Sums and updates of a bin's numbers under the signs of a term. */
final class HostDecodingSigns {
  private HostDecodingSigns() {}

  /** {@code sum_p (-1)^(bit p) x(from + p)} over {@code count} numbers. */
  static double sum(long[] signature, int word, double[] x, int from, int count) {
    double sum = 0;
    for (int p = 0; p < count; p++) {
      sum += signed(signature, word, p, x[from + p]);
    }
    return sum;
  }

  /**
   * Subtracts {@code coefficient (-1)^(bit p)} from each number.
   *
   * @return the sum of squares of what is left
   */
  static double subtract(
      long[] signature, int word, double coefficient, double[] x, int from, int count) {
    double energy = 0;
    for (int p = 0; p < count; p++) {
      x[from + p] -= signed(signature, word, p, coefficient);
      energy += x[from + p] * x[from + p];
    }
    return energy;
  }

  private static double signed(long[] signature, int word, int p, double value) {
    long sign = (signature[word + (p >>> 6)] >>> p & 1) << 63;
    return Double.longBitsToDouble(Double.doubleToRawLongBits(value) ^ sign);
  }
}
