package dev.ablate.train;

import dev.ablate.mask.Masks;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Columns of numbers as bits: whether a number is above each of some thresholds of its column. The
 * thresholds are numbers of the column itself, all of them but the largest, or where these are too
 * many such that about as many rows lie between any two.
 *
 * @param column {@code (bits)} which column each bit is of
 * @param above {@code (bits)} the bit is 1 where the number is larger
 */
record Thresholds(int[] column, double[] above) {
  /**
   * Those of a table.
   *
   * @param most thresholds a column
   */
  static Thresholds of(LabelledRows rows, int most) {
    List<Integer> columns = new ArrayList<>();
    List<Double> thresholds = new ArrayList<>();
    for (int c = 0; c < rows.columns(); c++) {
      double[] sorted = new double[rows.rows()];
      for (int r = 0; r < sorted.length; r++) {
        sorted[r] = rows.x()[r * rows.columns() + c];
      }
      Arrays.sort(sorted);
      for (double threshold : of(sorted, most)) {
        columns.add(c);
        thresholds.add(threshold);
      }
    }
    return new Thresholds(
        columns.stream().mapToInt(Integer::intValue).toArray(),
        thresholds.stream().mapToDouble(Double::doubleValue).toArray());
  }

  /** Those of one column, ascending. */
  private static double[] of(double[] sorted, int most) {
    double largest = sorted[sorted.length - 1];
    double[] distinct = Arrays.stream(sorted).distinct().filter(x -> x < largest).toArray();
    if (distinct.length <= most) {
      return distinct;
    }
    double[] quantiles = new double[most];
    for (int q = 0; q < most; q++) {
      quantiles[q] = sorted[(int) ((q + 1L) * sorted.length / (most + 1)) - 1];
    }
    return Arrays.stream(quantiles).distinct().filter(x -> x < largest).toArray();
  }

  /** The rows of a table as bits; a table without thresholds has one bit, which is 0. */
  Masks bits(LabelledRows rows) {
    Masks bits = Masks.none(rows.rows(), Math.max(1, above.length));
    long[] words = bits.hostWords();
    for (int r = 0; r < rows.rows(); r++) {
      for (int b = 0; b < above.length; b++) {
        if (rows.x()[r * rows.columns() + column[b]] > above[b]) {
          words[r * bits.words() + (b >>> 6)] |= 1L << b;
        }
      }
    }
    return bits;
  }
}
