package dev.ablate.search;

import java.util.Arrays;

/**
 * A Lagrangian bound. Each term of at least two features has copies of them, and pays a price where
 * a copy is kept; the features themselves earn these prices. Whatever the prices, the best that
 * terms can do one by one and the best features of the size are together at least the largest
 * value. Prices move so that copies agree with features, along the subgradient with some of the
 * last step in it.
 *
 * <p>Source: Held, Wolfe, Crowder, "Validation of subgradient optimization", Mathematical
 * Programming 6, 1974; Polyak's step to a target value.
 */
final class DualBound {
  /** How much of the last direction stays. */
  private static final double INERTIA = 0.7;

  /** So many steps without a better bound halve the step. */
  private static final int PATIENCE = 20;

  /** A step below this share of the first one ends the search. */
  private static final double SMALLEST_STEP = 1e-3;

  /** How much a set counts among those before it. */
  private static final double FRESH = 0.03;

  private final Polynomial polynomial;
  private final int[] starts;
  private final int[] members;
  private final double[] weights;
  private final double[] single;
  private final double constant;
  private final double[] prices;
  private final double[] direction;
  private final double[] earned;
  private final boolean[] chosen;
  private final boolean[] copies;
  private final double[] kept;
  private double[] bestPrices;
  private double bound;

  /**
   * A bound at prices.
   *
   * @param before prices of {@code (terms)} for their features; null for none
   */
  DualBound(Polynomial polynomial, double[][] before) {
    this.polynomial = polynomial;
    int active = polynomial.active();
    int terms = polynomial.terms();
    starts = new int[terms + 1];
    weights = new double[terms];
    single = new double[active];
    double sum = polynomial.constant();
    for (int t = 0; t < terms; t++) {
      int order = polynomial.term(t).length;
      weights[t] = polynomial.weight(t);
      starts[t + 1] = starts[t] + (order == 1 ? 0 : order);
      if (order == 1) {
        single[polynomial.term(t)[0]] = -2 * weights[t];
        sum += weights[t];
      }
    }
    constant = sum;
    members = new int[starts[terms]];
    prices = new double[members.length];
    for (int t = 0; t < terms; t++) {
      int length = starts[t + 1] - starts[t];
      System.arraycopy(polynomial.term(t), 0, members, starts[t], length);
      if (before != null) {
        System.arraycopy(before[t], 0, prices, starts[t], length);
      }
    }
    direction = new double[members.length];
    copies = new boolean[members.length];
    earned = new double[active];
    chosen = new boolean[active];
    kept = new double[active];
    bound = evaluate();
    bestPrices = prices.clone();
    for (int i = 0; i < active; i++) {
      kept[i] = chosen[i] ? 1 : 0;
    }
  }

  /**
   * Moves the prices.
   *
   * @param target a value that a set is known to have
   * @param steps at most so many
   * @param work at most so many looks at features and copies
   * @return how many there were
   */
  long improve(double target, int steps, long work) {
    double length = 1;
    int waiting = 0;
    double now = bound;
    long each = prices.length + single.length;
    long most = Math.min(steps, work / each);
    int step = 0;
    for (; step < most && bound > target && length > SMALLEST_STEP; step++) {
      double square = 0;
      for (int t = 0; t + 1 < starts.length; t++) {
        for (int k = starts[t]; k < starts[t + 1]; k++) {
          double apart = (copies[k] ? 1 : 0) - (chosen[members[k]] ? 1 : 0);
          direction[k] = apart + INERTIA * direction[k];
          square += direction[k] * direction[k];
        }
      }
      if (square == 0) {
        break;
      }
      double move = length * (now - target) / square;
      for (int k = 0; k < prices.length; k++) {
        prices[k] -= move * direction[k];
      }
      now = evaluate();
      for (int i = 0; i < kept.length; i++) {
        kept[i] += FRESH * ((chosen[i] ? 1 : 0) - kept[i]);
      }
      if (now < bound) {
        bound = now;
        System.arraycopy(prices, 0, bestPrices, 0, prices.length);
        waiting = 0;
      } else if (++waiting == PATIENCE) {
        length /= 2;
        waiting = 0;
        now = restart();
      }
    }
    return (step + 1) * each;
  }

  /** Goes back to the best prices. */
  private double restart() {
    System.arraycopy(bestPrices, 0, prices, 0, prices.length);
    Arrays.fill(direction, 0);
    return evaluate();
  }

  private double evaluate() {
    System.arraycopy(single, 0, earned, 0, single.length);
    double sum = constant;
    for (int t = 0; t < weights.length; t++) {
      if (starts[t + 1] > starts[t]) {
        sum += best(t);
      }
    }
    return sum + bestFeatures();
  }

  /** The best that a term does with copies of its own, which are set so. */
  private double best(int t) {
    double positive = 0;
    double least = Double.POSITIVE_INFINITY;
    int cheapest = -1;
    boolean odd = false;
    for (int k = starts[t]; k < starts[t + 1]; k++) {
      earned[members[k]] -= prices[k];
      copies[k] = prices[k] > 0;
      odd ^= copies[k];
      positive += Math.max(0, prices[k]);
      if (Math.abs(prices[k]) < least) {
        least = Math.abs(prices[k]);
        cheapest = k;
      }
    }
    double value = odd ? -weights[t] : weights[t];
    if (value >= 0 || 2 * -value <= least) {
      return positive + value;
    }
    copies[cheapest] = !copies[cheapest];
    return positive - least - value;
  }

  /** The best features of the size by what they earn, which are chosen so. */
  private double bestFeatures() {
    double[] sorted = earned.clone();
    Arrays.sort(sorted);
    int high = polynomial.high();
    int low = polynomial.low();
    int count = 0;
    while (count < high && (count < low || sorted[sorted.length - 1 - count] > 0)) {
      count++;
    }
    double threshold = count == 0 ? Double.POSITIVE_INFINITY : sorted[sorted.length - count];
    int equal = count;
    for (double each : sorted) {
      equal -= each > threshold ? 1 : 0;
    }
    double sum = 0;
    for (int i = 0; i < chosen.length; i++) {
      chosen[i] = earned[i] > threshold || (earned[i] == threshold && equal-- > 0);
      sum += chosen[i] ? earned[i] : 0;
    }
    return sum;
  }

  /** At least the largest value. */
  double bound() {
    return bound;
  }

  /** {@code (active)} how often each feature was among the best of late. */
  double[] kept() {
    return kept;
  }

  /** The prices of the bound: {@code (terms)} for their features, none for single ones. */
  double[][] prices() {
    double[][] each = new double[weights.length][];
    for (int t = 0; t < each.length; t++) {
      each[t] = Arrays.copyOfRange(bestPrices, starts[t], starts[t + 1]);
    }
    return each;
  }
}
