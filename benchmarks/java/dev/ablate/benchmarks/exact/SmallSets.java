package dev.ablate.benchmarks.exact;

import java.util.Arrays;
import java.util.stream.IntStream;

/** All sets of order 1 to some order, as bits: smaller orders first, then by their bits. */
public final class SmallSets {
  private SmallSets() {}

  /** The sets of {@code features} features. */
  public static int[] of(int features, int order) {
    return IntStream.rangeClosed(1, order)
        .flatMap(s -> IntStream.range(0, 1 << features).filter(set -> Integer.bitCount(set) == s))
        .toArray();
  }

  /** Where each set stands in a list, by its bits; -1 where it does not. */
  public static int[] positions(int features, int[] sets) {
    int[] position = new int[1 << features];
    Arrays.fill(position, -1);
    for (int i = 0; i < sets.length; i++) {
      position[sets[i]] = i;
    }
    return position;
  }

  /** The bits of a set. */
  public static int bits(int[] members) {
    return Arrays.stream(members).map(f -> 1 << f).sum();
  }
}
