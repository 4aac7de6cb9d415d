package dev.ablate.backend;

/** The Walsh-Hadamard transform {@code t(j) = scale * sum_l x(l) (-1)^popcount(l and j)}. */
public interface Walsh {
  /**
   * Transforms every row in place, in natural (Hadamard) order.
   *
   * @param data F64 on the host, F32 on devices, {@code (rows, length) row-major}
   * @param rows number of rows
   * @param length a power of two, at least 1
   * @param scale multiplies the result; {@code 1.0/length} gives Fourier coefficients
   */
  void transform(Buffer data, int rows, int length, double scale);
}
