package dev.ablate.backend.host;

import dev.ablate.work.Work;
import java.util.function.IntConsumer;

/**
 * Cholesky factors of symmetric positive definite matrices in the lower triangle of ragged rows:
 * row {@code i} has {@code i + 1} entries. Rows are arrays of their own because the compiler turns
 * loops over the same stretch of several arrays into vector instructions, and loops over different
 * stretches of one array not. The arithmetic does not depend on the number of threads.
 */
public final class HostCholesky {
  private static final int PANEL = 64;
  private static final int ROWS = 64;
  private static final int COLUMNS = 512;

  /** Rows that are subtracted together: a store for so many products. */
  private static final int GROUP = 4;

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
      Work.check();
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

  static void forEach(Workers workers, int count, IntConsumer task) {
    if (workers == null) {
      for (int i = 0; i < count; i++) {
        Work.check();
        task.accept(i);
      }
    } else {
      workers.forEach(count, task);
    }
  }

  /** The diagonal block, by columns: stretches of columns are as long as the block. */
  private static boolean factorDiagonal(double[][] rows, int from, int to) {
    int size = to - from;
    double[][] columns = new double[size][size];
    for (int i = 0; i < size; i++) {
      for (int t = 0; t <= i; t++) {
        columns[t][i] = rows[from + i][from + t];
      }
    }
    for (int t = 0; t < size; t++) {
      double[] column = columns[t];
      int group = t - t % GROUP;
      for (int u = group; u < t; u++) {
        subtract(column, columns[u][t], columns[u], t, size);
      }
      if (!(column[t] > 0)) {
        return false;
      }
      double root = Math.sqrt(column[t]);
      column[t] = root;
      for (int i = t + 1; i < size; i++) {
        column[i] /= root;
      }
      if (t == group + GROUP - 1) {
        for (int v = t + 1; v < size; v++) {
          subtract(
              columns[v],
              columns[group][v],
              columns[group + 1][v],
              columns[group + 2][v],
              columns[group + 3][v],
              columns,
              group,
              v,
              size);
        }
      }
    }
    for (int i = 0; i < size; i++) {
      for (int t = 0; t <= i; t++) {
        rows[from + i][from + t] = columns[t][i];
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
      double[] factors = rows[t];
      subtract(column, factors, from, t, panel, from, low, high);
      double inverse = 1 / factors[t];
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
        subtract(rows[i], rows[i], from, to, panel, from, left, right);
      }
    }
  }

  /**
   * Subtracts {@code factors[t] * from[t - origin][j]} for t from {@code first} to {@code end}, a
   * stretch of columns j.
   */
  public static void subtract(
      double[] to,
      double[] factors,
      int first,
      int end,
      double[][] from,
      int origin,
      int low,
      int high) {
    int t = first;
    for (; t + GROUP <= end; t += GROUP) {
      subtract(
          to,
          factors[t],
          factors[t + 1],
          factors[t + 2],
          factors[t + 3],
          from,
          t - origin,
          low,
          high);
    }
    for (; t < end; t++) {
      subtract(to, factors[t], from[t - origin], low, high);
    }
  }

  static void subtract(double[] to, double factor, double[] from, int low, int high) {
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
      Work.check();
      double[] row = factor[i];
      int columns = b[i].length;
      subtract(b[i], row, 0, i, b, 0, 0, columns);
      double inverse = 1 / row[i];
      for (int j = 0; j < columns; j++) {
        b[i][j] *= inverse;
      }
    }
  }

  /** Solves {@code L' X = B} in place for the rows {@code (n, columns)} of B. */
  static void solveUpper(double[][] factor, double[][] b) {
    for (int i = b.length - 1; i >= 0; i--) {
      Work.check();
      double[] row = factor[i];
      int columns = b[i].length;
      double inverse = 1 / row[i];
      for (int j = 0; j < columns; j++) {
        b[i][j] *= inverse;
      }
      for (int t = 0; t < i; t++) {
        subtract(b[t], row[t], b[i], 0, columns);
      }
    }
  }
}
