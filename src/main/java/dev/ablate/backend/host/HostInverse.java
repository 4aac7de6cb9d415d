package dev.ablate.backend.host;

import dev.ablate.work.Work;

/**
 * Inverses of matrices from their Cholesky factors. Stretches of rows are used by many others while
 * they are near: a whole triangle is too large for the nearest caches.
 */
public final class HostInverse {
  private static final int BLOCK = 32;
  private static final int PANEL = 64;

  private HostInverse() {}

  /**
   * The diagonal of {@code A^-1}: column j of {@code L^-1} is as long as the square root of it. A
   * panel of columns at a time, each from its own rows on.
   *
   * @param workers shares the work, or null for the calling thread
   */
  public static double[] diagonal(double[][] factor, Workers workers) {
    int n = factor.length;
    double[] diagonal = new double[n];
    HostCholesky.forEach(
        workers,
        (n + PANEL - 1) / PANEL,
        chunk -> {
          int from = chunk * PANEL;
          int columns = Math.min(n, from + PANEL) - from;
          double[][] solved = new double[n][];
          for (int i = from; i < n; i++) {
            Work.check();
            double[] row = new double[columns];
            if (i - from < columns) {
              row[i - from] = 1;
            }
            solved[i] = row;
            double[] factors = factor[i];
            HostCholesky.subtract(row, factors, from, i, solved, 0, 0, columns);
            for (int j = 0; j < columns; j++) {
              row[j] /= factors[i];
              diagonal[from + j] += row[j] * row[j];
            }
          }
        });
    return diagonal;
  }

  /**
   * {@code L^-1} row by row, each as long as its block ends; entries right of the diagonal are 0.
   */
  private static double[][] ofFactor(double[][] factor) {
    int n = factor.length;
    double[][] lower = new double[n][];
    for (int from = 0; from < n; from += BLOCK) {
      Work.check();
      int to = Math.min(n, from + BLOCK);
      for (int i = from; i < to; i++) {
        lower[i] = new double[to];
        lower[i][i] = 1;
      }
      for (int before = 0; before < from; before += BLOCK) {
        int end = before + BLOCK;
        for (int i = from; i < to; i++) {
          HostCholesky.subtract(lower[i], factor[i], before, end, lower, 0, 0, end);
        }
      }
      for (int i = from; i < to; i++) {
        double[] row = lower[i];
        HostCholesky.subtract(row, factor[i], from, i, lower, 0, 0, to);
        double scale = 1 / factor[i][i];
        for (int j = 0; j <= i; j++) {
          row[j] *= scale;
        }
      }
    }
    return lower;
  }

  /** The lower triangle of {@code A^-1}, in ragged rows. */
  static double[][] of(double[][] factor) {
    int n = factor.length;
    double[][] lower = ofFactor(factor);
    double[][] inverse = new double[n][];
    for (int i = 0; i < n; i++) {
      inverse[i] = new double[i + 1];
    }
    double[] minus = new double[n];
    // A^-1 = L'^-1 L^-1: row j sums row k of L^-1 times its entry j over k >= j.
    for (int from = 0; from < n; from += BLOCK) {
      Work.check();
      int to = Math.min(n, from + BLOCK);
      for (int j = 0; j < to; j++) {
        for (int k = Math.max(j, from); k < to; k++) {
          minus[k] = -lower[k][j];
        }
        HostCholesky.subtract(inverse[j], minus, Math.max(j, from), to, lower, 0, 0, j + 1);
      }
    }
    return inverse;
  }
}
