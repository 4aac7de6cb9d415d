package dev.ablate.backend;

/** The Walsh-Hadamard transform {@code t(j) = scale * sum_l x(l) (-1)^popcount(l and j)}. */
public interface Walsh {
  /**
   * Values with outputs first, in the precision in which this backend transforms: F64 on the host,
   * F32 on devices.
   *
   * @param values F64 {@code (rows, outputs) row-major}
   * @param rows number of rows
   * @param outputs number of outputs
   * @return {@code (outputs, rows) row-major}, a copy
   */
  Buffer byOutput(Buffer values, int rows, int outputs);

  /**
   * Transforms every row in place, in natural (Hadamard) order.
   *
   * @param data F64, on devices also F32, {@code (rows, length) row-major}; in the memory of this
   *     backend, see {@link Backend#upload}
   * @param rows number of rows
   * @param length a power of two, at least 1
   * @param scale multiplies the result; {@code 1.0/length} gives Fourier coefficients
   */
  void transform(Buffer data, int rows, int length, double scale);
}
