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
  private static final long MOST_SPREAD = 1L << 23;
  private static final int MANY = 160;
  private static final int BLOCK = 32;

  /** Rows times blocks of features that a piece of a sum takes at least: some 0.1 ms. */
  private static final int PIECE = 1 << 14;

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

  /** Rows times blocks of 32 features that a sum takes. */
  long work(int count) {
    return (long) count * packed.length;
  }

  /** In how many pieces a sum over so many rows comes. */
  int pieces(int count) {
    return byEntries(count) ? (packed.length + blocks(count) - 1) / blocks(count) : 1;
  }

  /** How many blocks of features a piece has. */
  private static int blocks(int count) {
    return Math.max(1, PIECE / Math.max(1, count));
  }

  private boolean byEntries(int count) {
    return spread == null || count >= MANY;
  }

  /**
   * Sums numbers of rows for each feature that they keep.
   *
   * @param piece which features, from 0 to {@link #pieces} (exclusive)
   * @param members which rows to add
   * @param count how many of {@code members}
   * @param numbers one for each member
   * @param sums {@code (width)} receives those of the piece
   */
  void sum(int piece, int[] members, int count, long[] numbers, long[] sums) {
    if (!byEntries(count)) {
      Arrays.fill(sums, 0);
      addSpread(members, count, numbers, sums);
      return;
    }
    long[][] entries = new long[BLOCK / 8][256];
    int end = Math.min(packed.length, (piece + 1) * blocks(count));
    for (int b = piece * blocks(count); b < end; b++) {
      for (long[] table : entries) {
        Arrays.fill(table, 0);
      }
      addToEntries(
          packed[b], members, count, numbers, entries[0], entries[1], entries[2], entries[3]);
      for (int group = 0; group < Math.min(4, bytes - 4 * b); group++) {
        fold(entries[group], sums, BLOCK * b + 8 * group);
      }
    }
  }

  private static void addToEntries(
      int[] bits,
      int[] members,
      int count,
      long[] numbers,
      long[] table0,
      long[] table1,
      long[] table2,
      long[] table3) {
    for (int i = 0; i < count; i++) {
      int mask = bits[members[i]];
      long n = numbers[i];
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

  private void addSpread(int[] members, int count, long[] numbers, long[] sums) {
    int i = 0;
    for (; i + 3 < count; i += 4) {
      int a = members[i];
      int b = members[i + 1];
      int c = members[i + 2];
      int d = members[i + 3];
      add(
          spread[a],
          spread[b],
          spread[c],
          spread[d],
          numbers[i],
          numbers[i + 1],
          numbers[i + 2],
          numbers[i + 3],
          sums);
    }
    for (; i < count; i++) {
      add(spread[members[i]], numbers[i], sums);
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
