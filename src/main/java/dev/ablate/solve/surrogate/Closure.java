package dev.ablate.solve.surrogate;

import dev.ablate.backend.Sets;
import dev.ablate.spectrum.SetTable;

/**
 * Sets with all of their subsets.
 *
 * @param sets the sets
 * @param all every subset of each, each once
 * @param places {@code (sets, 2^order)} the number of each subset; bit k of the position says
 *     whether the set's k-th member is in it
 */
record Closure(Sets sets, Sets all, int[][] places) {
  static Closure of(Sets sets) {
    SetTable table = new SetTable();
    int[][] places = new int[sets.size()][];
    int[] subset = new int[sets.maxOrder()];
    for (int s = 0; s < places.length; s++) {
      places[s] = new int[1 << sets.order(s)];
      for (int part = 0; part < places[s].length; part++) {
        places[s][part] = table.add(subset, 0, subset(sets, s, part, subset));
      }
    }
    return new Closure(sets, table.sets(), places);
  }

  /**
   * Writes a subset of a set.
   *
   * @param part bit k says whether the k-th member is in it
   * @param to its members, ascending, from 0 on
   * @return how many they are
   */
  static int subset(Sets sets, int s, int part, int[] to) {
    int count = 0;
    for (int left = part; left != 0; left &= left - 1) {
      to[count++] = sets.feature(s, Integer.numberOfTrailingZeros(left));
    }
    return count;
  }

  /**
   * Sums over those supersets of each set that are among the sets.
   *
   * @param of {@code (sets)} what is summed
   * @param weights by how many features a superset adds; the last also of all that add more
   * @return {@code (sets)}
   */
  static double[] sumsOverSupersets(Sets sets, double[] of, double[] weights) {
    SetTable table = new SetTable(sets);
    double[] sums = new double[of.length];
    int[] subset = new int[sets.maxOrder()];
    for (int t = 0; t < of.length; t++) {
      for (int part = 0; part < 1 << sets.order(t); part++) {
        int count = subset(sets, t, part, subset);
        int at = table.find(subset, 0, count);
        if (at >= 0) {
          sums[at] += of[t] * weights[Math.min(sets.order(t) - count, weights.length - 1)];
        }
      }
    }
    return sums;
  }
}
