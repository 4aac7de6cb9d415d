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
  /** Words of a run's progress. */
  static final int PROGRESS = 16;

  private static final int MOST_ROWS = 1 << 14;
  private static final int MOST_LEAVES = 256;

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
    return PROGRESS + 2 + 20 * capacity;
  }

  /** Bytes of local memory with which a group grows a run; too many where the kernel cannot. */
  long localBytes(KernelBoostingData data) {
    long rows = data.rows();
    long words = data.words();
    if (rows > MOST_ROWS || capacity > MOST_LEAVES) {
      return Long.MAX_VALUE;
    }
    return 8
        * (book()
            + (rows + 1) * (words + 1)
            + slots * 64L * words
            + 2 * ((rows + 63) / 64)
            + (root + list) / 4
            + (rows + 7) / 8);
  }

  /** Bytes of local memory for sums over a chunk of rows. */
  int sumBytes(int chunk) {
    return 8 * (2 * (chunk + 1) + 64 * pairs + (chunk + 32 * pairs) / 4 + 5 * pairs);
  }
}
