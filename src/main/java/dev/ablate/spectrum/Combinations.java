package dev.ablate.spectrum;

import java.util.stream.IntStream;

/** Subsets of {@code 0..n-1} of one size, in lexicographic order. */
public final class Combinations {
  private Combinations() {}

  /** The first subset of the given size. */
  public static int[] first(int size) {
    return IntStream.range(0, size).toArray();
  }

  /**
   * Moves to the next subset.
   *
   * @param subset ascending, changed in place
   * @param n how many there are to choose from
   * @return false when {@code subset} was the last one
   */
  public static boolean next(int[] subset, int n) {
    int k = subset.length - 1;
    while (k >= 0 && subset[k] == n - subset.length + k) {
      k--;
    }
    if (k < 0) {
      return false;
    }
    subset[k]++;
    for (int j = k + 1; j < subset.length; j++) {
      subset[j] = subset[j - 1] + 1;
    }
    return true;
  }
}
