package dev.ablate.backend.host;

import java.util.Arrays;

/**
 * Masks spread out for sums over rows, the inner loop of boosting. A row is an array of {@code
 * lanes} words of {@code planes} features each: feature {@code f} is bit {@code 63 - f / lanes} of
 * lane {@code f mod lanes}. Shifted to the sign and spread, a bit is all ones or all zeros and lets
 * a number through or not, so a loop over lanes has no branches.
 *
 * <p>With one plane a lane is already spread. More planes keep large tables within a cache.
 *
 * <p>Rows are arrays of their own because only then does the compiler of JDK 17 turn the loop into
 * vector instructions (it cannot tell two stretches of one array apart); four rows at a time pay
 * for the start and the end of such a loop, more would be too long for it.
 *
 * @param lanes words a row
 * @param planes features a lane
 * @param rows U64 {@code (rows, lanes)}
 */
record HostBoostingMatrix(int lanes, int planes, long[][] rows) {
  private static final int VECTOR = 8;
  private static final long CACHED = 1L << 23;

  /** Spreads packed masks. */
  static HostBoostingMatrix of(long[] masks, int count, int features) {
    int planes = 1;
    while (planes < 64
        && lanes(features, planes) > 8 * VECTOR
        && (long) count * lanes(features, planes) > CACHED) {
      planes++;
    }
    int lanes = lanes(features, planes);
    long spread = planes == 1 ? -1 : Long.MIN_VALUE;
    int words = (features + 63) >>> 6;
    long[][] rows = new long[count][lanes];
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

  /** Room for a sum for every feature: feature {@code f} at {@code [f / lanes][f mod lanes]}. */
  long[][] sums() {
    return new long[planes][lanes];
  }

  /** The masks with the given positions, not copied. */
  long[][] select(int[] positions) {
    long[][] picked = new long[positions.length][];
    for (int i = 0; i < picked.length; i++) {
      picked[i] = rows[positions[i]];
    }
    return picked;
  }

  /**
   * Sets sums to those over some rows of each feature that they keep.
   *
   * @param from masks, as of {@link #select}
   * @param number one for each of {@code from}
   * @param members which of them to add
   * @param count how many of {@code members}
   * @param sums receives {@code (planes, lanes)}
   */
  static void sum(long[][] from, long[] number, int[] members, int count, long[][] sums) {
    boolean spread = sums.length == 1;
    for (int p = 0; p < sums.length; p++) {
      long[] to = sums[p];
      Arrays.fill(to, 0);
      int i = 0;
      for (; i + 3 < count; i += 4) {
        int a = members[i];
        int b = members[i + 1];
        int c = members[i + 2];
        int d = members[i + 3];
        if (spread) {
          add(from[a], from[b], from[c], from[d], number[a], number[b], number[c], number[d], to);
        } else {
          add(
              from[a], from[b], from[c], from[d], number[a], number[b], number[c], number[d], to,
              p);
        }
      }
      for (; i < count; i++) {
        add(from[members[i]], number[members[i]], to, p);
      }
    }
  }

  private static void add(
      long[] a, long[] b, long[] c, long[] d, long na, long nb, long nc, long nd, long[] to) {
    for (int j = 0; j < to.length; j++) {
      to[j] += (na & a[j]) + (nb & b[j]) + (nc & c[j]) + (nd & d[j]);
    }
  }

  private static void add(
      long[] a,
      long[] b,
      long[] c,
      long[] d,
      long na,
      long nb,
      long nc,
      long nd,
      long[] to,
      int p) {
    for (int j = 0; j < to.length; j++) {
      to[j] +=
          (na & (a[j] << p) >> 63)
              + (nb & (b[j] << p) >> 63)
              + (nc & (c[j] << p) >> 63)
              + (nd & (d[j] << p) >> 63);
    }
  }

  private static void add(long[] a, long number, long[] to, int p) {
    for (int j = 0; j < to.length; j++) {
      to[j] += number & (a[j] << p) >> 63;
    }
  }
}
