package dev.ablate.backend.host;

import java.util.Arrays;

/**
 * Rows of numbers with a constant 1 behind them, by rows and by columns, each an array of its own:
 * loops run along either.
 */
public final class HostDesignMatrix {
  /** Rows whose columns stay in the cache while every class goes over them. */
  static final int BLOCK = 256;

  /** {@code (rows, width)}. */
  public final double[][] rows;

  /** {@code (width, rows)}: the same numbers. */
  public final double[][] columns;

  /**
   * Copies rows.
   *
   * @param x {@code (count, given) row-major}
   * @param count how many rows
   * @param given numbers a row, without the constant
   */
  public HostDesignMatrix(double[] x, int count, int given) {
    rows = new double[count][given + 1];
    columns = new double[given + 1][count];
    for (int r = 0; r < count; r++) {
      System.arraycopy(x, r * given, rows[r], 0, given);
      rows[r][given] = 1;
      for (int j = 0; j <= given; j++) {
        columns[j][r] = rows[r][j];
      }
    }
  }

  /** Numbers a row, the constant among them. */
  public int width() {
    return columns.length;
  }

  /**
   * What linear models give for every row.
   *
   * @param weights {@code (outputs, width)} row-major
   * @param products {@code (rows, outputs)} row-major, written
   * @param line {@code (rows)}, spoilt
   */
  public void times(double[] weights, int outputs, double[] products, double[] line) {
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
