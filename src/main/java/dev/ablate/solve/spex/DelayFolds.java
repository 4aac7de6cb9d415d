package dev.ablate.solve.spex;

import dev.ablate.code.Philox;
import java.util.Arrays;

/** A random split of the delays into folds of nearly equal size. */
final class DelayFolds {
  private static final int STREAM = 0x464F4C44;

  private final int[] foldOf;
  private final int count;

  /**
   * Splits the delays.
   *
   * @param delays number of delays, at least 2
   * @param count number of folds, at least 2; not more than there are delays are made
   * @param seed the run's seed
   */
  DelayFolds(int delays, int count, long seed) {
    this.count = Math.min(count, delays);
    this.foldOf = new int[delays];
    int[] order = Philox.stream(seed, STREAM).permutation(delays);
    for (int p = 0; p < delays; p++) {
      foldOf[order[p]] = p % this.count;
    }
  }

  /** Number of folds. */
  int count() {
    return count;
  }

  /** {@code (delays)} which are in a fold. */
  boolean[] of(int fold) {
    boolean[] taken = new boolean[foldOf.length];
    for (int p = 0; p < taken.length; p++) {
      taken[p] = foldOf[p] == fold;
    }
    return taken;
  }

  /** {@code (delays)} which are in another fold. */
  boolean[] without(int fold) {
    boolean[] taken = all();
    for (int p = 0; p < taken.length; p++) {
      taken[p] = foldOf[p] != fold;
    }
    return taken;
  }

  /** {@code (delays)} all of them. */
  boolean[] all() {
    boolean[] taken = new boolean[foldOf.length];
    Arrays.fill(taken, true);
    return taken;
  }
}
