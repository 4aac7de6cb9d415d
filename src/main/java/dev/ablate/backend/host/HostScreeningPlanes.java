package dev.ablate.backend.host;

import dev.ablate.backend.Screening;

/**
 * Values as bit planes. A value is rounded to {@code step (u - (2^planes - 1)/2)} with {@code u} a
 * whole number of {@code planes} bits: flipping all bits of {@code u} changes its sign exactly, so
 * that a parity is applied by XOR.
 *
 * @param planes U64 {@code (planes, ceil(rows/64))}, plane 0 the lowest bit
 * @param step what one unit of {@code u} is worth
 * @param error how far a coefficient from the planes may be from the one in double precision
 * @param rows number of values
 */
record HostScreeningPlanes(long[][] planes, double step, double error, int rows) {
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
    long[][] planes = new long[count][(y.length + 63) >>> 6];
    for (int r = 0; r < y.length; r++) {
      long u = Math.round(y[r] / step + highest / 2.0);
      u = Math.max(0, Math.min(highest, u));
      for (int b = 0; b < count; b++) {
        planes[b][r >>> 6] |= (u >>> b & 1) << r;
      }
    }
    return new HostScreeningPlanes(planes, step, rounding.error(), y.length);
  }

  /** The columns of each feature alone: {@code (features, words)}. */
  static long[][] byFeature(BitColumns columns, long[] masks, int rows) {
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

  /** {@code (1/rows) sum_r y(r) chi(r)} in double precision. */
  static double coefficient(int[] set, long[][] columns, double[] y) {
    double sum = 0;
    for (int w = 0; 64 * w < y.length; w++) {
      long parity = 0;
      for (int k : set) {
        parity ^= columns[k][w];
      }
      for (int r = 64 * w; r < Math.min(y.length, 64 * w + 64); r++) {
        sum += (parity >>> r & 1) == 0 ? y[r] : -y[r];
      }
    }
    return sum / y.length;
  }
}
