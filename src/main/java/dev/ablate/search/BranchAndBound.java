package dev.ablate.search;

import java.util.Arrays;
import java.util.BitSet;
import java.util.Comparator;
import java.util.PriorityQueue;

/**
 * Branch and bound over a polynomial: the part of all sets with the largest bound is parted in two
 * by a feature that is kept or not, until no bound is above the best set or the work is spent. What
 * a part leaves to choose is a smaller polynomial, whose terms are of lower order, and a part of
 * few features is looked at wholly. Parts are known by what is kept and left away alone, so that
 * many may be open.
 */
final class BranchAndBound {
  /** Parts of so few features are looked at wholly. */
  private static final int WHOLE = 16;

  /** What a part that is looked at wholly counts as. */
  private static final long WHOLE_WORK = 1 << WHOLE;

  /** A bound above the best set by less than this share of all magnitudes counts as none. */
  private static final double TOLERANCE = 1e-9;

  /** Steps of the first bound, and of each part's. */
  private static final int FIRST_STEPS = 2_000;

  private static final int STEPS = 150;

  /**
   * A part of all sets.
   *
   * @param in what is kept in it
   * @param out what is left away
   * @param bound what no set of it goes beyond
   * @param feature by which it is parted next
   */
  private record Part(BitSet in, BitSet out, double bound, int feature, long number) {}

  private final Polynomial whole;
  private final long work;
  private final double tolerance;
  private final PriorityQueue<Part> open =
      new PriorityQueue<>(
          Comparator.comparingDouble((Part part) -> -part.bound()).thenComparing(Part::number));
  private boolean[] best;
  private double value;
  private long spent;
  private double[][] prices;
  private int nodes;
  private long parts;

  /**
   * A search that begins with a set.
   *
   * @param start {@code (active)}
   * @param work looks at a feature, or at a term's copy of one, in all bounds together
   */
  BranchAndBound(Polynomial whole, boolean[] start, long work) {
    this.whole = whole;
    this.work = work;
    tolerance = TOLERANCE * whole.magnitude();
    best = start;
    value = whole.value(start);
  }

  /** Searches until the best set is proven or the work is spent. */
  void run() {
    look(new BitSet(), new BitSet(), whole.simpleBound());
    while (!isProven() && spent < work) {
      Part part = open.poll();
      branch(part, true);
      branch(part, false);
    }
  }

  /** Which features are kept in the best set, {@code (active)}. */
  boolean[] best() {
    return best;
  }

  /** What no set goes beyond. */
  double bound() {
    return isProven() ? value : open.peek().bound();
  }

  /** Whether no set is better by more than the tolerance. */
  boolean isProven() {
    return open.isEmpty() || open.peek().bound() <= value + tolerance;
  }

  /** Parts that were bounded or looked at wholly. */
  int nodes() {
    return nodes;
  }

  private void branch(Part part, boolean kept) {
    BitSet in = (BitSet) part.in().clone();
    BitSet out = (BitSet) part.out().clone();
    (kept ? in : out).set(part.feature());
    if (whole.admits(in, out)) {
      look(in, out, part.bound());
    }
  }

  /** Finds what a part can hold: its best set where it is small, else a bound and a good set. */
  private void look(BitSet in, BitSet out, double known) {
    Polynomial rest = whole.with(in, out);
    double bound = Math.min(known, rest.simpleBound());
    if (bound <= value + tolerance) {
      return;
    }
    if (AllSubsets.isTransform(rest, WHOLE)) {
      nodes++;
      spent += WHOLE_WORK;
      offer(rest, in, out, AllSubsets.best(rest));
      return;
    }
    double[] preferred = new double[rest.active()];
    Arrays.fill(preferred, 0.5);
    if (spent < work) {
      nodes++;
      boolean first = prices == null;
      DualBound dual = new DualBound(rest, first ? null : inherited(rest, in, out));
      spent += dual.improve(value, first ? FIRST_STEPS : STEPS, work - spent);
      prices = first ? dual.prices() : prices;
      bound = Math.min(bound, dual.bound());
      preferred = dual.kept();
      offer(rest, in, out, new LocalSearch(rest).from(preferred));
    }
    if (bound > value + tolerance) {
      open.add(new Part(in, out, bound, rest.feature(split(rest, preferred)), parts++));
    }
  }

  /** Prices of a part: those of the whole, of terms that became one together. */
  private double[][] inherited(Polynomial rest, BitSet in, BitSet out) {
    double[][] each = new double[rest.terms()][];
    Arrays.setAll(each, t -> new double[rest.term(t).length]);
    for (int t = 0; t < whole.terms(); t++) {
      int[] set = whole.set(t);
      int[] left = Arrays.stream(set).filter(i -> !in.get(i) && !out.get(i)).toArray();
      int term = rest.termOf(left);
      for (int k = 0, at = 0; term >= 0 && left.length > 1 && k < set.length; k++) {
        if (at < left.length && set[k] == left[at]) {
          each[term][at++] += prices[t][k];
        }
      }
    }
    return each;
  }

  /** Takes a set if it is better than the best so far. What no term of the rest holds fills up. */
  private void offer(Polynomial rest, BitSet in, BitSet out, boolean[] chosen) {
    BitSet all = (BitSet) in.clone();
    BitSet decided = (BitSet) out.clone();
    for (int i = 0; i < chosen.length; i++) {
      (chosen[i] ? all : decided).set(rest.feature(i));
    }
    boolean[] kept = new boolean[whole.active()];
    int missing = whole.low();
    for (int i = 0; i < kept.length; i++) {
      kept[i] = all.get(whole.feature(i));
      missing -= kept[i] ? 1 : 0;
    }
    for (int i = 0; i < kept.length && missing > 0; i++) {
      if (!kept[i] && !decided.get(whole.feature(i))) {
        kept[i] = true;
        missing--;
      }
    }
    double found = whole.value(kept);
    if (found > value) {
      value = found;
      best = kept;
    }
  }

  /** The feature whose terms weigh most, more so where the bound is undecided about it. */
  private static int split(Polynomial rest, double[] preferred) {
    int best = 0;
    double most = -1;
    for (int i = 0; i < rest.active(); i++) {
      double mass = 0;
      for (int t : rest.holding(i)) {
        mass += rest.term(t).length == 1 ? 0 : Math.abs(rest.weight(t));
      }
      double score = mass * (1 + Math.min(preferred[i], 1 - preferred[i]));
      if (score > most) {
        most = score;
        best = i;
      }
    }
    return best;
  }
}
