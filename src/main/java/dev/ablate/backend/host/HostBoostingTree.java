package dev.ablate.backend.host;

import dev.ablate.backend.Boosting.Settings;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntConsumer;

/**
 * Grows one tree after another, leaf-wise. A leaf is a bit set of rows; only the smaller child of a
 * split is summed over its rows, the other is the parent less its sibling.
 *
 * <p>With {@code N} rows of residual sum {@code S} in a leaf and {@code N1, S1} behind bit 1, a
 * split gains {@code (N S1 - S N1)^2 / (N N1 N0)}. The bracket is an exact integer: features that
 * cut a leaf alike tie exactly, and the lowest wins.
 *
 * <p>Where the limit of depth leaves little room for leaves that do not come to be, the leaves of a
 * level are split and summed together, ahead of the order in which they are taken. That is work for
 * several threads where there are many rows; the order itself, and so the tree, is the same.
 */
final class HostBoostingTree {
  /** Keys of deeper leaves would not fit a word. */
  private static final int DEEPEST = 62;

  /** Trees of a depth beyond this are not split ahead. */
  private static final int AHEAD = 8;

  /** Rows times blocks of features that are worth waking threads for, or rows times 8. */
  private static final long WORTH = 1 << 15;

  private final HostBoostingRows rows;
  private final HostBoostingSums kernel;
  private final Workers workers;
  private final Settings settings;
  private final int countBits;
  private final long countMask;
  private final long[] state;
  private final HostBoostingForest forest;
  private final int most;
  private final int fewest;
  private final int depth;
  private final boolean ahead;
  private final double[] inverse;
  private final long[] allRows;
  private final int[] everyRow;
  private final HostBoostingLeaf[] leaves;
  private final HostBoostingLeaf[] pool;
  private final AtomicInteger used = new AtomicInteger();
  private final List<long[]> sums = new ArrayList<>();
  private int sumsUsed;

  /** Leaves that are split, while nothing is known of the two that this makes. */
  private final List<HostBoostingLeaf> open = new ArrayList<>();

  private long total;

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
      HostBoostingForest forest,
      Workers workers) {
    this.rows = rows;
    this.kernel = rows.sums();
    this.workers = workers;
    this.settings = settings;
    this.countBits = countBits;
    this.countMask = (1L << countBits) - 1;
    this.state = state;
    this.forest = forest;
    this.most = Math.max(1, settings.leaves());
    this.fewest = Math.max(1, settings.minLeaf());
    this.depth = Math.min(settings.depth(), DEEPEST);
    this.ahead = depth <= AHEAD && 1 << depth <= 2 * most;
    this.leaves = new HostBoostingLeaf[most];
    this.pool = new HostBoostingLeaf[ahead ? 2 << depth : 2 * most];
    int train = rows.train().length;
    this.inverse = new double[train + 1];
    // NaN where a side would be too small: such a gain is never above another.
    for (int k = 0; k <= train; k++) {
      inverse[k] = k < fewest ? Double.NaN : 1.0 / k;
    }
    this.everyRow = new int[train];
    for (int i = 0; i < train; i++) {
      everyRow[i] = i;
      total += state[i];
    }
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
    HostBoostingLeaf root = plant();
    if (root.gain <= 0 || most < 2) {
      return false;
    }
    root.node = forest.root();
    leaves[0] = root;
    int count = 1;
    while (count < most) {
      int at = 0;
      for (int l = 1; l < count; l++) {
        at = leaves[l].isBefore(leaves[at]) ? l : at;
      }
      HostBoostingLeaf best = leaves[at];
      if (best.gain <= 0) {
        break;
      }
      if (best.with == null) {
        split(best);
        open.add(best);
      }
      int child = forest.split(best.node, best.feature);
      best.without.node = child;
      best.with.node = child + 1;
      leaves[at] = best.without;
      leaves[count++] = best.with;
      if (count < most && open.contains(best)) {
        explore();
      }
    }
    settle(count);
    forest.order();
    return true;
  }

  private int size(HostBoostingLeaf leaf) {
    return (int) (leaf.total & countMask);
  }

  /** Whether there can be a split in one of a pair of leaves. */
  private boolean mayGrow(HostBoostingLeaf parent) {
    return parent.depth + 1 < depth
        && Math.max(size(parent.without), size(parent.with)) >= 2 * fewest;
  }

  private HostBoostingLeaf smaller(HostBoostingLeaf parent) {
    return size(parent.with) <= size(parent.without) ? parent.with : parent.without;
  }

  private HostBoostingLeaf fresh() {
    int at = used.getAndIncrement();
    if (pool[at] == null) {
      pool[at] = new HostBoostingLeaf(rows.words());
    }
    return pool[at];
  }

  private long[] freshSums() {
    if (sumsUsed == sums.size()) {
      sums.add(new long[kernel.width()]);
    }
    return sums.get(sumsUsed++);
  }

  /** Makes the root, of all rows. */
  private HostBoostingLeaf plant() {
    used.set(0);
    sumsUsed = 0;
    open.clear();
    HostBoostingLeaf root = fresh();
    System.arraycopy(allRows, 0, root.bits, 0, allRows.length);
    root.start(1, 0, total);
    root.sums = freshSums();
    long[] of = root.sums;
    int rowsOfRoot = everyRow.length;
    forEach(
        kernel.pieces(rowsOfRoot),
        kernel.work(rowsOfRoot),
        p -> kernel.sum(p, everyRow, rowsOfRoot, state, of));
    search(root);
    if (ahead && root.gain > 0) {
      split(root);
      open.add(root);
    }
    return root;
  }

  private void forEach(int count, long work, IntConsumer task) {
    if (work >= WORTH) {
      workers.forEach(count, task);
    } else {
      for (int i = 0; i < count; i++) {
        task.accept(i);
      }
    }
  }

  /** A share of the sums of a leaf. */
  private record Piece(HostBoostingLeaf leaf, int number) {}

  /** Finds the best splits of all leaves that nothing is known of, and may split them. */
  private void explore() {
    List<HostBoostingLeaf> parents = open.stream().filter(this::mayGrow).toList();
    open.clear();
    List<Piece> pieces = new ArrayList<>();
    long work = 0;
    long all = 0;
    for (HostBoostingLeaf parent : parents) {
      HostBoostingLeaf small = smaller(parent);
      small.sums = freshSums();
      for (int p = 0; p < kernel.pieces(size(small)); p++) {
        pieces.add(new Piece(small, p));
      }
      work += kernel.work(size(small));
      all += size(parent);
    }
    forEach(
        pieces.size(),
        work,
        p -> {
          HostBoostingLeaf leaf = pieces.get(p).leaf;
          kernel.sum(pieces.get(p).number, leaf.members, size(leaf), leaf.numbers, leaf.sums);
        });
    forEach(parents.size(), 8 * all, p -> search(parents.get(p), smaller(parents.get(p))));
    for (HostBoostingLeaf parent : parents) {
      addOpen(parent.without);
      addOpen(parent.with);
    }
  }

  private void addOpen(HostBoostingLeaf leaf) {
    if (leaf.with != null) {
      open.add(leaf);
    }
  }

  /** Searches both children of a leaf, of which the smaller one is summed. */
  private void search(HostBoostingLeaf parent, HostBoostingLeaf small) {
    HostBoostingLeaf large = small == parent.with ? parent.without : parent.with;
    large.sums = parent.sums;
    subtract(large.sums, small.sums);
    search(small);
    search(large);
    if (ahead) {
      split(small);
      split(large);
    }
  }

  private static void subtract(long[] from, long[] what) {
    for (int j = 0; j < from.length; j++) {
      from[j] -= what[j];
    }
  }

  /** Finds the best split of a leaf from its sums. */
  private void search(HostBoostingLeaf leaf) {
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

  /** Makes the two leaves of the best split, if there is one. */
  private void split(HostBoostingLeaf leaf) {
    if (leaf.gain <= 0) {
      return;
    }
    long with = leaf.sums[leaf.feature];
    leaf.without = fresh();
    leaf.with = fresh();
    leaf.without.start(2 * leaf.key, leaf.depth + 1, leaf.total - with);
    leaf.with.start(2 * leaf.key + 1, leaf.depth + 1, with);
    divide(leaf.bits, rows.columns()[leaf.feature], leaf.without.bits, leaf.with.bits);
    if (mayGrow(leaf)) {
      HostBoostingLeaf small = smaller(leaf);
      small.list(size(small), rows.trainWords(), state);
    }
  }

  private static void divide(long[] from, long[] column, long[] without, long[] with) {
    for (int w = 0; w < from.length; w++) {
      with[w] = from[w] & column[w];
      without[w] = from[w] & ~column[w];
    }
  }

  /** Gives leaves their values, the learning rate times the mean residual, and takes them off. */
  private void settle(int count) {
    long[] changes = new long[count];
    for (int l = 0; l < count; l++) {
      HostBoostingLeaf leaf = leaves[l];
      long value = Math.round(settings.rate() * (leaf.total >> countBits) / size(leaf));
      forest.value(leaf.node, value);
      changes[l] = value << countBits;
      total -= changes[l] * size(leaf);
    }
    forEach(count, 2L * state.length, l -> settle(leaves[l].bits, changes[l]));
  }

  private void settle(long[] bits, long change) {
    for (int w = 0; w < bits.length; w++) {
      for (long left = bits[w]; left != 0; left &= left - 1) {
        state[w * 64 + Long.numberOfTrailingZeros(left)] -= change;
      }
    }
  }
}
