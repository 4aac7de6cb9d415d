package dev.ablate.benchmarks.exact;

import java.util.Arrays;
import java.util.Comparator;

/** Ranks of numbers, for rank correlations. */
public final class Ranks {
  private Ranks() {}

  /** Ranks from the smallest; equal values share the mean of theirs. */
  public static double[] of(double[] values) {
    Integer[] order = new Integer[values.length];
    Arrays.setAll(order, i -> i);
    Arrays.sort(order, Comparator.comparingDouble(i -> values[i]));
    double[] ranks = new double[values.length];
    int from = 0;
    while (from < order.length) {
      int to = from;
      while (to < order.length && values[order[to]] == values[order[from]]) {
        to++;
      }
      for (int i = from; i < to; i++) {
        ranks[order[i]] = (from + to - 1) / 2.0;
      }
      from = to;
    }
    return ranks;
  }
}
