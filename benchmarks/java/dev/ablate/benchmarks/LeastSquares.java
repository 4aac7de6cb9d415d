package dev.ablate.benchmarks;

import dev.ablate.backend.Sets;
import dev.ablate.mask.Masks;
import dev.ablate.solve.Samples;
import dev.ablate.spectrum.Spectrum;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import java.util.stream.IntStream;

/**
 * Ordinary least squares on given sets, worked out plainly: the control that knows where the terms
 * are.
 *
 * @param spectrum the fit; the empty set is always in it
 * @param standardErrors one for each term
 */
record LeastSquares(Spectrum spectrum, double[] standardErrors) {
  /** All features alone. */
  static Sets singletons(int features) {
    return Sets.of(IntStream.range(0, features).mapToObj(f -> new int[] {f}).toList());
  }

  /** Fits the first output. */
  static LeastSquares fit(Samples samples, Sets given) {
    TreeSet<int[]> ordered = new TreeSet<>(Sets::compare);
    ordered.add(new int[0]);
    IntStream.range(0, given.size()).forEach(s -> ordered.add(given.get(s)));
    List<int[]> sets = new ArrayList<>(ordered);
    double[] values = samples.values().column(0);
    double[][] columns =
        sets.stream().map(set -> column(samples.masks(), set)).toArray(double[][]::new);
    int size = columns.length;
    double[][] factor = cholesky(gram(columns));
    double[] products =
        IntStream.range(0, size).mapToDouble(j -> dot(columns[j], values)).toArray();
    double[] weights = solve(factor, products);
    double squares = 0;
    for (int r = 0; r < values.length; r++) {
      double rest = values[r];
      for (int j = 0; j < size; j++) {
        rest -= weights[j] * columns[j][r];
      }
      squares += rest * rest;
    }
    double variance = squares / (values.length - size);
    double[] errors =
        IntStream.range(0, size)
            .mapToDouble(
                j -> {
                  double[] unit = new double[size];
                  unit[j] = 1;
                  return Math.sqrt(variance * solve(factor, unit)[j]);
                })
            .toArray();
    return new LeastSquares(
        new Spectrum(samples.masks().features(), Sets.of(sets), weights), errors);
  }

  private static double[] column(Masks masks, int[] set) {
    double[] column = new double[masks.count()];
    for (int r = 0; r < column.length; r++) {
      column[r] = 1;
      for (int feature : set) {
        column[r] = masks.kept(r, feature) ? -column[r] : column[r];
      }
    }
    return column;
  }

  private static double[][] gram(double[][] columns) {
    double[][] gram = new double[columns.length][columns.length];
    for (int i = 0; i < columns.length; i++) {
      for (int j = 0; j <= i; j++) {
        gram[i][j] = dot(columns[i], columns[j]);
      }
    }
    return gram;
  }

  /** Lower triangle, in place of the Gram matrix. */
  private static double[][] cholesky(double[][] gram) {
    for (int i = 0; i < gram.length; i++) {
      for (int j = 0; j <= i; j++) {
        double sum = gram[i][j];
        for (int k = 0; k < j; k++) {
          sum -= gram[i][k] * gram[j][k];
        }
        if (i == j && !(sum > 0)) {
          throw new IllegalStateException("the columns are not independent");
        }
        gram[i][j] = i == j ? Math.sqrt(sum) : sum / gram[j][j];
      }
    }
    return gram;
  }

  private static double[] solve(double[][] factor, double[] right) {
    double[] x = right.clone();
    for (int i = 0; i < x.length; i++) {
      for (int k = 0; k < i; k++) {
        x[i] -= factor[i][k] * x[k];
      }
      x[i] /= factor[i][i];
    }
    for (int i = x.length - 1; i >= 0; i--) {
      for (int k = i + 1; k < x.length; k++) {
        x[i] -= factor[k][i] * x[k];
      }
      x[i] /= factor[i][i];
    }
    return x;
  }

  private static double dot(double[] a, double[] b) {
    double sum = 0;
    for (int r = 0; r < a.length; r++) {
      sum += a[r] * b[r];
    }
    return sum;
  }
}
