package dev.ablate.solve.spex;

import dev.ablate.code.Philox;

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

  /** {@code (delays)} the fold of each; not a copy. */
  int[] foldOf() {
    return foldOf;
  }
}
