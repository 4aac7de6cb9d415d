package dev.ablate.solve.surrogate;

import dev.ablate.backend.GaussianProcess.Prior;
import dev.ablate.backend.Sets;
import dev.ablate.spectrum.Magnitudes;
import dev.ablate.spectrum.SetTable;
import dev.ablate.work.Work;
import java.util.Arrays;

/**
 * The sets whose coefficients vary most under a prior, best first. Features are ranked by their
 * odds {@code rho = tanh(b)}; a set's variance is the empty set's times the product of its odds.
 * From a set two others follow, both no larger: with the next feature added, and with its last
 * feature replaced by the next. So every set is reached once and the largest left is always known.
 *
 * <p>A set is a number: its last rank, and the number of the set of the ranks before it. So neither
 * of the two that follow takes more than a few words, whatever its order.
 */
public final class LargestVariances {
  private static final int NONE = -1;

  private final double[] odds;
  private final int mostOrder;
  private final int[] before;
  private final int[] last;
  private final int[] order;

  /** Logarithms of the products of the odds. */
  private final double[] logarithms;

  private int reached;

  /** Sets of which none is before its parent: a binary heap, the largest variance on top. */
  private final int[] heap;

  private int open;

  private LargestVariances(double[] odds, int mostOrder, int most) {
    // Each set that is taken leads to two at most.
    int room = 2 * most + 1;
    this.odds = odds;
    this.mostOrder = mostOrder;
    this.before = new int[room];
    this.last = new int[room];
    this.order = new int[room];
    this.logarithms = new double[room];
    this.heap = new int[room];
  }

  /**
   * The sets of largest variance, the empty set first.
   *
   * @param most how many at most
   */
  public static Sets of(Prior prior, int most) {
    return of(prior, prior.decays().length, most);
  }

  /**
   * Those of the sets up to an order; what sizes of masks do to the prior is not looked at.
   *
   * @param mostOrder highest order
   * @param most how many at most
   */
  public static Sets of(Prior prior, int mostOrder, int most) {
    Sets smooth = ofProduct(prior.decays(), mostOrder, most);
    if (prior.shape().rough() == 0) {
      return smooth;
    }
    double stretch = prior.shape().stretch();
    double[] stretched = Arrays.stream(prior.decays()).map(b -> b * stretch).toArray();
    SetTable both = new SetTable(smooth);
    Sets rough = ofProduct(stretched, mostOrder, most);
    for (int s = 0; s < rough.size(); s++) {
      both.add(rough.features(), rough.starts()[s], rough.order(s));
    }
    return both.sets().select(Magnitudes.falling(prior.variances(both.sets()), most));
  }

  private static Sets ofProduct(double[] decays, int mostOrder, int most) {
    int[] ranked = Magnitudes.falling(decays, decays.length);
    double[] odds =
        Arrays.stream(ranked).mapToDouble(i -> Math.log(Math.tanh(decays[i]))).toArray();
    return new LargestVariances(odds, mostOrder, most).sets(ranked, most);
  }

  private Sets sets(int[] ranked, int most) {
    int[] starts = new int[most + 1];
    int[] members = new int[4 * most];
    // The empty set comes first.
    int size = 1;
    reach(NONE, 0, 1, odds[0]);
    while (open > 0 && size < most) {
      Work.check();
      int set = remove();
      int from = starts[size];
      int to = from + order[set];
      if (to > members.length) {
        members = Arrays.copyOf(members, Math.max(to, 2 * members.length));
      }
      int at = to;
      for (int s = set; s != NONE; s = before[s]) {
        members[--at] = ranked[last[s]];
      }
      Arrays.sort(members, from, to);
      starts[++size] = to;
      int next = last[set] + 1;
      if (next < odds.length) {
        reach(set, next, order[set] + 1, logarithms[set] + odds[next]);
        reach(before[set], next, order[set], logarithms[set] - odds[next - 1] + odds[next]);
      }
    }
    return new Sets(Arrays.copyOf(starts, size + 1), Arrays.copyOf(members, starts[size]));
  }

  /** Opens a set; one that never varies leads to none that does. */
  private void reach(int prefix, int rank, int size, double logarithm) {
    if (logarithm > Double.NEGATIVE_INFINITY && size <= mostOrder) {
      before[reached] = prefix;
      last[reached] = rank;
      order[reached] = size;
      logarithms[reached] = logarithm;
      insert(reached++);
    }
  }

  private void insert(int set) {
    int at = open++;
    while (at > 0 && isBefore(set, heap[(at - 1) >>> 1])) {
      heap[at] = heap[(at - 1) >>> 1];
      at = (at - 1) >>> 1;
    }
    heap[at] = set;
  }

  private int remove() {
    int first = heap[0];
    int moved = heap[--open];
    int at = 0;
    while (2 * at + 1 < open) {
      int child = 2 * at + 1;
      if (child + 1 < open && isBefore(heap[child + 1], heap[child])) {
        child++;
      }
      if (!isBefore(heap[child], moved)) {
        break;
      }
      heap[at] = heap[child];
      at = child;
    }
    heap[at] = moved;
    return first;
  }

  /** The larger variance is before the smaller; equal ones stand in the order of sets. */
  private boolean isBefore(int a, int b) {
    if (logarithms[a] != logarithms[b]) {
      return logarithms[a] > logarithms[b];
    }
    return Sets.compare(ranks(a), ranks(b)) < 0;
  }

  private int[] ranks(int set) {
    int[] ranks = new int[order[set]];
    int at = ranks.length;
    for (int s = set; s != NONE; s = before[s]) {
      ranks[--at] = last[s];
    }
    return ranks;
  }
}
