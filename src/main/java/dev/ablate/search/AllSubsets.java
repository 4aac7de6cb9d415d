package dev.ablate.search;

import dev.ablate.backend.HostBuffer;
import dev.ablate.backend.host.HostBackend;

/** The best set by looking at all of them, where they are few. */
final class AllSubsets {
  /** Most features of which all masks are evaluated by one transform. */
  private static final int TRANSFORMED = 20;

  /** Most terms to look at where sets are taken one by one. */
  private static final double STEPS = 3e8;

  private final Polynomial polynomial;
  private final double[] now;
  private final int sign;
  private final int low;
  private final int high;
  private final boolean[] flipped;
  private boolean[] best;
  private double bestValue = Double.NEGATIVE_INFINITY;

  /** Sets are grown from nothing, or shrunk from everything, whichever takes fewer steps. */
  private AllSubsets(Polynomial polynomial) {
    this.polynomial = polynomial;
    boolean shrink = shrinks(polynomial);
    sign = shrink ? -1 : 1;
    int active = polynomial.active();
    low = shrink ? active - polynomial.high() : polynomial.low();
    high = shrink ? active - polynomial.low() : polynomial.high();
    flipped = new boolean[active];
    now = new double[polynomial.terms()];
    for (int t = 0; t < now.length; t++) {
      boolean odd = (polynomial.term(t).length & 1) == 1;
      now[t] = odd ? sign * polynomial.weight(t) : polynomial.weight(t);
    }
  }

  private static boolean shrinks(Polynomial polynomial) {
    return polynomial.active() - polynomial.low() < polynomial.high();
  }

  /** Whether all masks of the features are evaluated at once. */
  static boolean isTransform(Polynomial polynomial, int most) {
    return polynomial.active() <= Math.min(most, TRANSFORMED);
  }

  /** Whether all sets can be looked at. */
  static boolean canBe(Polynomial polynomial) {
    if (isTransform(polynomial, TRANSFORMED)) {
      return true;
    }
    int active = polynomial.active();
    int most = shrinks(polynomial) ? active - polynomial.low() : polynomial.high();
    double members = 0;
    for (int t = 0; t < polynomial.terms(); t++) {
      members += polynomial.term(t).length;
    }
    double sets = 1;
    double steps = 0;
    for (int k = 1; k <= most && steps <= STEPS; k++) {
      sets *= (double) (active - k + 1) / k;
      steps += sets * (1 + members / active);
    }
    return steps <= STEPS;
  }

  /** Which features are kept in the best set, {@code (active)}; of equal ones the first found. */
  static boolean[] best(Polynomial polynomial) {
    if (isTransform(polynomial, TRANSFORMED)) {
      return ofTransform(polynomial);
    }
    AllSubsets all = new AllSubsets(polynomial);
    all.grow(0, 0, all.start());
    return all.best;
  }

  private double start() {
    double value = polynomial.constant();
    for (double each : now) {
      value += each;
    }
    return value;
  }

  private void grow(int from, int flips, double value) {
    if (flips >= low && value > bestValue) {
      bestValue = value;
      best = new boolean[flipped.length];
      for (int i = 0; i < best.length; i++) {
        best[i] = flipped[i] == (sign > 0);
      }
    }
    if (flips == high) {
      return;
    }
    // So many more are needed at least, so that the last places are no beginning.
    int last = flipped.length - Math.max(1, low - flips);
    for (int i = from; i <= last; i++) {
      double then = value + flip(i);
      grow(i + 1, flips + 1, then);
      flip(i);
    }
  }

  private double flip(int i) {
    double change = 0;
    flipped[i] = !flipped[i];
    for (int t : polynomial.holding(i)) {
      now[t] = -now[t];
      change += 2 * now[t];
    }
    return change;
  }

  private static boolean[] ofTransform(Polynomial polynomial) {
    int active = polynomial.active();
    double[] values = new double[1 << active];
    values[0] = polynomial.constant();
    for (int t = 0; t < polynomial.terms(); t++) {
      int set = 0;
      for (int i : polynomial.term(t)) {
        set |= 1 << i;
      }
      values[set] = polynomial.weight(t);
    }
    try (HostBackend host = new HostBackend(1)) {
      host.walsh().transform(HostBuffer.of(values), 1, values.length, 1);
    }
    int low = polynomial.low();
    int high = polynomial.high();
    int best = -1;
    for (int mask = 0; mask < values.length; mask++) {
      int kept = Integer.bitCount(mask);
      if (kept >= low && kept <= high && (best < 0 || values[mask] > values[best])) {
        best = mask;
      }
    }
    boolean[] kept = new boolean[active];
    for (int i = 0; i < active; i++) {
      kept[i] = (best >>> i & 1) != 0;
    }
    return kept;
  }
}
