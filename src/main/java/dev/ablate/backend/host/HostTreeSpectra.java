package dev.ablate.backend.host;

import dev.ablate.backend.Forest;
import dev.ablate.backend.Sets;
import dev.ablate.backend.TreeSpectra;
import dev.ablate.backend.Trees;
import dev.ablate.work.Work;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Tree spectra on the host's cores. The leaves of a tree are gathered split by split: with {@code
 * E(v)} the mean of a subtree over uniform masks, a tree is {@code E(root)} plus, for every split
 * on {@code i} behind a path of {@code d} bits, {@code (E(left) - E(right)) / 2 * 2^-d prod_{j in
 * S} (-1)^b_j} on each {@code S + i}, S a subset of the path. That is a third of the additions that
 * the leaves of a full depth-5 tree would take.
 *
 * <p>Trees are added in blocks of fixed size and blocks in their order, so sums do not depend on
 * threads.
 */
final class HostTreeSpectra implements TreeSpectra {
  private static final int BLOCK = 256;
  private final Workers workers;

  HostTreeSpectra(Workers workers) {
    this.workers = workers;
  }

  @Override
  public List<Terms> spectra(List<? extends Trees> forests, int[] trees, Selection selection) {
    Terms[] terms = new Terms[forests.size()];
    workers.forEach(
        terms.length,
        f -> terms[f] = select(spectrum(forests.get(f).toHost(), trees[f]), selection.most()));
    return List.of(terms);
  }

  /** The terms below order 2 and the largest others, in the order they had. */
  private static Terms select(Terms all, int most) {
    Sets sets = all.sets();
    int low = 0; // terms below order 2, which come first
    while (low < sets.size() && sets.order(low) < 2) {
      low++;
    }
    if (sets.size() - low <= most) {
      return all;
    }
    double[] coefficients = all.coefficients();
    Work.check();
    // The sort is stable: of equal magnitudes the first set stays.
    IntStream largest =
        IntStream.range(low, sets.size())
            .boxed()
            .sorted(Comparator.comparingDouble(s -> -Math.abs(coefficients[s])))
            .limit(most)
            .mapToInt(Integer::intValue)
            .sorted();
    int[] kept = IntStream.concat(IntStream.range(0, low), largest).toArray();
    return new Terms(
        sets.select(kept), Arrays.stream(kept).mapToDouble(s -> coefficients[s]).toArray());
  }

  private Terms spectrum(Forest forest, int trees) {
    int blocks = (trees + BLOCK - 1) / BLOCK;
    HostTreeSpectraSets[] parts = new HostTreeSpectraSets[blocks];
    workers.forBlocks(
        trees,
        BLOCK,
        (from, to) -> {
          HostTreeSpectraSets part = new HostTreeSpectraSets();
          Walk walk = new Walk(forest, part);
          for (int t = from; t < to; t++) {
            walk.tree(forest.roots()[t]);
          }
          parts[from / BLOCK] = part;
        });
    HostTreeSpectraSets sum = new HostTreeSpectraSets();
    sum.add(0, forest.base());
    for (int b = 0; b < blocks; b++) {
      Work.check();
      sum.addAll(parts[b]);
      parts[b] = null;
    }
    return sum.terms();
  }

  /** Adds trees to a sum. The path to the current split is kept sorted by feature. */
  private static final class Walk {
    private final Forest forest;
    private final HostTreeSpectraSets sum;
    private int[] path = new int[8];
    private boolean[] kept = new boolean[8];
    private int length;
    private int[] sets = new int[256];
    private double[] terms = new double[256];

    Walk(Forest forest, HostTreeSpectraSets sum) {
      this.forest = forest;
      this.sum = sum;
    }

    void tree(int root) {
      Work.check();
      sum.add(0, descend(root));
    }

    /** Adds the splits below a node and returns its mean over the masks that reach it. */
    private double descend(int node) {
      int f = forest.feature()[node];
      if (f < 0) {
        return forest.value()[node];
      }
      int at = Arrays.binarySearch(path, 0, length, f);
      if (at >= 0) {
        return descend(kept[at] ? forest.right()[node] : forest.left()[node]);
      }
      at = -at - 1;
      insert(at, f);
      double left = descend(forest.left()[node]);
      kept[at] = true;
      double right = descend(forest.right()[node]);
      kept[at] = false;
      if (left != right) {
        addSplit(at, Math.scalb(left - right, -length));
      }
      remove(at);
      return (left + right) / 2;
    }

    private void insert(int at, int feature) {
      if (length == path.length) {
        path = Arrays.copyOf(path, 2 * length);
        kept = Arrays.copyOf(kept, 2 * length);
      }
      System.arraycopy(path, at, path, at + 1, length - at);
      System.arraycopy(kept, at, kept, at + 1, length - at);
      path[at] = feature;
      kept[at] = false;
      length++;
    }

    private void remove(int at) {
      length--;
      System.arraycopy(path, at + 1, path, at, length - at);
      System.arraycopy(kept, at + 1, kept, at, length - at);
    }

    /** Adds {@code term} with its signs to every subset of the path that holds position p. */
    private void addSplit(int p, double term) {
      if (sets.length < 1 << length) {
        sets = new int[1 << length];
        terms = new double[1 << length];
      }
      int split = 1 << p;
      sets[0] = 0;
      terms[0] = term;
      for (int k = 0; k < length; k++) {
        boolean negative = k != p && kept[k];
        for (int m = 0; m < 1 << k; m++) {
          // Sets are built in ascending order, so past p only those with p are prefixes.
          if (k <= p || (m & split) != 0) {
            sets[m | 1 << k] = sum.with(sets[m], path[k]);
            terms[m | 1 << k] = negative ? -terms[m] : terms[m];
          }
        }
      }
      for (int m = split; m < 1 << length; m++) {
        if ((m & split) != 0) {
          sum.add(sets[m], terms[m]);
        }
      }
    }
  }
}
