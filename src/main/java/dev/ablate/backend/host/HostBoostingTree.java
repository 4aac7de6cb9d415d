package dev.ablate.backend.host;

import dev.ablate.backend.Boosting.Settings;

/**
 * Grows one tree after another, leaf-wise. A leaf is a bit set of rows; only the smaller child of a
 * split is summed over its rows, the other is the parent less its sibling.
 *
 * <p>With {@code N} rows of residual sum {@code S} in a leaf and {@code N1, S1} behind bit 1, a
 * split gains {@code (N S1 - S N1)^2 / (N N1 N0)}. The bracket is an exact integer: features that
 * cut a leaf alike tie exactly, and the lowest wins.
 */
final class HostBoostingTree {
  /** Keys of deeper leaves would not fit a word. */
  private static final int DEEPEST = 62;

  private final HostBoostingRows rows;
  private final HostBoostingSums kernel;
  private final Settings settings;
  private final int countBits;
  private final long countMask;
  private final long[] state;
  private final HostBoostingForest forest;
  private final Leaf[] leaves;
  private final int fewest;
  private final int depth;
  private final double[] inverse;
  private final long[] allRows;
  private final int[] everyRow;
  private final int[] members;
  private final long[][] entries;
  private long total;

  /** A leaf of the tree that grows; {@code total} and {@code sums} are sums of row states. */
  private static final class Leaf {
    final long[] bits;
    long[] sums;
    int node;

    /** The place in the tree: 1 for the root, 2k and 2k + 1 below k. */
    long key;

    int depth;
    long total;
    int feature;
    double gain;

    Leaf(HostBoostingRows rows) {
      bits = new long[rows.words()];
      sums = new long[rows.sums().width()];
    }

    boolean isBefore(Leaf other) {
      return gain > other.gain || gain == other.gain && key < other.key;
    }
  }

  /**
   * A grower of trees.
   *
   * @param state {@code (64 words)} the rows as {@code residual 2^countBits + 1}; every tree takes
   *     its values off the residuals
   */
  HostBoostingTree(
      HostBoostingRows rows,
      Settings settings,
      int countBits,
      long[] state,
      HostBoostingForest forest) {
    this.rows = rows;
    this.kernel = rows.sums();
    this.settings = settings;
    this.countBits = countBits;
    this.countMask = (1L << countBits) - 1;
    this.state = state;
    this.forest = forest;
    this.leaves = new Leaf[Math.max(1, settings.leaves())];
    for (int l = 0; l < leaves.length; l++) {
      leaves[l] = new Leaf(rows);
    }
    this.fewest = Math.max(1, settings.minLeaf());
    this.depth = Math.min(settings.depth(), DEEPEST);
    int train = rows.train().length;
    this.inverse = new double[train + 1];
    // NaN where a side would be too small: such a gain is never above another.
    for (int k = 0; k <= train; k++) {
      inverse[k] = k < fewest ? Double.NaN : 1.0 / k;
    }
    this.members = new int[train];
    this.everyRow = new int[train];
    for (int i = 0; i < train; i++) {
      everyRow[i] = i;
      total += state[i];
    }
    this.entries = HostBoostingSums.entries();
    this.allRows = new long[rows.words()];
    fill(allRows, 0, train);
    fill(allRows, rows.trainWords(), rows.validation().length);
  }

  private static void fill(long[] bits, int word, int count) {
    for (int i = 0; i < count; i++) {
      bits[word + (i >>> 6)] |= 1L << i;
    }
  }

  /**
   * Grows a tree.
   *
   * @return false, with nothing changed, if no split gains
   */
  boolean grow() {
    plant();
    if (leaves[0].gain <= 0 || leaves.length < 2) {
      return false;
    }
    leaves[0].node = forest.root();
    int count = 1;
    while (count < leaves.length) {
      Leaf best = leaves[0];
      for (int l = 1; l < count; l++) {
        if (leaves[l].isBefore(best)) {
          best = leaves[l];
        }
      }
      if (best.gain <= 0) {
        break;
      }
      split(best, leaves[count++]);
      if (count < leaves.length) {
        prepare(best, leaves[count - 1]);
      }
    }
    for (int l = 0; l < count; l++) {
      settle(leaves[l]);
    }
    forest.order();
    return true;
  }

  private int size(Leaf leaf) {
    return (int) (leaf.total & countMask);
  }

  /** Makes leaf 0 the root: all rows. */
  private void plant() {
    Leaf root = leaves[0];
    System.arraycopy(allRows, 0, root.bits, 0, allRows.length);
    root.depth = 0;
    root.key = 1;
    root.total = total;
    kernel.sum(everyRow, everyRow.length, state, root.sums, entries);
    search(root);
  }

  /** Finds the best split of a leaf from its sums. */
  private void search(Leaf leaf) {
    leaf.gain = 0;
    int n = size(leaf);
    if (n < 2 * fewest || leaf.depth >= depth) {
      return;
    }
    long s = leaf.total >> countBits;
    double best = 0;
    for (int f = 0; f < leaf.sums.length; f++) {
      int n1 = (int) (leaf.sums[f] & countMask);
      double excess = n * (leaf.sums[f] >> countBits) - s * n1;
      double gain = excess * excess * (inverse[n1] * inverse[n - n1]);
      if (gain > best) {
        best = gain;
        leaf.feature = f;
      }
    }
    leaf.gain = best / n;
  }

  /** Splits a leaf: it keeps the rows without its best feature, {@code fresh} gets the others. */
  private void split(Leaf leaf, Leaf fresh) {
    int f = leaf.feature;
    int child = forest.split(leaf.node, f);
    leaf.node = child;
    fresh.node = child + 1;
    fresh.depth = ++leaf.depth;
    leaf.key *= 2;
    fresh.key = leaf.key + 1;
    fresh.total = leaf.sums[f];
    leaf.total -= fresh.total;
    leaf.gain = 0;
    fresh.gain = 0;
    split(leaf.bits, rows.columns()[f], fresh.bits);
  }

  private static void split(long[] from, long[] column, long[] with) {
    for (int w = 0; w < with.length; w++) {
      with[w] = from[w] & column[w];
      from[w] &= ~column[w];
    }
  }

  /** Gives the children of a split their sums; {@code leaf} still holds their parent's. */
  private void prepare(Leaf leaf, Leaf fresh) {
    if (leaf.depth >= depth || Math.max(size(leaf), size(fresh)) < 2 * fewest) {
      return;
    }
    boolean small = size(fresh) <= size(leaf);
    int count = list((small ? fresh : leaf).bits);
    kernel.sum(members, count, state, fresh.sums, entries);
    subtract(leaf.sums, fresh.sums);
    if (!small) {
      long[] sums = leaf.sums;
      leaf.sums = fresh.sums;
      fresh.sums = sums;
    }
    search(leaf);
    search(fresh);
  }

  private static void subtract(long[] from, long[] what) {
    for (int j = 0; j < from.length; j++) {
      from[j] -= what[j];
    }
  }

  /** Lists the training rows of a set in {@link #members}. */
  private int list(long[] set) {
    int count = 0;
    for (int w = 0; w < rows.trainWords(); w++) {
      for (long left = set[w]; left != 0; left &= left - 1) {
        members[count++] = w * 64 + Long.numberOfTrailingZeros(left);
      }
    }
    return count;
  }

  /** Gives a leaf its value, the learning rate times the mean residual, and takes it off. */
  private void settle(Leaf leaf) {
    long value = Math.round(settings.rate() * (leaf.total >> countBits) / size(leaf));
    forest.value(leaf.node, value);
    long change = value << countBits;
    total -= change * size(leaf);
    for (int w = 0; w < leaf.bits.length; w++) {
      for (long left = leaf.bits[w]; left != 0; left &= left - 1) {
        state[w * 64 + Long.numberOfTrailingZeros(left)] -= change;
      }
    }
  }
}
