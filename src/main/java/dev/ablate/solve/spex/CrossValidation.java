package dev.ablate.solve.spex;

import dev.ablate.backend.Paths;
import dev.ablate.backend.Sets;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.stream.IntStream;

/**
 * Regularisation paths over folds of delays: one path without each fold, then one on all rows. The
 * first column is the empty set, the intercept.
 */
final class CrossValidation {
  /** Errors this close, as a share of the total, are rounding: the larger penalty wins. */
  private static final double TIE = 1e-13;

  private final Sets sets;
  private final int size;
  private final int folds;
  private final double[] share;
  private final double[][] grams;
  private final double[][] products;
  private final double[] squares;
  private final double rows;

  CrossValidation(TransformRegression regression, Sets sets) {
    this.sets = sets;
    this.size = sets.size();
    this.folds = regression.folds();
    this.squares = regression.squares();
    int[] foldRows = regression.rows();
    this.rows = IntStream.of(foldRows).sum();
    this.share = new double[folds + 1];
    double[][] gramParts = regression.grams(sets);
    double[][] productParts = regression.products(sets);
    this.grams = withoutEach(gramParts);
    this.products = withoutEach(productParts);
    for (int f = 0; f <= folds; f++) {
      share[f] = f < folds ? 1 - foldRows[f] / rows : 1;
    }
  }

  /** Sums of all parts but one, for each part, then of all parts. Overwrites the parts. */
  private static double[][] withoutEach(double[][] parts) {
    double[] total = new double[parts[0].length];
    for (double[] part : parts) {
      for (int i = 0; i < total.length; i++) {
        total[i] += part[i];
      }
    }
    double[][] sums = new double[parts.length + 1][];
    for (int f = 0; f < parts.length; f++) {
      sums[f] = parts[f];
      for (int i = 0; i < total.length; i++) {
        sums[f][i] = total[i] - parts[f][i];
      }
    }
    sums[parts.length] = total;
    return sums;
  }

  Sets sets() {
    return sets;
  }

  int size() {
    return size;
  }

  int folds() {
    return folds;
  }

  /** The largest product with what the intercept alone leaves of all rows. */
  double largestProduct() {
    double intercept = products[folds][0] / grams[folds][0];
    double largest = 0;
    for (int j = 1; j < size; j++) {
      largest = Math.max(largest, Math.abs(products[folds][j] - grams[folds][j] * intercept));
    }
    return largest;
  }

  /** One path a fold, without its rows, then one on all rows. */
  List<double[]> paths(
      double[] penalties, Function<List<Paths.Problem>, List<double[]>> algorithm) {
    boolean[] free = new boolean[size];
    free[0] = true;
    List<Paths.Problem> problems = new ArrayList<>();
    for (int f = 0; f <= folds; f++) {
      double scale = share[f];
      double[] scaled = new double[penalties.length];
      for (int i = 0; i < scaled.length; i++) {
        scaled[i] = scale * penalties[i];
      }
      problems.add(new Paths.Problem(size, grams[f], products[f], free, scaled));
    }
    return algorithm.apply(problems);
  }

  /** Least squares on some columns without fold {@code f}, or on all rows. */
  Paths.Problem leastSquares(int f, int[] columns) {
    int k = columns.length;
    double[] gram = new double[k * k];
    double[] product = new double[k];
    boolean[] free = new boolean[k];
    for (int a = 0; a < k; a++) {
      product[a] = products[f][columns[a]];
      free[a] = true;
      for (int b = 0; b < k; b++) {
        gram[a * k + b] = grams[f][columns[a] * size + columns[b]];
      }
    }
    return new Paths.Problem(k, gram, product, free, new double[] {0});
  }

  /** The penalty whose fits have the smallest error on the folds they did not see. */
  int best(int penalties, List<double[]> paths) {
    double total = IntStream.range(0, folds).mapToDouble(f -> squares[f]).sum();
    int best = 0;
    double least = error(paths, 0);
    for (int i = 1; i < penalties; i++) {
      double error = error(paths, i);
      if (error < least - TIE * total) {
        best = i;
        least = error;
      }
    }
    return best;
  }

  /** Sum of squared errors of each fold's fit at one penalty on the rows it did not see. */
  double error(List<double[]> paths, int penalty) {
    double error = 0;
    for (int f = 0; f < folds; f++) {
      error += foldError(f, paths.get(f), penalty * size);
    }
    return error;
  }

  private double foldError(int f, double[] path, int from) {
    int[] active = IntStream.range(0, size).filter(j -> path[from + j] != 0).toArray();
    double error = squares[f];
    for (int a : active) {
      double weight = path[from + a];
      error -= 2 * weight * (products[folds][a] - products[f][a]);
      double fitted = 0;
      for (int b : active) {
        fitted += path[from + b] * (grams[folds][a * size + b] - grams[f][a * size + b]);
      }
      error += weight * fitted;
    }
    return Math.max(error, 0);
  }

  /** The coefficients on all rows at one penalty. */
  double[] row(List<double[]> paths, int penalty) {
    return IntStream.range(0, size)
        .mapToDouble(j -> paths.get(folds)[penalty * size + j])
        .toArray();
  }

  /** The fit on all rows at one penalty; terms that it leaves at 0 are dropped. */
  Fit fit(List<double[]> paths, int penalty, double value, boolean relaxed) {
    double[] coefficients = row(paths, penalty);
    int[] kept = IntStream.range(0, size).filter(j -> j == 0 || coefficients[j] != 0).toArray();
    double total = 0;
    for (double square : squares) {
      total += square;
    }
    total -= products[folds][0] * products[folds][0] / rows;
    return new Fit(
        sets.select(kept),
        IntStream.of(kept).mapToDouble(j -> coefficients[j]).toArray(),
        value,
        relaxed,
        total > 0 ? 1 - error(paths, penalty) / total : 1);
  }
}
