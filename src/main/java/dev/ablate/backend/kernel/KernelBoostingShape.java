package dev.ablate.backend.kernel;

import java.util.List;
import java.util.function.ToIntFunction;

/**
 * Sizes of a batch of runs in the kernels, each the largest of all runs.
 *
 * @param capacity leaves, even
 * @param slots leaves with sums
 * @param pairs leaves whose children are summed at once
 * @param rounds rounds of splits a tree
 * @param trees trees
 * @param root length of the list of training rows
 * @param list length of the lists of rows of smaller children
 */
record KernelBoostingShape(
    int capacity, int slots, int pairs, int rounds, int trees, int root, int list) {
  private static final KernelMacros SOURCE = KernelMacros.of(KernelBoostingBatch.STEM);

  /** Words of a run's progress. */
  static final int PROGRESS = SOURCE.constant("AT_NUMBERS");

  private static final int MOST_ROWS = SOURCE.constant("BOOSTING_MOST_ROWS");
  private static final int MOST_LEAVES = SOURCE.constant("BOOSTING_MOST_LEAVES");

  static KernelBoostingShape of(List<KernelBoostingRun> runs) {
    int pairs = most(runs, KernelBoostingRun::pairs);
    int train = most(runs, KernelBoostingRun::trainRows);
    return new KernelBoostingShape(
        Math.max(2, most(runs, KernelBoostingRun::capacity) + 1 & ~1),
        most(runs, KernelBoostingRun::slots),
        pairs,
        most(runs, KernelBoostingRun::rounds),
        most(runs, KernelBoostingRun::trees),
        whole(train),
        whole(train / 2) + 32 * pairs);
  }

  private static int most(List<KernelBoostingRun> runs, ToIntFunction<KernelBoostingRun> number) {
    return runs.stream().mapToInt(number).max().orElseThrow();
  }

  private static int whole(int rows) {
    return rows + 31 & ~31;
  }

  /** Words of a run's progress and tree. */
  int book() {
    return SOURCE.number("BOOSTING_BOOK_WORDS", capacity);
  }

  /** Bytes of local memory with which a group grows a run; too many where the kernel cannot. */
  long localBytes(KernelBoostingData data) {
    int rows = data.rows();
    if (rows > MOST_ROWS || capacity > MOST_LEAVES) {
      return Long.MAX_VALUE;
    }
    return SOURCE.value("BOOSTING_RUN_LOCAL", rows, data.words(), capacity, slots, root, list);
  }

  /** Bytes of local memory for sums over a chunk of rows. */
  int sumBytes(int chunk) {
    return SOURCE.number("BOOSTING_SUM_LOCAL", chunk, pairs);
  }
}
