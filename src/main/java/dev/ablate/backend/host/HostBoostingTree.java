package dev.ablate.backend.host;

import dev.ablate.backend.Boosting.Settings;
import java.util.Arrays;

/**
 * Grows one tree after another, leaf-wise. A leaf is a bit set of rows; only the smaller child of a
 * split is summed over its rows, the other is the parent less its sibling.
 *
 * <p>With {@code N} rows of gradient sum {@code S} in a leaf and {@code N1, S1} behind bit 1, a
 * split gains {@code (N S1 - S N1)^2 / (N N1 N0)}. The bracket is an exact integer: features that
 * cut a leaf alike tie exactly, and the lowest wins.
 */
final class HostBoostingTree {
  private final HostBoostingRows rows;
  private final HostBoostingMatrix matrix;
  private final Settings settings;
  private final HostBoostingForest forest;
  private final Leaf[] leaves;
  private final int fewest;
  private final double[] inverse;
  private final Leaf root;
  private final int[] members;
  private final int[] picked;
  private final int[] pickedGradient;

  /** A leaf of the tree that grows. */
  private static final class Leaf {
    final long[] bits;
    int[][] sums;
    int[][] counts;
    int node;
    int depth;
    int size;
    long total;
    int feature;
    double gain;

    Leaf(HostBoostingRows rows) {
      bits = new long[rows.words()];
      sums = rows.matrix().totals();
      counts = rows.matrix().totals();
    }
  }

  HostBoostingTree(HostBoostingRows rows, Settings settings, HostBoostingForest forest) {
    this.rows = rows;
    this.matrix = rows.matrix();
    this.settings = settings;
    this.forest = forest;
    this.leaves = new Leaf[Math.max(1, settings.leaves())];
    for (int l = 0; l < leaves.length; l++) {
      leaves[l] = new Leaf(rows);
    }
    this.fewest = Math.max(1, settings.minLeaf());
    int train = rows.train().length;
    this.inverse = new double[train + 1];
    // NaN where a side would be too small: such a gain is never above another.
    for (int k = 0; k <= train; k++) {
      inverse[k] = k < fewest ? Double.NaN : 1.0 / k;
    }
    this.members = new int[64 * rows.words()];
    this.picked = new int[train];
    this.pickedGradient = new int[train];
    this.root = new Leaf(rows);
    fill(root.bits, 0, train);
    fill(root.bits, rows.trainWords(), rows.validation().length);
    matrix.addCounts(rows.train(), train, root.counts);
  }

  private static void fill(long[] bits, int word, int count) {
    for (int i = 0; i < count; i++) {
      bits[word + (i >>> 6)] |= 1L << i;
    }
  }

  /**
   * Grows a tree and takes its values off the residuals.
   *
   * @param gradient {@code (training rows)} rounded residuals
   * @param residual {@code (64 words)} residuals in the forest's unit; changed
   * @return false, with nothing changed, if no split gains
   */
  boolean grow(int[] gradient, long[] residual) {
    plant(gradient);
    if (leaves[0].gain <= 0 || leaves.length < 2) {
      return false;
    }
    leaves[0].node = forest.root();
    int count = 1;
    while (count < leaves.length) {
      Leaf best = leaves[0];
      for (int l = 1; l < count; l++) {
        if (leaves[l].gain > best.gain) {
          best = leaves[l];
        }
      }
      if (best.gain <= 0) {
        break;
      }
      split(best, leaves[count++], count < leaves.length, gradient);
    }
    for (int l = 0; l < count; l++) {
      settle(leaves[l], residual);
    }
    return true;
  }

  /** Makes leaf 0 the root: all rows. */
  private void plant(int[] gradient) {
    Leaf leaf = leaves[0];
    System.arraycopy(root.bits, 0, leaf.bits, 0, leaf.bits.length);
    leaf.depth = 0;
    leaf.size = gradient.length;
    leaf.total = 0;
    for (int g : gradient) {
      leaf.total += g;
    }
    for (int p = 0; p < matrix.planes(); p++) {
      System.arraycopy(root.counts[p], 0, leaf.counts[p], 0, matrix.lanes());
      Arrays.fill(leaf.sums[p], 0);
    }
    matrix.addGradients(rows.train(), gradient, gradient.length, leaf.sums);
    search(leaf);
  }

  /** Finds the best split of a leaf from its sums. */
  private void search(Leaf leaf) {
    leaf.gain = 0;
    int n = leaf.size;
    if (leaf.depth >= settings.depth() || n < 2 * fewest) {
      return;
    }
    double all = n;
    double s = leaf.total;
    double best = 0;
    for (int p = 0; p < matrix.planes(); p++) {
      int[] sums = leaf.sums[p];
      int[] counts = leaf.counts[p];
      for (int j = 0; j < sums.length; j++) {
        int n1 = counts[j];
        double excess = all * sums[j] - s * n1;
        double gain = excess * excess * (inverse[n1] * inverse[n - n1]);
        if (gain > best) {
          best = gain;
          leaf.feature = p * sums.length + j;
        }
      }
    }
    leaf.gain = best / all;
  }

  /** Splits a leaf: it keeps the rows without its best feature, {@code fresh} gets the others. */
  private void split(Leaf leaf, Leaf fresh, boolean more, int[] gradient) {
    int f = leaf.feature;
    int child = forest.split(leaf.node, f);
    leaf.node = child;
    fresh.node = child + 1;
    fresh.depth = ++leaf.depth;
    fresh.size = leaf.counts[f / matrix.lanes()][f % matrix.lanes()];
    fresh.total = leaf.sums[f / matrix.lanes()][f % matrix.lanes()];
    leaf.size -= fresh.size;
    leaf.total -= fresh.total;
    int column = f * rows.words();
    for (int w = 0; w < fresh.bits.length; w++) {
      long c = rows.columns()[column + w];
      fresh.bits[w] = leaf.bits[w] & c;
      leaf.bits[w] &= ~c;
    }
    if (more && leaf.depth < settings.depth() && Math.max(leaf.size, fresh.size) >= 2 * fewest) {
      sumChildren(leaf, fresh, gradient);
      search(leaf);
      search(fresh);
    } else {
      leaf.gain = 0;
      fresh.gain = 0;
    }
  }

  /** {@code leaf} still holds the parent's sums; both children get theirs. */
  private void sumChildren(Leaf leaf, Leaf fresh, int[] gradient) {
    boolean small = fresh.size <= leaf.size;
    int count = list((small ? fresh : leaf).bits, 0, rows.trainWords());
    for (int i = 0; i < count; i++) {
      picked[i] = rows.train()[members[i]];
      pickedGradient[i] = gradient[members[i]];
    }
    for (int p = 0; p < matrix.planes(); p++) {
      Arrays.fill(fresh.sums[p], 0);
      Arrays.fill(fresh.counts[p], 0);
    }
    matrix.addGradients(picked, pickedGradient, count, fresh.sums);
    matrix.addCounts(picked, count, fresh.counts);
    for (int p = 0; p < matrix.planes(); p++) {
      subtract(leaf.sums[p], fresh.sums[p]);
      subtract(leaf.counts[p], fresh.counts[p]);
    }
    if (!small) {
      int[][] sums = leaf.sums;
      leaf.sums = fresh.sums;
      fresh.sums = sums;
      int[][] counts = leaf.counts;
      leaf.counts = fresh.counts;
      fresh.counts = counts;
    }
  }

  private static void subtract(int[] from, int[] what) {
    for (int j = 0; j < from.length; j++) {
      from[j] -= what[j];
    }
  }

  /** Lists the set bits of the words {@code from} to {@code to} in {@link #members}. */
  private int list(long[] set, int from, int to) {
    int count = 0;
    for (int w = from; w < to; w++) {
      for (long left = set[w]; left != 0; left &= left - 1) {
        members[count++] = w * 64 + Long.numberOfTrailingZeros(left);
      }
    }
    return count;
  }

  /** Gives a leaf its value: the learning rate times the exact mean of its residuals. */
  private void settle(Leaf leaf, long[] residual) {
    int train = list(leaf.bits, 0, rows.trainWords());
    long sum = 0;
    for (int i = 0; i < train; i++) {
      sum += residual[members[i]];
    }
    long value = Math.round(settings.rate() * sum / train);
    forest.value(leaf.node, value);
    for (int i = 0; i < train; i++) {
      residual[members[i]] -= value;
    }
    int followed = list(leaf.bits, rows.trainWords(), rows.words());
    for (int i = 0; i < followed; i++) {
      residual[members[i]] -= value;
    }
  }
}
