package dev.ablate.solve.spex;

import java.util.Arrays;

/**
 * Walks down the penalties of the lasso on all folds of delays at once and chooses by the error on
 * the delays left out, between the lasso's coefficients and least squares on its support. Term 0 is
 * the empty set, the intercept.
 */
final class CrossValidation {
  private static final int PENALTIES = 40;

  /** Smallest penalty as a share of the largest. */
  private static final double SMALLEST = 1e-4;

  /** Penalties in a row at which the lasso's error grows, after which the walk ends. */
  private static final int PATIENCE = 4;

  /** How far products may miss their conditions, as a share of the penalty. */
  private static final double LASSO_SLACK = 1e-5;

  /** How far products may miss 0 in least squares, as a share of the largest penalty. */
  private static final double TRIAL_SLACK = 1e-7;

  private static final double FINAL_SLACK = 1e-13;

  /** Largest support for least squares, as a share of the rows. */
  private static final double MOST_TERMS = 1.0 / 3;

  /** Errors this close, as a share of the total, are rounding: the larger penalty wins. */
  private static final double TIE = 1e-13;

  /** Products this small, as a share of the largest possible, are rounding. */
  private static final double ROUNDING = 1e-12;

  private final CodedRegression regression;
  private final int folds;
  private final DelaySums all;
  private final DelaySums[] tests;
  private final BinDescent[] lasso;
  private final BinDescent[] free;
  private final double[] share;

  /**
   * Prepares the sums.
   *
   * @param regression the terms and their products
   * @param split the folds
   */
  CrossValidation(CodedRegression regression, DelayFolds split) {
    this.regression = regression;
    this.folds = split.count();
    this.all = regression.over(split.all());
    this.tests = new DelaySums[folds];
    this.lasso = new BinDescent[folds + 1];
    this.free = new BinDescent[folds + 1];
    this.share = new double[folds + 1];
    for (int f = 0; f <= folds; f++) {
      DelaySums train = f == folds ? all : regression.over(split.without(f));
      lasso[f] = new BinDescent(train);
      free[f] = new BinDescent(train);
      share[f] = train.rows() / all.rows();
      if (f < folds) {
        tests[f] = regression.over(split.of(f));
      }
    }
  }

  /** The best point of the walk so far. */
  private static final class Best {
    private double error = Double.POSITIVE_INFINITY;
    private double penalty;
    private boolean relaxed;
    private double[] weights;
    private int[] support;
  }

  /**
   * Chooses and fits on all rows.
   *
   * @param least no penalty below this is tried
   */
  Fit fit(double least) {
    Best best = new Best();
    double largest = largestProduct();
    double before = Double.POSITIVE_INFINITY;
    int grown = 0;
    for (int i = 0; i < PENALTIES && grown < PATIENCE; i++) {
      double penalty = largest * Math.pow(SMALLEST, i / (PENALTIES - 1.0));
      if (i > 0 && penalty < least) {
        break;
      }
      for (int f = 0; f <= folds; f++) {
        lasso[f].lasso(share[f] * penalty, LASSO_SLACK * share[f] * penalty);
      }
      double error = error(lasso);
      grown = error > before ? grown + 1 : 0;
      before = error;
      improve(best, penalty, false, error);
      if (relax(TRIAL_SLACK * largest)) {
        improve(best, penalty, true, error(free));
      }
    }
    return finish(best, largest);
  }

  private void improve(Best best, double penalty, boolean relaxed, double error) {
    if (error >= best.error - TIE * all.squares()) {
      return;
    }
    best.error = error;
    best.penalty = penalty;
    best.relaxed = relaxed;
    best.weights = lasso[folds].weights().clone();
    best.support = lasso[folds].support();
  }

  /** Least squares on each fold's support; false when one has too many terms for that. */
  private boolean relax(double slack) {
    for (int f = 0; f < folds; f++) {
      int[] support = lasso[f].support();
      if (support.length > MOST_TERMS * share[f] * all.rows()) {
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
    return new Fit(
        regression.sets().select(best.support),
        kept,
        best.penalty,
        best.relaxed,
        leftOutR2(best, largest));
  }

  /**
   * R² of fits without each delay on that delay. Fits with most delays are hardly weaker than the
   * one on all, where those of the folds would understate it.
   */
  private double leftOutR2(Best best, double largest) {
    if (all.deviations() <= 0) {
      return 1;
    }
    boolean[] taken = new boolean[regression.delays()];
    double error = 0;
    for (int p = 0; p < taken.length; p++) {
      Arrays.fill(taken, true);
      taken[p] = false;
      DelaySums train = regression.over(taken);
      double part = train.rows() / all.rows();
      BinDescent fit = new BinDescent(train, best.weights);
      fit.lasso(part * best.penalty, LASSO_SLACK * part * best.penalty);
      if (best.relaxed) {
        fit.leastSquares(fit.support(), TRIAL_SLACK * largest);
      }
      Arrays.fill(taken, false);
      taken[p] = true;
      error += regression.over(taken).error(fit.weights());
    }
    return 1 - error / all.deviations();
  }

  /** The largest product with what the intercept alone leaves of all rows. */
  private double largestProduct() {
    double[] rest = all.products().clone();
    all.gram().addRow(all.entries(), 0, -rest[0] / all.rows(), rest);
    double largest = 0;
    for (int s = 1; s < rest.length; s++) {
      largest = Math.max(largest, Math.abs(rest[s]));
    }
    // For constant values the products are rounding errors, and no term is to follow them.
    return Math.max(largest, ROUNDING * Math.sqrt(all.rows() * all.squares()));
  }

  /** Sum of squared errors of each fold's fit on the rows it did not see. */
  private double error(BinDescent[] fits) {
    double error = 0;
    for (int f = 0; f < folds; f++) {
      error += tests[f].error(fits[f].weights());
    }
    return error;
  }
}
