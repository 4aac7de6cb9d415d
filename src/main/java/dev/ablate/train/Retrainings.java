package dev.ablate.train;

import dev.ablate.backend.host.Workers;
import dev.ablate.mask.Masks;
import java.util.function.Supplier;

/** Trains on subsets one by one on every thread; each thread has memory that it uses again. */
final class Retrainings {
  private Retrainings() {}

  /**
   * The work on one subset.
   *
   * @param <M> the memory of a thread
   */
  interface Retraining<M> {
    /** Trains on the kept rows, ascending, and tells somebody. */
    void train(M memory, int subset, int[] kept);
  }

  /**
   * Every subset once.
   *
   * @throws java.util.concurrent.CancellationException if the calling thread was interrupted
   */
  static <M> void each(
      Workers workers, Masks masks, Groups groups, Supplier<M> memory, Retraining<M> retraining) {
    workers.forEachUntilInterrupted(
        masks.count(),
        memory,
        (mine, subset) -> retraining.train(mine, subset, groups.kept(masks, subset)));
  }
}
