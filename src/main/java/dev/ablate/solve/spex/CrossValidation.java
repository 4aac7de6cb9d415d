package dev.ablate.solve.spex;

import dev.ablate.backend.Sets;
import java.util.Arrays;
import java.util.stream.IntStream;

/**
 * Walks down the penalties of the lasso on all folds of delays at once and chooses by the error on
 * the delays left out, between the lasso's coefficients and least squares on its support. Term 0 is
 * the empty set, the intercept.
 */
final class CrossValidation {
  private static final int PENALTIES = 40;

  /** Smallest penalty as a share of the largest. */
  private static final double SMALLEST = 1e-4;

  /** Penalties without a smaller error after which the walk ends. */
  private static final int PATIENCE = 6;

  /** How far products may miss their conditions, as a share of the penalty. */
  private static final double LASSO_SLACK = 1e-5;

  /** How far products may miss 0 in least squares, as a share of the largest penalty. */
  private static final double TRIAL_SLACK = 1e-7;

  private static final double FINAL_SLACK = 1e-13;

  /** Largest support for least squares, as a share of the rows. */
  private static final double MOST_TERMS = 1.0 / 3;

  /** Errors this close, as a share of the total, are rounding: the larger penalty wins. */
  private static final double TIE = 1e-13;

  private final Sets sets;
  private final int folds;
  private final double[] rows;
  private final double[] squares;
  private final double[][] products;
  private final BinGram gram;
  private final BinDescent[] lasso;
  private final BinDescent[] free;
  private final double total;

  /**
   * Prepares the sums; matrices and products are numbered: without fold 0, ..., all, fold 0, ....
   *
   * @param sets the terms, the empty set first
   */
  CrossValidation(TransformRegression regression, Sets sets) {
    this.sets = sets;
    this.folds = regression.folds();
    this.gram = regression.gram(sets);
    this.squares = regression.squares();
    this.products = TransformRegression.withoutEach(regression.products(sets));
    this.rows = IntStream.rangeClosed(0, folds).mapToDouble(gram::rows).toArray();
    this.lasso = new BinDescent[folds + 1];
    this.free = new BinDescent[folds + 1];
    for (int f = 0; f <= folds; f++) {
      lasso[f] = new BinDescent(gram, f, products[f]);
      free[f] = new BinDescent(gram, f, products[f]);
    }
    this.total =
        Arrays.stream(squares).sum() - products[folds][0] * products[folds][0] / rows[folds];
  }

  /** The best point of the walk so far. */
  private static final class Best {
    private double error = Double.POSITIVE_INFINITY;
    private double penalty;
    private boolean relaxed;
    private double[] weights;
    private int[] support;
  }

  /** Chooses and fits on all rows. */
  Fit fit() {
    Best best = new Best();
    double largest = largestProduct();
    int waited = 0;
    for (int i = 0; i < PENALTIES && waited < PATIENCE; i++) {
      double penalty = largest * Math.pow(SMALLEST, i / (PENALTIES - 1.0));
      for (int f = 0; f <= folds; f++) {
        double share = rows[f] / rows[folds];
        lasso[f].lasso(share * penalty, LASSO_SLACK * share * penalty);
      }
      waited++;
      if (improve(best, penalty, false, error(lasso))) {
        waited = 0;
      }
      if (relax(TRIAL_SLACK * largest) && improve(best, penalty, true, error(free))) {
        waited = 0;
      }
    }
    return finish(best, largest);
  }

  private boolean improve(Best best, double penalty, boolean relaxed, double error) {
    if (error >= best.error - TIE * total) {
      return false;
    }
    best.error = error;
    best.penalty = penalty;
    best.relaxed = relaxed;
    best.weights = lasso[folds].weights().clone();
    best.support = lasso[folds].support();
    return true;
  }

  /** Least squares on each fold's support; false when one has too many terms for that. */
  private boolean relax(double slack) {
    for (int f = 0; f < folds; f++) {
      int[] support = lasso[f].support();
      if (support.length > MOST_TERMS * rows[f]) {
        return false;
      }
      free[f].leastSquares(support, slack);
    }
    return true;
  }

  private Fit finish(Best best, double largest) {
    double[] weights = best.weights;
    if (best.relaxed) {
      free[folds].leastSquares(best.support, FINAL_SLACK * largest);
      weights = free[folds].weights();
    }
    double[] kept = new double[best.support.length];
    for (int k = 0; k < kept.length; k++) {
      kept[k] = weights[best.support[k]];
    }
    double foldR2 = total > 0 ? 1 - best.error / total : 1;
    return new Fit(sets.select(best.support), kept, best.penalty, best.relaxed, foldR2);
  }

  /** The largest product with what the intercept alone leaves of all rows. */
  private double largestProduct() {
    double[] rest = products[folds].clone();
    gram.addRow(folds, 0, -rest[0] / rows[folds], rest);
    double largest = 0;
    for (int s = 1; s < rest.length; s++) {
      largest = Math.max(largest, Math.abs(rest[s]));
    }
    return largest;
  }

  /** Sum of squared errors of each fold's fit on the rows it did not see. */
  private double error(BinDescent[] fits) {
    double error = 0;
    for (int f = 0; f < folds; f++) {
      double[] weights = fits[f].weights();
      double fold = squares[f] + gram.quadratic(folds + 1 + f, weights);
      for (int s = 0; s < weights.length; s++) {
        fold -= 2 * weights[s] * (products[folds][s] - products[f][s]);
      }
      error += Math.max(fold, 0);
    }
    return error;
  }
}
