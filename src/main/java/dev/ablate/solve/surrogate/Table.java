package dev.ablate.solve.surrogate;

import dev.ablate.backend.Sets;
import dev.ablate.work.Work;

/**
 * A function by its values on all masks.
 *
 * @param features number of features
 * @param values {@code (2^features)} in the order of the masks as numbers; not a copy
 */
record Table(int features, double[] values) {
  /** {@code (sets)} the sums that a rule asks for. */
  double[] weighed(Sets sets, SizeRule rule) {
    double[][] bySize = new double[rule.weights().length][];
    for (int s = 0; s < bySize.length && s <= features; s++) {
      bySize[s] = rule.bySize(s);
    }
    double[] sums = new double[sets.size()];
    Work.forEach(sums.length, k -> sums[k] = sum(number(sets.get(k)), bySize[sets.order(k)]));
    return sums;
  }

  private double sum(int set, double[] bySize) {
    double sum = 0;
    for (int m = 0; m < values.length; m++) {
      double weighed = bySize[Integer.bitCount(m & ~set)] * values[m];
      sum += (Integer.bitCount(~m & set) & 1) == 0 ? weighed : -weighed;
    }
    return sum;
  }

  /** A set of features as a number. */
  static int number(int[] set) {
    int number = 0;
    for (int feature : set) {
      number |= 1 << feature;
    }
    return number;
  }
}
