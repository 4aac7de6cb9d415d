package dev.ablate.backend.host;

import java.util.function.IntConsumer;

/**
 * Cholesky factors of symmetric positive definite matrices in the lower triangle of ragged rows:
 * row {@code i} has {@code i + 1} entries. Rows are arrays of their own because the compiler turns
 * loops over the same stretch of several arrays into vector instructions, and loops over different
 * stretches of one array not. The arithmetic does not depend on the number of threads.
 */
public final class HostCholesky {
  private static final int PANEL = 64;
  private static final int ROWS = 32;
  private static final int COLUMNS = 512;

  private HostCholesky() {}

  /**
   * Replaces a matrix by its factor L, {@code A = L L'}.
   *
   * @param rows {@code (n)} rows of {@code i + 1}
   * @param workers shares the work, or null for the calling thread
   * @return whether the matrix was positive definite to rounding; if not, the rows are spoilt
   */
  public static boolean factor(double[][] rows, Workers workers) {
    int n = rows.length;
    double[][] panel = new double[PANEL][n];
    for (int from = 0; from < n; from += PANEL) {
      int to = Math.min(n, from + PANEL);
      if (!factorDiagonal(rows, from, to)) {
        return false;
      }
      int first = from;
      int chunks = (n - to + ROWS - 1) / ROWS;
      forEach(workers, chunks, c -> solvePanel(rows, panel, first, to, chunk(to, c), n));
      // The longest rows go first, so that no thread is left with them at the end.
      forEach(workers, chunks, c -> update(rows, panel, first, to, chunk(to, chunks - 1 - c)));
    }
    return true;
  }

  private static int chunk(int from, int number) {
    return from + number * ROWS;
  }

  private static void forEach(Workers workers, int count, IntConsumer task) {
    if (workers == null) {
      for (int i = 0; i < count; i++) {
        task.accept(i);
      }
    } else {
      workers.forEach(count, task);
    }
  }

  private static boolean factorDiagonal(double[][] rows, int from, int to) {
    for (int j = from; j < to; j++) {
      double pivot = rows[j][j];
      for (int t = from; t < j; t++) {
        pivot -= rows[j][t] * rows[j][t];
      }
      if (!(pivot > 0)) {
        return false;
      }
      double root = Math.sqrt(pivot);
      rows[j][j] = root;
      for (int i = j + 1; i < to; i++) {
        double sum = rows[i][j];
        for (int t = from; t < j; t++) {
          sum -= rows[i][t] * rows[j][t];
        }
        rows[i][j] = sum / root;
      }
    }
    return true;
  }

  /** A chunk of rows below the diagonal block, also transposed: {@code panel[t][i] = L[i][t]}. */
  private static void solvePanel(
      double[][] rows, double[][] panel, int from, int to, int low, int n) {
    int high = Math.min(n, low + ROWS);
    for (int t = from; t < to; t++) {
      double[] column = panel[t - from];
      for (int i = low; i < high; i++) {
        column[i] = rows[i][t];
      }
      for (int u = from; u < t; u++) {
        subtract(column, rows[t][u], panel[u - from], low, high);
      }
      double inverse = 1 / rows[t][t];
      for (int i = low; i < high; i++) {
        column[i] *= inverse;
        rows[i][t] = column[i];
      }
    }
  }

  /** Subtracts the panel's products from a chunk of rows, a stretch of columns at a time. */
  private static void update(double[][] rows, double[][] panel, int from, int to, int low) {
    int high = Math.min(rows.length, low + ROWS);
    for (int left = to; left < high; left += COLUMNS) {
      for (int i = low; i < high; i++) {
        int right = Math.min(i + 1, left + COLUMNS);
        double[] row = rows[i];
        int t = from;
        for (; t + 4 <= to; t += 4) {
          subtract(row, row[t], row[t + 1], row[t + 2], row[t + 3], panel, t - from, left, right);
        }
        for (; t < to; t++) {
          subtract(row, row[t], panel[t - from], left, right);
        }
      }
    }
  }

  private static void subtract(double[] to, double factor, double[] from, int low, int high) {
    for (int j = low; j < high; j++) {
      to[j] -= factor * from[j];
    }
  }

  /** Four rows at a time: a store for four products. */
  private static void subtract(
      double[] to,
      double f0,
      double f1,
      double f2,
      double f3,
      double[][] from,
      int first,
      int low,
      int high) {
    double[] r0 = from[first];
    double[] r1 = from[first + 1];
    double[] r2 = from[first + 2];
    double[] r3 = from[first + 3];
    double g0 = -f0;
    double g1 = -f1;
    double g2 = -f2;
    double g3 = -f3;
    for (int j = low; j < high; j++) {
      to[j] =
          Math.fma(g3, r3[j], Math.fma(g2, r2[j], Math.fma(g1, r1[j], Math.fma(g0, r0[j], to[j]))));
    }
  }

  /** {@code log det A} from its factor. */
  static double logDeterminant(double[][] factor) {
    double sum = 0;
    for (int i = 0; i < factor.length; i++) {
      sum += Math.log(factor[i][i]);
    }
    return 2 * sum;
  }

  /** Solves {@code A x = b} in place. */
  public static void solve(double[][] factor, double[] b) {
    for (int i = 0; i < b.length; i++) {
      double[] row = factor[i];
      double sum = b[i];
      for (int j = 0; j < i; j++) {
        sum -= row[j] * b[j];
      }
      b[i] = sum / row[i];
    }
    for (int i = b.length - 1; i >= 0; i--) {
      b[i] /= factor[i][i];
      subtract(b, b[i], factor[i], 0, i);
    }
  }

  /** Solves {@code L X = B} in place for the rows {@code (n, columns)} of B. */
  static void solveLower(double[][] factor, double[][] b) {
    for (int i = 0; i < b.length; i++) {
      double[] row = factor[i];
      int columns = b[i].length;
      int t = 0;
      for (; t + 4 <= i; t += 4) {
        subtract(b[i], row[t], row[t + 1], row[t + 2], row[t + 3], b, t, 0, columns);
      }
      for (; t < i; t++) {
        subtract(b[i], row[t], b[t], 0, columns);
      }
      double inverse = 1 / row[i];
      for (int j = 0; j < columns; j++) {
        b[i][j] *= inverse;
      }
    }
  }

  /**
   * The diagonal of {@code A^-1}: column j of {@code L^-1} is as long as the square root of it. A
   * panel of columns at a time, each from its own rows on.
   *
   * @param workers shares the work, or null for the calling thread
   */
  public static double[] inverseDiagonal(double[][] factor, Workers workers) {
    int n = factor.length;
    double[] diagonal = new double[n];
    forEach(
        workers,
        (n + PANEL - 1) / PANEL,
        chunk -> {
          int from = chunk * PANEL;
          int columns = Math.min(n, from + PANEL) - from;
          double[][] solved = new double[n][];
          for (int i = from; i < n; i++) {
            double[] row = new double[columns];
            if (i - from < columns) {
              row[i - from] = 1;
            }
            solved[i] = row;
            double[] factors = factor[i];
            int t = from;
            for (; t + 4 <= i; t += 4) {
              subtract(
                  row,
                  factors[t],
                  factors[t + 1],
                  factors[t + 2],
                  factors[t + 3],
                  solved,
                  t,
                  0,
                  columns);
            }
            for (; t < i; t++) {
              subtract(row, factors[t], solved[t], 0, columns);
            }
            for (int j = 0; j < columns; j++) {
              row[j] /= factors[i];
              diagonal[from + j] += row[j] * row[j];
            }
          }
        });
    return diagonal;
  }

  /** {@code L^-1} row by row; its entries right of the diagonal are 0. */
  private static double[][] inverseLower(double[][] factor) {
    double[][] lower = new double[factor.length][];
    for (int i = 0; i < factor.length; i++) {
      double[] row = new double[i + 1];
      row[i] = 1;
      double[] factors = factor[i];
      int t = 0;
      for (; t + 4 <= i; t += 4) {
        // The last of the four rows reaches to the diagonal; the shorter ones end before it.
        subtract(
            row, factors[t], factors[t + 1], factors[t + 2], factors[t + 3], lower, t, 0, t + 1);
        subtract(row, factors[t + 1], lower[t + 1], t + 1, t + 2);
        subtract(row, factors[t + 2], lower[t + 2], t + 1, t + 3);
        subtract(row, factors[t + 3], lower[t + 3], t + 1, t + 4);
      }
      for (; t < i; t++) {
        subtract(row, factors[t], lower[t], 0, t + 1);
      }
      double scale = 1 / factors[i];
      for (int j = 0; j <= i; j++) {
        row[j] *= scale;
      }
      lower[i] = row;
    }
    return lower;
  }

  /** The lower triangle of {@code A^-1}, in ragged rows. */
  static double[][] inverse(double[][] factor) {
    int n = factor.length;
    double[][] lower = inverseLower(factor);
    double[][] inverse = new double[n][];
    for (int i = 0; i < n; i++) {
      inverse[i] = new double[i + 1];
    }
    // A^-1 = L'^-1 L^-1: row j sums row k of L^-1 times its entry j over k >= j.
    for (int j = 0; j < n; j++) {
      double[] row = inverse[j];
      int k = j;
      for (; k + 4 <= n; k += 4) {
        subtract(
            row,
            -lower[k][j],
            -lower[k + 1][j],
            -lower[k + 2][j],
            -lower[k + 3][j],
            lower,
            k,
            0,
            j + 1);
      }
      for (; k < n; k++) {
        subtract(row, -lower[k][j], lower[k], 0, j + 1);
      }
    }
    return inverse;
  }
}
