package dev.ablate.backend.kernel;

/** Where the problems of a batch of paths lie, one after another in each of their buffers. */
final class KernelPathsShape {
  /** Size, matrix, vector, penalty, number of penalties, path. */
  private static final int COLUMNS = KernelMacros.of("paths").constant("PROBLEM_NUMBERS");

  private final long[] table;
  private final int problems;
  private final int mostPenalties;
  private final long[] ends = new long[COLUMNS];

  /** Problems of the given numbers of columns and of penalties. */
  KernelPathsShape(int[] sizes, int[] penalties) {
    this.problems = sizes.length;
    this.table = new long[COLUMNS * problems];
    int most = 0;
    for (int p = 0; p < problems; p++) {
      long[] row = {sizes[p], ends[1], ends[2], ends[3], penalties[p], ends[5]};
      System.arraycopy(row, 0, table, COLUMNS * p, COLUMNS);
      ends[1] += (long) sizes[p] * sizes[p];
      ends[2] += sizes[p];
      ends[3] += penalties[p];
      ends[5] += (long) sizes[p] * penalties[p];
      most = Math.max(most, penalties[p]);
    }
    this.mostPenalties = most;
  }

  /** U64 {@code (problems, 6) row-major}, as the kernels read it; not a copy. */
  long[] table() {
    return table;
  }

  /** Number of problems. */
  int problems() {
    return problems;
  }

  /** The largest number of penalties of a problem. */
  int mostPenalties() {
    return mostPenalties;
  }

  /** First element of a problem's matrix. */
  long matrix(int problem) {
    return table[COLUMNS * problem + 1];
  }

  /** First element of a problem's vectors. */
  long vector(int problem) {
    return table[COLUMNS * problem + 2];
  }

  /** First of a problem's penalties. */
  long penalty(int problem) {
    return table[COLUMNS * problem + 3];
  }

  /** First weight of a problem's path. */
  long path(int problem) {
    return table[COLUMNS * problem + 5];
  }

  /** Elements of all matrices. */
  long elements() {
    return ends[1];
  }

  /** Columns of all problems. */
  long columns() {
    return ends[2];
  }

  /** Penalties of all problems. */
  long penalties() {
    return ends[3];
  }

  /** Weights of all paths. */
  long weights() {
    return ends[5];
  }
}
