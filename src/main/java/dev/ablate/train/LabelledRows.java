package dev.ablate.train;

import dev.ablate.backend.host.HostDesignMatrix;
import java.util.List;

/**
 * Rows of numbers with a label or a target each.
 *
 * @param x {@code (rows, columns)} row-major, all finite
 * @param rows how many
 * @param columns numbers a row
 * @param classes names of the classes, in the order of their numbers; empty for a regression
 * @param y the class number of each row, or its target
 */
public record LabelledRows(double[] x, int rows, int columns, List<String> classes, double[] y) {
  /**
   * Copies the list of classes.
   *
   * @throws IllegalArgumentException if the shapes do not fit together
   */
  public LabelledRows {
    classes = List.copyOf(classes);
    if (x.length != (long) rows * columns || y.length != rows) {
      throw new IllegalArgumentException(
          x.length + " numbers and " + y.length + " labels for " + rows + " x " + columns);
    }
  }

  /** The numbers with a constant 1 behind each row. */
  HostDesignMatrix matrix() {
    return new HostDesignMatrix(x, rows, columns);
  }

  /** Whether rows have targets in place of classes. */
  public boolean isRegression() {
    return classes.isEmpty();
  }

  /** The class number of a row. */
  public int label(int row) {
    return (int) y[row];
  }
}
