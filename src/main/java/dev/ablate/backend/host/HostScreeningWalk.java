package dev.ablate.backend.host;

import dev.ablate.work.Work;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Walks prefixes depth first, features ascending, and tests each with the tails above it. Not
 * thread-safe: one a thread.
 */
final class HostScreeningWalk {
  private static final int GROUP = 4;

  private final int[][] columns;
  private final HostScreeningPlanes values;
  private final HostScreeningTails tails;
  private final int shortest;
  private final int longest;
  private final long limit;
  private final int[] prefix;
  private final int[][] parities;
  private final int[][] sums;
  private final int[] flipped;
  private final List<int[]> near = new ArrayList<>();

  /**
   * A walk.
   *
   * @param columns {@code (features, words)} bit = the mask keeps the feature
   * @param shortest least features of a prefix
   * @param longest most features of a prefix
   * @param least least magnitude to be reported
   */
  HostScreeningWalk(
      int[][] columns,
      HostScreeningPlanes values,
      HostScreeningTails tails,
      int shortest,
      int longest,
      double least) {
    this.columns = columns;
    this.values = values;
    this.tails = tails;
    this.shortest = shortest;
    this.longest = longest;
    this.limit = values.limit(least);
    this.prefix = new int[longest];
    this.parities = new int[longest + 1][values.words()];
    int planes = values.planes().length;
    this.sums = new int[(planes + GROUP - 1) / GROUP][tails.most()];
    this.flipped = new int[planes];
  }

  /** The sets found so far. */
  List<int[]> near() {
    return near;
  }

  /** All prefixes whose smallest feature is this one; the empty prefix for -1. */
  void from(int smallest) {
    if (smallest >= 0 && smallest < tails.highest()) {
      extend(0, smallest);
    } else if (smallest < 0 && shortest == 0) {
      test(0, -1);
    }
  }

  private void extend(int size, int feature) {
    prefix[size] = feature;
    int[] column = columns[feature];
    int[] below = parities[size];
    int[] parity = parities[size + 1];
    for (int w = 0; w < parity.length; w++) {
      parity[w] = below[w] ^ column[w];
    }
    if (size + 1 >= shortest) {
      test(size + 1, feature);
    }
    if (size + 1 < longest) {
      for (int k = feature + 1; k < tails.highest(); k++) {
        extend(size + 1, k);
      }
    }
  }

  /** Tests the prefix of so many features with every tail above its last one. */
  private void test(int size, int last) {
    Work.check();
    int count = tails.above(last);
    for (int[] group : sums) {
      Arrays.fill(group, 0, count, 0);
    }
    for (int w = 0; w < values.words(); w++) {
      for (int b = 0; b < flipped.length; b++) {
        flipped[b] = values.planes()[b][w] ^ parities[size][w];
      }
      int[] word = tails.word(w);
      for (int g = 0; g < sums.length; g++) {
        add(sums[g], word, count, flipped, GROUP * g);
      }
    }
    long middle = ((1L << flipped.length) - 1) * values.rows();
    for (int c = 0; c < count; c++) {
      long sum = 0;
      for (int g = 0; g < sums.length; g++) {
        sum += (long) sums[g][c] << GROUP * g;
      }
      if (Math.abs(2 * sum - middle) >= limit) {
        near.add(tails.set(prefix, size, c));
      }
    }
  }

  /** Adds the counts of up to four planes, weighed by their place in the group. */
  private static void add(int[] sums, int[] word, int count, int[] planes, int first) {
    switch (Math.min(GROUP, planes.length - first)) {
      case 1 -> add(sums, word, count, planes[first]);
      case 2 -> add(sums, word, count, planes[first], planes[first + 1]);
      case 3 -> add(sums, word, count, planes[first], planes[first + 1], planes[first + 2]);
      default ->
          add(
              sums,
              word,
              count,
              planes[first],
              planes[first + 1],
              planes[first + 2],
              planes[first + 3]);
    }
  }

  // The loops below are plain so that the compiler makes vector popcounts of them: one array that
  // is read at one place, numbers of 32 bits, constant shifts. More planes at once are not turned.

  private static void add(int[] sums, int[] word, int count, int p) {
    for (int c = 0; c < count; c++) {
      sums[c] += Integer.bitCount(word[c] ^ p);
    }
  }

  private static void add(int[] sums, int[] word, int count, int p, int q) {
    for (int c = 0; c < count; c++) {
      sums[c] += Integer.bitCount(word[c] ^ p) + (Integer.bitCount(word[c] ^ q) << 1);
    }
  }

  private static void add(int[] sums, int[] word, int count, int p, int q, int r) {
    for (int c = 0; c < count; c++) {
      sums[c] +=
          Integer.bitCount(word[c] ^ p)
              + (Integer.bitCount(word[c] ^ q) << 1)
              + (Integer.bitCount(word[c] ^ r) << 2);
    }
  }

  private static void add(int[] sums, int[] word, int count, int p, int q, int r, int s) {
    for (int c = 0; c < count; c++) {
      sums[c] +=
          Integer.bitCount(word[c] ^ p)
              + (Integer.bitCount(word[c] ^ q) << 1)
              + (Integer.bitCount(word[c] ^ r) << 2)
              + (Integer.bitCount(word[c] ^ s) << 3);
    }
  }
}
