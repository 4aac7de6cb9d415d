package dev.ablate.backend.check;

import dev.ablate.backend.Buffer;
import dev.ablate.backend.Forest;
import dev.ablate.backend.HostBuffer;
import dev.ablate.backend.Sets;
import dev.ablate.code.Philox;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/** Random inputs from fixed seeds, and what a plain reading of them says. */
final class Inputs {
  private Inputs() {}

  /** Uniform masks: {@code (rows, ceil(features/64)) row-major}. */
  static long[] masks(int rows, int features, long seed) {
    Philox.Stream random = Philox.stream(seed, 1);
    int words = (features + 63) / 64;
    long tail = -1L >>> (64 * words - features);
    long[] masks = new long[rows * words];
    for (int i = 0; i < masks.length; i++) {
      masks[i] = random.nextLong() & (i % words == words - 1 ? tail : -1L);
    }
    return masks;
  }

  /** Whether a mask keeps a feature. */
  static boolean kept(long[] masks, int words, int row, int feature) {
    return (masks[row * words + (feature >>> 6)] >>> feature & 1) != 0;
  }

  /** Different sets of up to {@code order} features, the empty set first. */
  static Sets sets(int count, int features, int order, long seed) {
    Philox.Stream random = Philox.stream(seed, 2);
    List<int[]> sets = new ArrayList<>(List.of(new int[0]));
    while (sets.size() < count) {
      int size = 1 + random.nextInt(Math.min(order, features));
      int[] set =
          IntStream.generate(() -> random.nextInt(features))
              .distinct()
              .limit(size)
              .sorted()
              .toArray();
      if (sets.stream().noneMatch(known -> Arrays.equals(known, set))) {
        sets.add(set);
      }
    }
    return Sets.of(sets);
  }

  /** 1 or -1: the parity of the members that a mask keeps. */
  static int sign(Sets sets, int set, long[] masks, int words, int row) {
    int sign = 1;
    for (int k = 0; k < sets.order(set); k++) {
      sign = kept(masks, words, row, sets.feature(set, k)) ? -sign : sign;
    }
    return sign;
  }

  /** Standard normal numbers. */
  static double[] normal(int count, long seed) {
    Philox.Stream random = Philox.stream(seed, 3);
    double[] values = new double[count];
    Arrays.setAll(values, i -> random.nextGaussian());
    return values;
  }

  /** Full trees of random features and normal leaves. */
  static Forest forest(int features, int depth, int trees, long seed) {
    Philox.Stream random = Philox.stream(seed, 4);
    int size = (2 << depth) - 1;
    int[] roots = new int[trees];
    int[] feature = new int[trees * size];
    int[] left = new int[trees * size];
    int[] right = new int[trees * size];
    double[] value = new double[trees * size];
    for (int t = 0; t < trees; t++) {
      roots[t] = t * size;
      for (int n = 0; n < size; n++) {
        boolean leaf = 2 * n + 1 >= size;
        int at = t * size + n;
        feature[at] = leaf ? -1 : random.nextInt(features);
        left[at] = leaf ? -1 : t * size + 2 * n + 1;
        right[at] = leaf ? -1 : t * size + 2 * n + 2;
        value[at] = leaf ? random.nextGaussian() : 0;
      }
    }
    return new Forest(random.nextGaussian(), roots, feature, left, right, value);
  }

  /** What the first trees of a forest say about a mask. */
  static double walk(Forest forest, int trees, long[] masks, int words, int row) {
    double sum = forest.base();
    for (int t = 0; t < trees; t++) {
      int node = forest.roots()[t];
      while (forest.feature()[node] >= 0) {
        boolean kept = kept(masks, words, row, forest.feature()[node]);
        node = kept ? forest.right()[node] : forest.left()[node];
      }
      sum += forest.value()[node];
    }
    return sum;
  }

  /** The numbers of a buffer of doubles or singles; frees the buffer. */
  static double[] doubles(Buffer buffer) {
    try (buffer) {
      HostBuffer host = buffer.toHost();
      if (host.element() == Buffer.Element.F64) {
        return host.doubles();
      }
      double[] numbers = new double[host.floats().length];
      Arrays.setAll(numbers, i -> host.floats()[i]);
      return numbers;
    }
  }

  /** The words of a buffer; frees the buffer. */
  static long[] words(Buffer buffer) {
    try (buffer) {
      return buffer.toHost().words();
    }
  }

  /** Largest distance of two lists of numbers; NaN counts as infinite. */
  static double distance(double[] expected, double[] actual) {
    if (expected.length != actual.length) {
      return Check.WRONG;
    }
    double largest = 0;
    for (int i = 0; i < expected.length; i++) {
      double d = Math.abs(expected[i] - actual[i]);
      largest = Double.isNaN(d) ? Check.WRONG : Math.max(largest, d);
    }
    return largest;
  }

  /** How many words differ. */
  static double differences(long[] expected, long[] actual) {
    if (expected.length != actual.length) {
      return Check.WRONG;
    }
    int count = 0;
    for (int i = 0; i < expected.length; i++) {
      count += expected[i] == actual[i] ? 0 : 1;
    }
    return count;
  }
}
