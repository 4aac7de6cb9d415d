package dev.ablate.backend.host;

import dev.ablate.work.Memory;
import java.util.Arrays;

/**
 * Sums over rows for every feature at once: the inner loop of boosting. Two ways give the same
 * integers.
 *
 * <p>Many rows: each row's number is added to one of 256 entries for every 8 features, chosen by
 * their bits; the entries are then folded into 8 sums. A row costs an addition for 8 features, but
 * the folding costs as much as some hundred rows.
 *
 * <p>Few rows: masks spread to words of all ones or all zeros let a row's number through or not, in
 * a loop over features without branches. Rows are arrays of their own because only then does the
 * compiler of JDK 17 turn the loop into vector instructions (it cannot tell two stretches of one
 * array apart); four rows at a time pay for the start and the end of such a loop.
 *
 * @param bytes groups of 8 features, one sum each
 * @param packed {@code (ceil(features/32), rows)} bits of 32 features
 * @param spread {@code (rows, 8 bytes)} words of all ones or zeros; null when it would not fit
 */
record HostBoostingSums(int bytes, int[][] packed, long[][] spread) {
  private static final long MOST_SPREAD = 1L << 25;
  private static final int MANY = 160;
  private static final int BLOCK = 32;

  /** Lays out packed masks. */
  static HostBoostingSums of(long[] masks, int rows, int features) {
    int words = (features + 63) >>> 6;
    int bytes = (features + 7) >>> 3;
    int[][] packed = new int[(features + BLOCK - 1) / BLOCK][rows];
    for (int b = 0; b < packed.length; b++) {
      for (int r = 0; r < rows; r++) {
        packed[b][r] = (int) (masks[r * words + b / 2] >>> BLOCK * (b % 2));
      }
    }
    long spreadWords = 8L * bytes * rows;
    if (spreadWords > MOST_SPREAD || !Memory.holds(2.0 * Long.BYTES * spreadWords)) {
      return new HostBoostingSums(bytes, packed, null);
    }
    long[][] spread = new long[rows][8 * bytes];
    for (int r = 0; r < rows; r++) {
      for (int f = 0; f < features; f++) {
        spread[r][f] = -(masks[r * words + (f >>> 6)] >>> f & 1);
      }
    }
    return new HostBoostingSums(bytes, packed, spread);
  }

  /** The same for some of the rows; spread masks are shared. */
  HostBoostingSums select(int[] rows) {
    int[][] bits = new int[packed.length][rows.length];
    for (int b = 0; b < bits.length; b++) {
      for (int i = 0; i < rows.length; i++) {
        bits[b][i] = packed[b][rows[i]];
      }
    }
    long[][] words = spread == null ? null : new long[rows.length][];
    for (int i = 0; i < rows.length && spread != null; i++) {
      words[i] = spread[rows[i]];
    }
    return new HostBoostingSums(bytes, bits, words);
  }

  /** Length of an array with a sum for every feature. */
  int width() {
    return 8 * bytes;
  }

  /** Work space for {@link #sum}: a table for each of 4 groups. */
  static long[][] entries() {
    return new long[BLOCK / 8][256];
  }

  /**
   * Sums numbers of rows for each feature that they keep.
   *
   * @param members which rows to add
   * @param count how many of {@code members}
   * @param number one for each row of this layout
   * @param sums receives {@code (width)}
   * @param entries work space
   */
  void sum(int[] members, int count, long[] number, long[] sums, long[][] entries) {
    if (spread == null || count >= MANY) {
      for (int b = 0; b < packed.length; b++) {
        for (long[] table : entries) {
          Arrays.fill(table, 0);
        }
        addToEntries(
            packed[b], members, count, number, entries[0], entries[1], entries[2], entries[3]);
        for (int group = 0; group < Math.min(4, bytes - 4 * b); group++) {
          fold(entries[group], sums, BLOCK * b + 8 * group);
        }
      }
    } else {
      Arrays.fill(sums, 0);
      addSpread(members, count, number, sums);
    }
  }

  private static void addToEntries(
      int[] bits,
      int[] members,
      int count,
      long[] number,
      long[] table0,
      long[] table1,
      long[] table2,
      long[] table3) {
    for (int i = 0; i < count; i++) {
      int row = members[i];
      int mask = bits[row];
      long n = number[row];
      table0[mask & 255] += n;
      table1[mask >>> 8 & 255] += n;
      table2[mask >>> 16 & 255] += n;
      table3[mask >>> 24] += n;
    }
  }

  /** The sum of a bit is that of the entries with it; then it is folded away. */
  private static void fold(long[] table, long[] sums, int to) {
    for (int bit = 7; bit >= 0; bit--) {
      int half = 1 << bit;
      long sum = 0;
      for (int e = 0; e < half; e++) {
        long with = table[e + half];
        sum += with;
        table[e] += with;
      }
      sums[to + bit] = sum;
    }
  }

  private void addSpread(int[] members, int count, long[] number, long[] sums) {
    int i = 0;
    for (; i + 3 < count; i += 4) {
      int a = members[i];
      int b = members[i + 1];
      int c = members[i + 2];
      int d = members[i + 3];
      add(
          spread[a], spread[b], spread[c], spread[d], number[a], number[b], number[c], number[d],
          sums);
    }
    for (; i < count; i++) {
      add(spread[members[i]], number[members[i]], sums);
    }
  }

  private static void add(
      long[] a, long[] b, long[] c, long[] d, long na, long nb, long nc, long nd, long[] sums) {
    for (int j = 0; j < sums.length; j++) {
      sums[j] += (na & a[j]) + (nb & b[j]) + (nc & c[j]) + (nd & d[j]);
    }
  }

  private static void add(long[] a, long number, long[] sums) {
    for (int j = 0; j < sums.length; j++) {
      sums[j] += number & a[j];
    }
  }
}
