package dev.ablate.backend.kernel;

/**
 * Which tiles of left and right sets {@code kernels/screening.cl} multiplies: each set of an order
 * once, as a left part of its smallest members and a right part of the others.
 *
 * <p>Left set number {@code n = sum_i C(p_i, i + 1)} has the members {@code p}; those whose members
 * all lie below a feature f are the first {@code C(f, size)}. Right sets are numbered in the same
 * way with features counted from the last, so those above f are the first {@code C(features - 1 -
 * f, size)}.
 *
 * @param features number of features
 * @param leftSize members of a left set, at least 1
 * @param rightSize members of a right set, at least 1
 */
record KernelScreeningTiles(int features, int leftSize, int rightSize) {
  /** Left sets of a tile. */
  static final int LEFT = KernelMacros.of(KernelScreeningProducts.STEM).constant("TILE_LEFT");

  /** Right sets of a tile. */
  static final int RIGHT = KernelMacros.of(KernelScreeningProducts.STEM).constant("TILE_RIGHT");

  /** The tiles of an order: left parts take half of the members, and the odd one. */
  static KernelScreeningTiles of(int features, int order) {
    return new KernelScreeningTiles(features, (order + 1) / 2, order / 2);
  }

  /** Number of left sets. */
  long leftCount() {
    return choose(features, leftSize);
  }

  /** Number of right sets. */
  long rightCount() {
    return choose(features, rightSize);
  }

  /**
   * How many tiles lie before each left tile of a stretch of left sets, against a stretch of right
   * sets; the last entry is the number of all.
   *
   * @param firstLeft first left set
   * @param lefts how many left sets
   * @param firstRight first right set
   * @param rights how many right sets
   * @return {@code (left tiles + 1)}
   */
  long[] starts(long firstLeft, int lefts, long firstRight, int rights) {
    int tiles = (lefts + LEFT - 1) / LEFT;
    long[] starts = new long[tiles + 1];
    for (int t = 0; t < tiles; t++) {
      // Its first set ends lowest, so most right sets lie above that one.
      int lowest = largest(firstLeft + (long) t * LEFT, leftSize);
      long above = choose(features - 1 - lowest, rightSize) - firstRight;
      long reached = Math.max(0, Math.min(rights, above));
      starts[t + 1] = starts[t] + (reached + RIGHT - 1) / RIGHT;
    }
    return starts;
  }

  /** The set of a pair, ascending. */
  int[] set(long left, long right) {
    int[] set = new int[leftSize + rightSize];
    members(left, leftSize, set, 0);
    int[] reversed = new int[rightSize];
    members(right, rightSize, reversed, 0);
    for (int k = 0; k < rightSize; k++) {
      set[leftSize + k] = features - 1 - reversed[rightSize - 1 - k];
    }
    return set;
  }

  private static void members(long number, int size, int[] set, int at) {
    long rest = number;
    for (int k = size; k > 0; k--) {
      int member = largest(rest, k);
      set[at + k - 1] = member;
      rest -= choose(member, k);
    }
  }

  /** The largest p with {@code C(p, size) <= number}. */
  private static int largest(long number, int size) {
    int low = size - 1;
    int high = size;
    while (choose(high, size) <= number) {
      low = high;
      high *= 2;
    }
    while (high - low > 1) {
      int middle = (low + high) >>> 1;
      if (choose(middle, size) <= number) {
        low = middle;
      } else {
        high = middle;
      }
    }
    return low;
  }

  /** {@code C(n, k)}, the largest long where it is larger. */
  static long choose(int n, int k) {
    if (n < k) {
      return 0;
    }
    long ways = 1;
    for (int i = 0; i < k; i++) {
      long high = Math.multiplyHigh(ways, n - i);
      if (high != 0 || ways * (n - i) < 0) {
        return Long.MAX_VALUE;
      }
      ways = ways * (n - i) / (i + 1);
    }
    return ways;
  }
}
