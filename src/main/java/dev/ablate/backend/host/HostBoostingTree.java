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
  private final HostBoostingSums kernel;
  private final Settings settings;
  private final HostBoostingForest forest;
  private final int width;
  private final int fewest;
  private final double[] inverse;
  private final int[] sums;
  private final int[] counts;
  private final int[] members;

  private final int[] node;
  private final int[] depth;
  private final int[] size;
  private final long[] total;
  private final int[] bestFeature;
  private final double[] bestGain;
  private final long[][] bits;

  HostBoostingTree(HostBoostingRows rows, Settings settings, HostBoostingForest forest) {
    this.rows = rows;
    this.kernel = rows.sums();
    this.settings = settings;
    this.forest = forest;
    this.width = kernel.width();
    int train = rows.train().length;
    int leaves = Math.max(1, settings.leaves());
    this.inverse = new double[train + 1];
    this.fewest = Math.max(1, settings.minLeaf());
    // NaN where a side would be too small: such a gain is never above another.
    for (int k = 0; k <= train; k++) {
      inverse[k] = k < fewest ? Double.NaN : 1.0 / k;
    }
    this.sums = new int[Math.multiplyExact(leaves, width)];
    this.counts = new int[Math.multiplyExact(leaves, width)];
    this.members = new int[64 * rows.words()];
    this.node = new int[leaves];
    this.depth = new int[leaves];
    this.size = new int[leaves];
    this.total = new long[leaves];
    this.bestFeature = new int[leaves];
    this.bestGain = new double[leaves];
    this.bits = new long[leaves][rows.words()];
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
    if (bestGain[0] <= 0 || settings.leaves() < 2) {
      return false;
    }
    node[0] = forest.root();
    int leaves = 1;
    while (leaves < settings.leaves()) {
      int leaf = 0;
      for (int l = 1; l < leaves; l++) {
        if (bestGain[l] > bestGain[leaf]) {
          leaf = l;
        }
      }
      if (bestGain[leaf] <= 0) {
        break;
      }
      split(leaf, leaves++, gradient);
    }
    for (int l = 0; l < leaves; l++) {
      settle(l, residual);
    }
    return true;
  }

  /** Makes leaf 0 the root: all rows. */
  private void plant(int[] gradient) {
    int train = rows.train().length;
    Arrays.fill(bits[0], 0);
    long sum = 0;
    for (int i = 0; i < train; i++) {
      members[i] = i;
      bits[0][i >>> 6] |= 1L << i;
      sum += gradient[i];
    }
    for (int i = 0; i < rows.validation().length; i++) {
      bits[0][rows.trainWords() + (i >>> 6)] |= 1L << i;
    }
    depth[0] = 0;
    size[0] = train;
    total[0] = sum;
    sum(0, train, gradient);
    search(0);
  }

  private void sum(int leaf, int count, int[] gradient) {
    Arrays.fill(sums, leaf * width, (leaf + 1) * width, 0);
    Arrays.fill(counts, leaf * width, (leaf + 1) * width, 0);
    kernel.add(members, count, gradient, sums, counts, leaf * width);
  }

  /** Finds the best split of a leaf from its sums. */
  private void search(int leaf) {
    bestGain[leaf] = 0;
    int n = size[leaf];
    if (depth[leaf] >= settings.depth() || n < 2 * fewest) {
      return;
    }
    int at = leaf * width;
    double all = n;
    double s = total[leaf];
    double best = 0;
    int feature = -1;
    for (int f = 0; f < rows.features(); f++) {
      int n1 = counts[at + f];
      double excess = all * sums[at + f] - s * n1;
      double gain = excess * excess * (inverse[n1] * inverse[n - n1]);
      if (gain > best) {
        best = gain;
        feature = f;
      }
    }
    bestGain[leaf] = best / all;
    bestFeature[leaf] = feature;
  }

  /** Splits a leaf: it keeps the rows without its best feature, {@code fresh} gets the others. */
  private void split(int leaf, int fresh, int[] gradient) {
    int f = bestFeature[leaf];
    int child = forest.split(node[leaf], f);
    node[leaf] = child;
    node[fresh] = child + 1;
    depth[fresh] = ++depth[leaf];
    size[fresh] = counts[leaf * width + f];
    total[fresh] = sums[leaf * width + f];
    size[leaf] -= size[fresh];
    total[leaf] -= total[fresh];
    long[] without = bits[leaf];
    long[] with = bits[fresh];
    int column = f * rows.words();
    for (int w = 0; w < with.length; w++) {
      long c = rows.columns()[column + w];
      with[w] = without[w] & c;
      without[w] &= ~c;
    }
    if (depth[leaf] < settings.depth() && fresh + 1 < settings.leaves()) {
      sumChildren(leaf, fresh, gradient);
      search(leaf);
      search(fresh);
    } else {
      bestGain[leaf] = 0;
      bestGain[fresh] = 0;
    }
  }

  /** Leaf {@code a} still holds the parent's sums; leaves {@code a} and {@code b} get theirs. */
  private void sumChildren(int a, int b, int[] gradient) {
    boolean small = size[b] <= size[a];
    sum(b, list(small ? bits[b] : bits[a], 0, rows.trainWords()), gradient);
    for (int j = 0; j < width; j++) {
      int s = sums[a * width + j] - sums[b * width + j];
      int c = counts[a * width + j] - counts[b * width + j];
      sums[a * width + j] = s;
      counts[a * width + j] = c;
    }
    if (!small) {
      swap(sums, a * width, b * width);
      swap(counts, a * width, b * width);
    }
  }

  private void swap(int[] array, int a, int b) {
    for (int j = 0; j < width; j++) {
      int t = array[a + j];
      array[a + j] = array[b + j];
      array[b + j] = t;
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
  private void settle(int leaf, long[] residual) {
    int train = list(bits[leaf], 0, rows.trainWords());
    long sum = 0;
    for (int i = 0; i < train; i++) {
      sum += residual[members[i]];
    }
    long value = Math.round(settings.rate() * sum / train);
    forest.value(node[leaf], value);
    for (int i = 0; i < train; i++) {
      residual[members[i]] -= value;
    }
    int followed = list(bits[leaf], rows.trainWords(), rows.words());
    for (int i = 0; i < followed; i++) {
      residual[members[i]] -= value;
    }
  }
}
