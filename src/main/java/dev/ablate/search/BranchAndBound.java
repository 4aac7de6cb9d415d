package dev.ablate.search;

import java.util.BitSet;
import java.util.Comparator;
import java.util.PriorityQueue;

/**
 * Integer programming over a polynomial: the part with the largest bound is parted in two by a
 * feature that is kept or not, until no bound is above the best set or the work is spent. Each
 * part's polynomial is reduced, so that terms of high order become terms that the linear program
 * knows, and a part of few features is looked at wholly.
 */
final class BranchAndBound {
  /** Parts of so few features are looked at wholly. */
  private static final int WHOLE = 16;

  /** What a part that is looked at wholly counts as, in operations. */
  private static final long WHOLE_WORK = 2_000_000;

  /** Gains below this share of all magnitudes are beyond what linear programs know. */
  private static final double TOLERANCE = 1e-7;

  /** A part of all sets: what is kept and what is left away in it, and what it still leaves. */
  private record Part(
      Polynomial rest, BitSet in, BitSet out, double bound, double[] kept, long number) {}

  private final Polynomial whole;
  private final long work;
  private final double tolerance;
  private final PriorityQueue<Part> open =
      new PriorityQueue<>(
          Comparator.comparingDouble((Part part) -> -part.bound()).thenComparing(Part::number));
  private boolean[] best;
  private double value;
  private long spent;
  private boolean isSpent;
  private int nodes;
  private long parts;

  /**
   * A search that begins with a set.
   *
   * @param start {@code (active)}
   * @param work operations of all linear programs together, as {@link Relaxation#work} counts them
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
    look(whole, new BitSet(), new BitSet(), whole.simpleBound());
    while (!isProven() && !isSpent && spent < work) {
      Part part = open.poll();
      int feature = split(part);
      branch(part, feature, true);
      branch(part, feature, false);
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

  /** Linear programs and parts that were looked at wholly. */
  int nodes() {
    return nodes;
  }

  private void branch(Part part, int feature, boolean kept) {
    if (!part.rest().admits(kept)) {
      return;
    }
    BitSet in = (BitSet) part.in().clone();
    BitSet out = (BitSet) part.out().clone();
    (kept ? in : out).set(part.rest().feature(feature));
    look(part.rest().with(feature, kept), in, out, part.bound());
  }

  /** Finds what a part can hold: its best set where it is small, else a bound and a good set. */
  private void look(Polynomial rest, BitSet in, BitSet out, double known) {
    double simple = Math.min(known, rest.simpleBound());
    if (simple <= value + tolerance) {
      return;
    }
    if (AllSubsets.isTransform(rest, WHOLE)) {
      nodes++;
      spent += WHOLE_WORK;
      offer(rest, in, out, AllSubsets.best(rest));
      return;
    }
    double[] kept = null;
    double bound = simple;
    // The first program makes do with what there is; later ones only follow where all of it fits.
    if (nodes == 0 ? work > 0 : Relaxation.fits(rest, work - spent)) {
      nodes++;
      Relaxation relaxation = Relaxation.of(rest, work - spent);
      spent += relaxation.work();
      kept = relaxation.kept();
      bound = Math.min(simple, relaxation.bound());
      if (kept != null) {
        double found = offer(rest, in, out, new LocalSearch(rest).from(kept));
        // A program that a set goes beyond was not solved.
        bound = found > bound + tolerance ? simple : bound;
      }
    } else {
      isSpent = true;
    }
    if (bound > value + tolerance) {
      open.add(new Part(rest, in, out, bound, kept, parts++));
    }
  }

  /**
   * Takes a set if it is better than the best so far. What no term of the rest holds fills up.
   *
   * @return its value
   */
  private double offer(Polynomial rest, BitSet in, BitSet out, boolean[] chosen) {
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
    return found;
  }

  /** The feature about which the linear program is least decided, weighed by its terms. */
  private static int split(Part part) {
    Polynomial rest = part.rest();
    int best = 0;
    double most = -1;
    for (int i = 0; i < rest.active(); i++) {
      double mass = 0;
      for (int t : rest.holding(i)) {
        mass += rest.term(t).length == 1 ? 0 : Math.abs(rest.weight(t));
      }
      double x = part.kept() == null ? 0.5 : part.kept()[i];
      // A little for all, as terms outside of the program leave features that it holds decided.
      double score = mass * (Math.max(0, Math.min(x, 1 - x)) + 1e-3);
      if (score > most) {
        most = score;
        best = i;
      }
    }
    return best;
  }
}
