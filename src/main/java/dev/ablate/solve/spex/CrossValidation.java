package dev.ablate.solve.spex;

import dev.ablate.backend.CodedRegression;
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

  /** Penalties in a row at which the lasso's error grows, after which the walk ends. */
  private static final int PATIENCE = 4;

  /** Errors this close, as a share of the total, are rounding: the larger penalty wins. */
  private static final double TIE = 1e-13;

  private final CodedRegression.Terms terms;
  private final Sets sets;
  private double best = Double.POSITIVE_INFINITY;
  private double penalty;
  private boolean relaxed;

  /**
   * A choice to make.
   *
   * @param terms the regression
   * @param sets its terms
   */
  CrossValidation(CodedRegression.Terms terms, Sets sets) {
    this.terms = terms;
    this.sets = sets;
  }

  /**
   * Chooses and fits on all rows.
   *
   * @param least no penalty below this is tried
   */
  SpexFit fit(double least) {
    double[] penalties = penalties(terms.largest(), least);
    double before = Double.POSITIVE_INFINITY;
    int grown = 0;
    try (CodedRegression.Walk walk = terms.lasso(penalties)) {
      for (int i = 0; i < penalties.length && grown < PATIENCE; i++) {
        CodedRegression.Errors errors = walk.next();
        grown = errors.lasso() > before ? grown + 1 : 0;
        before = errors.lasso();
        improve(walk, penalties[i], false, errors.lasso());
        if (!Double.isNaN(errors.leastSquares())) {
          improve(walk, penalties[i], true, errors.leastSquares());
        }
      }
      return fit(walk.finish(relaxed));
    }
  }

  private static double[] penalties(double largest, double least) {
    double[] penalties = new double[PENALTIES];
    int count = 0;
    for (int i = 0; i < PENALTIES; i++) {
      double penalty = largest * Math.pow(SMALLEST, i / (PENALTIES - 1.0));
      if (i > 0 && penalty < least) {
        break;
      }
      penalties[count++] = penalty;
    }
    return Arrays.copyOf(penalties, count);
  }

  private void improve(
      CodedRegression.Walk walk, double there, boolean byLeastSquares, double error) {
    if (error < best - TIE * terms.squares()) {
      best = error;
      penalty = there;
      relaxed = byLeastSquares;
      walk.keep();
    }
  }

  /**
   * The fit with its R² of fits without each delay on that delay. Fits with most delays are hardly
   * weaker than the one on all, where those of the folds would understate it.
   */
  private SpexFit fit(CodedRegression.Fit found) {
    int[] support = IntStream.range(0, sets.size()).filter(s -> found.support()[s]).toArray();
    double[] kept = Arrays.stream(support).mapToDouble(s -> found.weights()[s]).toArray();
    double deviations = terms.deviations();
    return new SpexFit(
        sets.select(support),
        kept,
        penalty,
        relaxed,
        deviations <= 0 ? 1 : 1 - found.leftOutError() / deviations,
        found.leftOutError());
  }
}
