package dev.ablate.search;

import dev.ablate.code.Philox;
import java.util.Arrays;
import java.util.Comparator;
import java.util.stream.IntStream;

/**
 * Greedy choices from both ends, then swaps as long as they gain, then a tabu search. Each flip
 * updates what every other flip would gain, so that no value is worked out anew.
 *
 * <p>Source: Glover, "Tabu search, part I", ORSA Journal on Computing 1, 1989.
 */
final class LocalSearch {
  /** Looks at a feature or a term after which nothing more is tried. */
  private static final long STEPS = 400_000_000L;

  /** Swaps after the first climbs. */
  private static final int SWAPS = 100_000;

  /** Swaps without a better set before it is disturbed. */
  private static final int PATIENCE = 500;

  /** Swaps that a feature rests at least, and at most twice as many. */
  private static final int TENURE = 4;

  private static final int SWAPPED_AT_MOST = 20;
  private static final int STREAM = 0xBE57;

  /** A gain below this share of all magnitudes is rounding. */
  private static final double ROUNDING = 1e-12;

  private final Polynomial polynomial;
  private final double smallest;
  private final double[] now;
  private final double[] gain;
  private final double[] together;
  private boolean[] kept;
  private int size;
  private double value;
  private long steps;

  LocalSearch(Polynomial polynomial) {
    this.polynomial = polynomial;
    smallest = ROUNDING * polynomial.magnitude();
    now = new double[polynomial.terms()];
    gain = new double[polynomial.active()];
    together = new double[polynomial.active()];
  }

  /** The best set that is found, {@code (active)}. */
  boolean[] search() {
    begin(new boolean[polynomial.active()]);
    choose();
    climb();
    boolean[] best = kept;
    double bestValue = value;
    boolean[] all = new boolean[polynomial.active()];
    Arrays.fill(all, true);
    begin(all);
    choose();
    climb();
    if (value > bestValue) {
      best = kept;
      bestValue = value;
    }
    return wander(best, bestValue);
  }

  /**
   * Swaps on from the best set, also where that loses, and never back at once: the feature that is
   * least missed goes, the best one comes, and both rest for a while.
   */
  private boolean[] wander(boolean[] from, double fromValue) {
    boolean[] best = from;
    double bestValue = fromValue;
    int[] resting = new int[from.length];
    Philox.Stream random = Philox.stream(0, STREAM);
    begin(from.clone());
    int idle = 0;
    for (int swap = 1; swap <= SWAPS && steps < STEPS; swap++) {
      if (idle++ == PATIENCE) {
        idle = 0;
        begin(best.clone());
        disturb(random);
      }
      int out = rested(true, resting, swap);
      if (out < 0) {
        continue;
      }
      flip(out);
      resting[out] = swap + TENURE + random.nextInt(TENURE);
      int in = rested(false, resting, swap);
      flip(in < 0 ? out : in);
      if (in >= 0) {
        resting[in] = swap + TENURE + random.nextInt(TENURE);
      }
      if (value > bestValue + smallest) {
        climb();
        best = kept.clone();
        bestValue = value;
        idle = 0;
      }
    }
    return best;
  }

  /** The feature whose flip gains most, of those that do not rest; -1 if there is none. */
  private int rested(boolean from, int[] resting, int swap) {
    int best = -1;
    for (int i = 0; i < gain.length; i++) {
      if (kept[i] == from && resting[i] <= swap && (best < 0 || gain[i] > gain[best])) {
        best = i;
      }
    }
    steps += gain.length;
    return best;
  }

  /** The set that single flips and swaps reach from one that a relaxation prefers. */
  boolean[] from(double[] preference) {
    int most = (int) Math.round(Arrays.stream(preference).sum());
    int count = Math.max(polynomial.low(), Math.min(polynomial.high(), most));
    boolean[] start = new boolean[preference.length];
    falling(preference).limit(count).forEach(i -> start[i] = true);
    begin(start);
    climb();
    return kept;
  }

  private static IntStream falling(double[] numbers) {
    return IntStream.range(0, numbers.length)
        .boxed()
        .sorted(Comparator.comparingDouble(i -> -numbers[i]))
        .mapToInt(Integer::intValue);
  }

  private void begin(boolean[] start) {
    kept = start;
    size = 0;
    for (boolean each : kept) {
      size += each ? 1 : 0;
    }
    value = polynomial.constant();
    Arrays.fill(gain, 0);
    for (int t = 0; t < now.length; t++) {
      now[t] = polynomial.signed(t, kept);
      value += now[t];
      for (int i : polynomial.term(t)) {
        gain[i] -= 2 * now[t];
      }
    }
    steps += now.length;
  }

  private void flip(int i) {
    value += gain[i];
    kept[i] = !kept[i];
    size += kept[i] ? 1 : -1;
    for (int t : polynomial.holding(i)) {
      now[t] = -now[t];
      for (int j : polynomial.term(t)) {
        gain[j] -= 4 * now[t];
      }
      steps += polynomial.term(t).length;
    }
  }

  /** Flips the feature that gains most until the size is one that may be, and while it gains. */
  private void choose() {
    boolean add = size < polynomial.low() || size == 0;
    while (add ? size < polynomial.high() : size > polynomial.low()) {
      if (steps > STEPS) {
        chooseAtOnce(add);
        return;
      }
      int best = bestFlip(!add);
      boolean needed = add ? size < polynomial.low() : size > polynomial.high();
      if (best < 0 || (!needed && gain[best] <= smallest)) {
        return;
      }
      flip(best);
    }
  }

  /** Where one by one takes too long: all that are needed by what each gains alone. */
  private void chooseAtOnce(boolean add) {
    int needed = add ? polynomial.low() - size : size - polynomial.high();
    int[] order = falling(gain).filter(i -> kept[i] != add).limit(Math.max(0, needed)).toArray();
    for (int i : order) {
      flip(i);
    }
  }

  private int bestFlip(boolean from) {
    int best = -1;
    for (int i = 0; i < gain.length; i++) {
      if (kept[i] == from && (best < 0 || gain[i] > gain[best])) {
        best = i;
      }
    }
    steps += gain.length;
    return best;
  }

  private void climb() {
    boolean better = true;
    while (better && steps < STEPS) {
      better = false;
      for (int i = 0; i < kept.length && steps < STEPS; i++) {
        better |= improve(i);
      }
    }
  }

  /** Flips a feature, or swaps it for another one, if that gains. */
  private boolean improve(int i) {
    int then = kept[i] ? size - 1 : size + 1;
    boolean alone = then >= polynomial.low() && then <= polynomial.high();
    double most = alone ? Math.max(smallest, gain[i]) : smallest;
    int partner = -1;
    for (int t : polynomial.holding(i)) {
      for (int j : polynomial.term(t)) {
        together[j] += 4 * now[t];
      }
    }
    for (int j = 0; j < kept.length; j++) {
      double both = gain[i] + gain[j] + together[j];
      if (kept[j] != kept[i] && both > most) {
        most = both;
        partner = j;
      }
    }
    for (int t : polynomial.holding(i)) {
      for (int j : polynomial.term(t)) {
        together[j] = 0;
      }
      steps += 2L * polynomial.term(t).length;
    }
    steps += kept.length;
    if (partner >= 0) {
      flip(i);
      flip(partner);
    } else if (alone && gain[i] > smallest) {
      flip(i);
    } else {
      return false;
    }
    return true;
  }

  private void disturb(Philox.Stream random) {
    int most = Math.min(SWAPPED_AT_MOST, Math.min(size, kept.length - size));
    int swaps = 1 + random.nextInt(most);
    int[] order = random.permutation(kept.length);
    int out = swaps;
    int in = swaps;
    for (int i : order) {
      if (kept[i] && out > 0) {
        out--;
        flip(i);
      } else if (!kept[i] && in > 0) {
        in--;
        flip(i);
      }
    }
  }
}
