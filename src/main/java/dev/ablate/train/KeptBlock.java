package dev.ablate.train;

/** Some kept rows of a design matrix beside one another. */
final class KeptBlock {
  /** Rows that it holds. */
  static final int SIZE = DesignMatrix.BLOCK;

  /** The rows themselves; only the first {@link #size} count. */
  final double[][] rows = new double[SIZE][];

  /** {@code (width, SIZE)} their columns with signs turned: the sums of rows subtract. */
  final double[][] negated;

  int size;

  KeptBlock(int width) {
    negated = new double[width][SIZE];
  }

  /** Takes the kept rows from {@code from} on. */
  void load(DesignMatrix x, int[] kept, int from) {
    size = Math.min(SIZE, kept.length - from);
    for (int i = 0; i < size; i++) {
      rows[i] = x.rows[kept[from + i]];
    }
    for (int j = 0; j < negated.length; j++) {
      double[] all = x.columns[j];
      double[] column = negated[j];
      for (int i = 0; i < size; i++) {
        column[i] = -all[kept[from + i]];
      }
    }
  }
}
