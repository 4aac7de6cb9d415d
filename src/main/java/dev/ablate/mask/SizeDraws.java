package dev.ablate.mask;

import dev.ablate.code.Philox;
import java.util.Arrays;

/**
 * Masks by size that are not known: a size from 1 to n − 1, every one alike, and a set of that
 * size, every one alike. Where a size is used up, the others are drawn instead. What a row draws
 * depends on its number, and on the known masks only where it would repeat one.
 */
final class SizeDraws implements MaskDraws {
  private static final int SIZES = 0x53495a45;
  private static final int REST = 0x53497265;

  /** More sets than anybody draws. */
  private static final double MANY = 1e15;

  private final KnownMasks known;
  private final long seed;
  private final UniformMasks.Use use;
  private final int features;
  // How many sets each size has.
  private final double[] sets;
  private final RemainingMasks[] rest;
  private long row;

  SizeDraws(KnownMasks known, long seed, UniformMasks.Use use) {
    this.known = known;
    this.seed = seed;
    this.use = use;
    this.features = known.features();
    this.rest = new RemainingMasks[features + 1];
    this.sets = new double[features + 1];
    sets[0] = 1;
    for (int k = 1; k <= features; k++) {
      boolean rising = 2 * k <= features;
      sets[k] = rising ? Math.min(MANY, sets[k - 1] * (features - k + 1) / k) : sets[features - k];
    }
  }

  @Override
  public boolean next(long[] mask) {
    if (usedUp()) {
      return false;
    }
    Philox.Stream random = Philox.row(seed, SIZES + use.ordinal(), row++);
    int size;
    do {
      size = 1 + random.nextInt(features - 1);
    } while (left(size) == 0);
    if (rest[size] != null || isRare(size)) {
      return ofRest(size, mask);
    }
    do {
      set(random, size, mask);
    } while (known.has(mask, 0));
    return true;
  }

  private double left(int size) {
    return sets[size] - known.ofSize(size);
  }

  /** Only so few features are used up in anybody's time. */
  private boolean usedUp() {
    if (features > KnownMasks.LISTABLE) {
      return false;
    }
    for (int size = 1; size < features; size++) {
      if (left(size) > 0) {
        return false;
      }
    }
    return true;
  }

  /** Few of many are hard to draw. */
  private boolean isRare(int size) {
    return features <= KnownMasks.LISTABLE && left(size) <= sets[size] / 8;
  }

  private boolean ofRest(int size, long[] mask) {
    if (rest[size] == null) {
      Philox.Stream order = Philox.row(seed, REST + use.ordinal(), size);
      rest[size] = new RemainingMasks(ofSize(size), known, order);
    }
    return rest[size].next(mask);
  }

  /** All masks of a size, ascending. */
  private int[] ofSize(int size) {
    int[] all = new int[(int) sets[size]];
    long mask = (1L << size) - 1;
    for (int k = 0; k < all.length; k++) {
      all[k] = (int) mask;
      // The next number with as many ones: the lowest run of them moves its highest one up, and the
      // others to the end.
      long lowest = mask & -mask;
      long moved = mask + lowest;
      mask = moved | ((mask ^ moved) / lowest >>> 2);
    }
    return all;
  }

  /** A random set, or what a random set leaves where that is smaller (Floyd, CACM 30(9), 1987). */
  private void set(Philox.Stream random, int size, long[] mask) {
    boolean left = 2 * size > features;
    Arrays.fill(mask, 0);
    for (int i = left ? size : features - size; i < features; i++) {
      int pick = random.nextInt(i + 1);
      int added = (mask[pick >>> 6] >>> pick & 1) == 0 ? pick : i;
      mask[added >>> 6] |= 1L << added;
    }
    if (left) {
      PairedMasks.complement(mask, features);
    }
  }
}
