package dev.ablate.backend.host;

/** Some kept rows of a design matrix beside one another. */
public final class HostKeptBlock {
  /** Rows that it holds. */
  public static final int SIZE = HostDesignMatrix.BLOCK;

  /** The rows themselves; only the first {@link #size} count. */
  public final double[][] rows = new double[SIZE][];

  /** {@code (width, SIZE)} their columns with signs turned: the sums of rows subtract. */
  public final double[][] negated;

  /** How many rows it holds now. */
  public int size;

  /** An empty block of rows of {@code width} numbers. */
  public HostKeptBlock(int width) {
    negated = new double[width][SIZE];
  }

  /** Takes the kept rows from {@code from} on. */
  public void load(HostDesignMatrix x, int[] kept, int from) {
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
