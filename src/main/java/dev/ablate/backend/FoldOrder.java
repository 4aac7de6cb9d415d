package dev.ablate.backend;

import java.util.Arrays;

/**
 * Rows sorted by fold: each fold is then a range of words of a bit-packed column, and all folds
 * cost one pass over them.
 *
 * @param rows the rows in the new order
 * @param starts {@code (folds + 1)} where each fold begins in that order
 * @param parts U64 {@code (folds, ceil(rows/64)) row-major} the folds in that order
 */
public record FoldOrder(int[] rows, int[] starts, long[] parts) {
  /**
   * Sorts the rows; within a fold they keep their order.
   *
   * @param folds {@code (folds, ceil(rows/64)) row-major} bits of the rows of each fold: a division
   *     of the rows
   * @param count number of rows
   */
  public static FoldOrder of(long[][] folds, int count) {
    int words = (count + 63) >>> 6;
    int[] rows = new int[count];
    int[] starts = starts(folds);
    long[] parts = new long[Math.multiplyExact(folds.length, words)];
    for (int f = 0; f < folds.length; f++) {
      int at = starts[f];
      for (int r = 0; r < count; r++) {
        if ((folds[f][r >>> 6] >>> r & 1) != 0) {
          rows[at] = r;
          parts[f * words + (at >>> 6)] |= 1L << at;
          at++;
        }
      }
    }
    return new FoldOrder(rows, starts, parts);
  }

  /** {@code (folds + 1)} where each fold begins in the rows sorted by fold. */
  public static int[] starts(long[][] folds) {
    int[] starts = new int[folds.length + 1];
    for (int f = 0; f < folds.length; f++) {
      starts[f + 1] = starts[f] + Arrays.stream(folds[f]).mapToInt(Long::bitCount).sum();
    }
    return starts;
  }

  /** Number of folds. */
  public int folds() {
    return starts.length - 1;
  }

  /** Number of rows in a fold. */
  public int size(int fold) {
    return starts[fold + 1] - starts[fold];
  }
}
