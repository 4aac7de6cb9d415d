package dev.ablate.backend.host;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Walks sets depth first, features ascending. A prefix is kept as the planes of the values times
 * its parity; a candidate adds one feature to it. Not thread-safe: one a task.
 */
final class HostScreeningTask {
  /**
   * A set near the threshold or above.
   *
   * @param set ascending positions
   * @param coefficient its coefficient
   */
  record Hit(int[] set, double coefficient) {}

  private final long[][] columns;
  private final int[] kept;
  private final HostScreeningPlanes values;
  private final int minOrder;
  private final int maxOrder;
  private final double near;
  private final int words;
  private final long[][][] prefix;
  private final int[] set;
  private final List<Hit> hits = new ArrayList<>();

  /**
   * A walk.
   *
   * @param columns {@code (features, words)} bit = the mask keeps the feature
   * @param near least magnitude to be reported
   */
  HostScreeningTask(
      long[][] columns, HostScreeningPlanes values, int minOrder, int maxOrder, double near) {
    this.columns = columns;
    this.values = values;
    this.minOrder = minOrder;
    this.maxOrder = maxOrder;
    this.near = near;
    this.words = values.planes()[0].length;
    this.prefix = new long[Math.max(1, maxOrder)][values.planes().length][words];
    this.set = new int[Math.max(2, maxOrder)];
    this.kept = new int[columns.length];
    Arrays.setAll(kept, i -> count(columns[i]));
    for (int b = 0; b < values.planes().length; b++) {
      System.arraycopy(values.planes()[b], 0, prefix[0][b], 0, words);
    }
  }

  /** The set {@code {i}} and all pairs with a smaller feature. */
  List<Hit> firstAndPairs(int i) {
    set[0] = i;
    test(0, total(0), i);
    if (maxOrder >= 2) {
      extend(0, i);
      long total = total(1);
      for (int j = 0; j < i; j++) {
        // The larger feature is the prefix here; the hit is sorted where it is reported.
        test(1, total, j);
      }
    }
    return hits;
  }

  /** All sets of order 3 and more whose smallest features are {@code i < j}. */
  List<Hit> above(int i, int j) {
    if (maxOrder >= 3 && j + 1 < columns.length) {
      set[0] = i;
      set[1] = j;
      extend(0, i);
      extend(1, j);
      walk(2, j);
    }
    return hits;
  }

  private void walk(int size, int last) {
    long total = total(size);
    boolean tested = size + 1 >= minOrder;
    for (int k = last + 1; k < columns.length; k++) {
      if (tested) {
        test(size, total, k);
      }
      if (size + 1 < maxOrder && k + 1 < columns.length) {
        set[size] = k;
        extend(size, k);
        walk(size + 1, k);
      }
    }
  }

  /** The planes times the parity of one more feature. */
  private void extend(int size, int feature) {
    for (int b = 0; b < prefix[0].length; b++) {
      flip(prefix[size][b], columns[feature], prefix[size + 1][b]);
    }
  }

  private static void flip(long[] from, long[] column, long[] to) {
    for (int w = 0; w < column.length; w++) {
      to[w] = from[w] ^ column[w];
    }
  }

  /** Sum of {@code 2 u - (2^planes - 1)} over all rows, for a prefix. */
  private long total(int size) {
    long sum = 0;
    for (int b = 0; b < prefix[0].length; b++) {
      sum += (long) count(prefix[size][b]) << b + 1;
    }
    return sum - highest() * values.rows();
  }

  private long highest() {
    return (1L << prefix[0].length) - 1;
  }

  /** Tests the prefix of so many features with one more. */
  private void test(int size, long total, int feature) {
    if (size + 1 < minOrder || size + 1 > maxOrder) {
      return;
    }
    long[][] planes = prefix[size];
    long[] column = columns[feature];
    long with = 0;
    for (int b = 0; b < planes.length; b++) {
      with += (long) common(planes[b], column) << b + 1;
    }
    with -= highest() * kept[feature];
    double coefficient = 0.5 * values.step() * (total - 2 * with) / values.rows();
    if (Math.abs(coefficient) >= near) {
      int[] hit = Arrays.copyOf(set, size + 1);
      hit[size] = feature;
      Arrays.sort(hit);
      hits.add(new Hit(hit, coefficient));
    }
  }

  /** Bits that both have: the inner loop, which the compiler turns into vector popcounts. */
  private static int common(long[] a, long[] b) {
    int sum = 0;
    for (int w = 0; w < a.length; w++) {
      sum += Long.bitCount(a[w] & b[w]);
    }
    return sum;
  }

  private static int count(long[] a) {
    int sum = 0;
    for (long word : a) {
      sum += Long.bitCount(word);
    }
    return sum;
  }
}
