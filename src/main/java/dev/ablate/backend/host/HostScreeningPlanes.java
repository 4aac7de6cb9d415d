package dev.ablate.backend.host;

import dev.ablate.backend.Screening;
import java.util.Arrays;

/**
 * Values as bit planes. A value is rounded to {@code step (u - (2^planes - 1)/2)} with {@code u} a
 * whole number of {@code planes} bits: flipping all bits of {@code u} changes its sign exactly, so
 * that a parity is applied by XOR.
 *
 * @param planes {@code (planes, ceil(rows/32))}, plane 0 the lowest bit; 0 past the last row
 * @param step what one unit of {@code u} is worth
 * @param error how far a coefficient from the planes may be from the one in double precision
 * @param rows number of values
 */
record HostScreeningPlanes(int[][] planes, double step, double error, int rows) {
  /** As few planes as keep rounding small beside the spread of the values. */
  static HostScreeningPlanes of(double[] y) {
    double largest = 0;
    double squares = 0;
    for (double value : y) {
      largest = Math.max(largest, Math.abs(value));
      squares += value * value;
    }
    Screening.Rounding rounding = Screening.Rounding.of(largest, squares, y.length);
    int count = rounding.planes();
    int highest = (1 << count) - 1;
    double step = rounding.step();
    int[][] planes = new int[count][(y.length + 31) >>> 5];
    for (int r = 0; r < y.length; r++) {
      long u = Math.round(y[r] / step + highest / 2.0);
      u = Math.max(0, Math.min(highest, u));
      for (int b = 0; b < count; b++) {
        planes[b][r >>> 5] |= (int) (u >>> b & 1) << r;
      }
    }
    return new HostScreeningPlanes(planes, step, rounding.error(), y.length);
  }

  /** Words of 32 rows. */
  int words() {
    return planes[0].length;
  }

  /**
   * The least {@code |2 sum of u - (2^planes - 1) rows|} of a coefficient of at least that
   * magnitude.
   */
  long limit(double magnitude) {
    return (long) Math.ceil(2 * magnitude * rows / step);
  }

  /** The columns of each feature alone: {@code (features, ceil(rows/64))}. */
  static long[][] byFeature(HostBitColumns columns, long[] masks, int rows) {
    long[] bits = columns.of(masks, 0, rows);
    int words = (rows + 63) >>> 6;
    int count = columns.count();
    long[][] features = new long[count][words];
    for (int w = 0; w < words; w++) {
      for (int c = 0; c < count; c++) {
        features[c][w] = bits[w * count + c];
      }
    }
    return features;
  }

  /** Words of 64 bits as so many words of 32, the lower half first. */
  static int[] halves(long[] words, int count) {
    int[] halves = new int[count];
    Arrays.setAll(halves, w -> (int) (words[w >>> 1] >>> 32 * (w & 1)));
    return halves;
  }

  /** {@code (features, words)} as {@code (words, features)}. */
  static int[][] transposed(int[][] columns, int words) {
    int[][] byWord = new int[words][columns.length];
    for (int i = 0; i < columns.length; i++) {
      for (int w = 0; w < words; w++) {
        byWord[w][i] = columns[i][w];
      }
    }
    return byWord;
  }

  /** {@code (1/rows) sum_r y(r) chi(r)} in double precision; the set is of positions. */
  static double coefficient(int[] set, long[][] columns, double[] y) {
    double even = 0;
    double odd = 0;
    for (int w = 0; 64 * w < y.length; w++) {
      long parity = 0;
      for (int k : set) {
        parity ^= columns[k][w];
      }
      int end = Math.min(y.length, 64 * w + 64);
      int r = 64 * w;
      // Two sums, because one would wait for itself.
      for (; r + 1 < end; r += 2) {
        even += signed(y[r], parity);
        odd += signed(y[r + 1], parity >>> 1);
        parity >>>= 2;
      }
      if (r < end) {
        even += signed(y[r], parity);
      }
    }
    return (even + odd) / y.length;
  }

  /** The value, negated where the lowest bit is set: without a branch, as bits are random. */
  private static double signed(double value, long bit) {
    return Double.longBitsToDouble(Double.doubleToRawLongBits(value) ^ bit << 63);
  }
}
