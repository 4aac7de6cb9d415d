package dev.ablate.train;

import dev.ablate.backend.host.HostCholesky;
import java.util.Arrays;

/**
 * Rows of numbers with a constant 1 behind them, by rows and by columns, each an array of its own:
 * loops run along either.
 */
final class DesignMatrix {
  /** Rows whose columns stay in the cache while every class goes over them. */
  static final int BLOCK = 256;

  final double[][] rows;
  final double[][] columns;

  DesignMatrix(LabelledRows from) {
    int given = from.columns();
    rows = new double[from.rows()][given + 1];
    columns = new double[given + 1][from.rows()];
    for (int r = 0; r < rows.length; r++) {
      System.arraycopy(from.x(), r * given, rows[r], 0, given);
      rows[r][given] = 1;
      for (int j = 0; j <= given; j++) {
        columns[j][r] = rows[r][j];
      }
    }
  }

  /** Numbers a row, the constant among them. */
  int width() {
    return columns.length;
  }

  /**
   * What linear models give for every row.
   *
   * @param weights {@code (outputs, width)} row-major
   * @param products {@code (rows, outputs)} row-major, written
   * @param line {@code (rows)}, spoilt
   */
  void times(double[] weights, int outputs, double[] products, double[] line) {
    for (int low = 0; low < rows.length; low += BLOCK) {
      int high = Math.min(rows.length, low + BLOCK);
      for (int k = 0; k < outputs; k++) {
        Arrays.fill(line, low, high, 0);
        int first = k * width();
        HostCholesky.subtract(line, weights, first, first + width(), columns, first, low, high);
        for (int r = low; r < high; r++) {
          products[r * outputs + k] = 0 - line[r];
        }
      }
    }
  }
}
