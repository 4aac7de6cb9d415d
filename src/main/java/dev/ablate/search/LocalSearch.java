package dev.ablate.search;

import dev.ablate.code.Philox;
import java.util.Arrays;
import java.util.Comparator;
import java.util.stream.IntStream;

/**
 * Greedy choice, then swaps as long as they gain, then the same from disturbed sets. Each flip
 * updates what every other flip would gain, so that no value is worked out anew.
 */
final class LocalSearch {
  /** Looks at a feature or a term after which nothing more is tried. */
  private static final long STEPS = 400_000_000L;

  /** Sets that are disturbed. */
  private static final int KICKS = 200;

  private static final int SWAPPED_AT_MOST = 6;
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

  /** The best set that greedy choices from both ends, swaps and disturbances find. */
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
    Philox.Stream random = Philox.stream(0, STREAM);
    for (int k = 0; k < KICKS && steps < STEPS; k++) {
      begin(best.clone());
      if (size == 0 || size == kept.length) {
        break;
      }
      disturb(random);
      climb();
      if (value > bestValue + smallest) {
        best = kept;
        bestValue = value;
      }
    }
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
