package dev.ablate.backend.host;

/**
 * Masks spread out for sums over rows, the inner loop of boosting. A row is an array of {@code
 * lanes} integers of {@code planes} features each: feature {@code f} is bit {@code 31 - f / lanes}
 * of lane {@code f mod lanes}. Shifted to the sign and spread, a bit is all ones or all zeros and
 * lets a gradient through or not, so a loop over lanes has no branches.
 *
 * <p>With one plane a lane is already spread. More planes keep large tables within a cache.
 *
 * <p>Rows are arrays of their own, and sums and counts have loops of their own, because only then
 * does the compiler of JDK 17 turn the loops into vector instructions; four rows at a time pay for
 * the start and the end of such a loop.
 *
 * @param lanes integers a row
 * @param planes features a lane
 * @param rows I32 {@code (rows, lanes)}
 */
record HostBoostingMatrix(int lanes, int planes, int[][] rows) {
  private static final int VECTOR = 16;
  private static final long CACHED = 1L << 23;

  /** Spreads packed masks. */
  static HostBoostingMatrix of(long[] masks, int count, int features) {
    int planes = 1;
    while (planes < 32
        && lanes(features, planes) > VECTOR
        && (long) count * lanes(features, planes) > CACHED) {
      planes++;
    }
    int lanes = lanes(features, planes);
    int[][] rows = new int[count][lanes];
    int spread = planes == 1 ? -1 : Integer.MIN_VALUE;
    int words = (features + 63) >>> 6;
    for (int r = 0; r < count; r++) {
      for (int w = 0; w < words; w++) {
        for (long left = masks[r * words + w]; left != 0; left &= left - 1) {
          int feature = w * 64 + Long.numberOfTrailingZeros(left);
          rows[r][feature % lanes] |= spread >>> (feature / lanes);
        }
      }
    }
    return new HostBoostingMatrix(lanes, planes, rows);
  }

  private static int lanes(int features, int planes) {
    return ((features + planes - 1) / planes + VECTOR - 1) / VECTOR * VECTOR;
  }

  /** Sums over rows for every feature: one array of {@code lanes} integers a plane. */
  int[][] totals() {
    return new int[planes][lanes];
  }

  /**
   * Adds the gradients of rows to the sums of the features that they keep.
   *
   * @param picked rows to add
   * @param gradient one number for each of {@code picked}
   * @param count how many of them
   * @param sums {@code (planes, lanes)}
   */
  void addGradients(int[] picked, int[] gradient, int count, int[][] sums) {
    for (int p = 0; p < planes; p++) {
      int i = 0;
      for (; i + 3 < count; i += 4) {
        int[] a = rows[picked[i]];
        int[] b = rows[picked[i + 1]];
        int[] c = rows[picked[i + 2]];
        int[] d = rows[picked[i + 3]];
        if (planes == 1) {
          addFour(
              a, b, c, d, gradient[i], gradient[i + 1], gradient[i + 2], gradient[i + 3], sums[p]);
        } else {
          addFour(
              a,
              b,
              c,
              d,
              gradient[i],
              gradient[i + 1],
              gradient[i + 2],
              gradient[i + 3],
              sums[p],
              p);
        }
      }
      for (; i < count; i++) {
        addOne(rows[picked[i]], gradient[i], sums[p], p);
      }
    }
  }

  /**
   * Adds rows to the counts of the features that they keep.
   *
   * @param picked rows to add
   * @param count how many of them
   * @param counts {@code (planes, lanes)}
   */
  void addCounts(int[] picked, int count, int[][] counts) {
    for (int p = 0; p < planes; p++) {
      int i = 0;
      for (; i + 3 < count; i += 4) {
        countFour(
            rows[picked[i]],
            rows[picked[i + 1]],
            rows[picked[i + 2]],
            rows[picked[i + 3]],
            counts[p],
            p);
      }
      for (; i < count; i++) {
        addOne(rows[picked[i]], 1, counts[p], p);
      }
    }
  }

  private static void addFour(
      int[] a, int[] b, int[] c, int[] d, int ga, int gb, int gc, int gd, int[] sums) {
    for (int j = 0; j < sums.length; j++) {
      sums[j] += (ga & a[j]) + (gb & b[j]) + (gc & c[j]) + (gd & d[j]);
    }
  }

  private static void addFour(
      int[] a, int[] b, int[] c, int[] d, int ga, int gb, int gc, int gd, int[] sums, int p) {
    for (int j = 0; j < sums.length; j++) {
      sums[j] +=
          (ga & (a[j] << p) >> 31)
              + (gb & (b[j] << p) >> 31)
              + (gc & (c[j] << p) >> 31)
              + (gd & (d[j] << p) >> 31);
    }
  }

  private static void addOne(int[] a, int g, int[] sums, int p) {
    for (int j = 0; j < sums.length; j++) {
      sums[j] += g & (a[j] << p) >> 31;
    }
  }

  private static void countFour(int[] a, int[] b, int[] c, int[] d, int[] counts, int p) {
    for (int j = 0; j < counts.length; j++) {
      counts[j] -=
          ((a[j] << p) >> 31) + ((b[j] << p) >> 31) + ((c[j] << p) >> 31) + ((d[j] << p) >> 31);
    }
  }
}
