package dev.ablate.backend.host;

/**
 * Sums over rows for every feature at once: the inner loop of boosting. A row is {@code lanes}
 * integers of up to 32 features each: feature {@code f} is bit {@code 31 - f / lanes} of lane
 * {@code f mod lanes}. Shifted to the sign and spread, a bit is the mask that lets a gradient
 * through, so the loop over lanes is branch-free and runs in vector registers.
 *
 * @param lanes integers a row
 * @param planes features a lane
 * @param matrix I32 {@code (rows, lanes) row-major}
 */
record HostBoostingSums(int lanes, int planes, int[] matrix) {
  private static final int VECTOR = 16;
  private static final int WIDE = 64;

  /** Lays out the given rows of packed masks. */
  static HostBoostingSums of(long[] masks, int maskWords, int features, int[] rows) {
    int planes = Math.min(32, Math.max(1, features / WIDE));
    int lanes = ((features + planes - 1) / planes + VECTOR - 1) / VECTOR * VECTOR;
    int[] matrix = new int[Math.multiplyExact(rows.length, lanes)];
    for (int i = 0; i < rows.length; i++) {
      for (int w = 0; w < maskWords; w++) {
        for (long left = masks[rows[i] * maskWords + w]; left != 0; left &= left - 1) {
          int feature = w * 64 + Long.numberOfTrailingZeros(left);
          matrix[i * lanes + feature % lanes] |= Integer.MIN_VALUE >>> (feature / lanes);
        }
      }
    }
    return new HostBoostingSums(lanes, planes, matrix);
  }

  /** Integers that hold one number a feature. */
  int width() {
    return lanes * planes;
  }

  /**
   * Adds rows to the totals of every feature that they keep.
   *
   * @param rows rows to add
   * @param count how many of them
   * @param gradient one number a row
   * @param sums {@code (width)} at {@code at}: sums of gradients
   * @param counts {@code (width)} at {@code at}: numbers of rows
   * @param at offset into both
   */
  void add(int[] rows, int count, int[] gradient, int[] sums, int[] counts, int at) {
    for (int i = 0; i < count; i++) {
      int row = rows[i] * lanes;
      int g = gradient[rows[i]];
      for (int p = 0; p < planes; p++) {
        int to = at + p * lanes;
        for (int j = 0; j < lanes; j++) {
          int mask = (matrix[row + j] << p) >> 31;
          sums[to + j] += g & mask;
          counts[to + j] -= mask;
        }
      }
    }
  }
}
