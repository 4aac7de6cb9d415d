package dev.ablate.backend.host;

import dev.ablate.backend.CodedRegression;
import java.util.Arrays;

/** A walk down the penalties on the host: each fit starts at the one before. */
final class HostCodedRegressionWalk implements CodedRegression.Walk {
  private final HostCodedRegressionTerms terms;
  private final double[] penalties;
  private final int folds;
  private final double largest;
  private final HostCodedRegressionSums all;
  private final HostCodedRegressionSums[] tests;
  private final HostCodedRegressionDescent[] lasso;
  private final HostCodedRegressionDescent[] free;
  private final double[] share;
  private int next;
  private double keptPenalty;
  private double[] kept;
  private int[] keptSupport;

  HostCodedRegressionWalk(HostCodedRegressionTerms terms, double[] penalties) {
    this.terms = terms;
    this.penalties = penalties;
    this.folds = terms.folds();
    this.largest = terms.largest();
    this.all = terms.all();
    this.tests = new HostCodedRegressionSums[folds];
    this.lasso = new HostCodedRegressionDescent[folds + 1];
    this.free = new HostCodedRegressionDescent[folds + 1];
    this.share = new double[folds + 1];
    for (int f = 0; f <= folds; f++) {
      HostCodedRegressionSums train = f == folds ? all : terms.fold(f, true);
      lasso[f] = new HostCodedRegressionDescent(train);
      free[f] = new HostCodedRegressionDescent(train);
      share[f] = train.rows() / all.rows();
      if (f < folds) {
        tests[f] = terms.fold(f, false);
      }
    }
  }

  @Override
  public CodedRegression.Errors next() {
    double penalty = penalties[next++];
    for (int f = 0; f <= folds; f++) {
      lasso[f].lasso(share[f] * penalty, CodedRegression.LASSO_SLACK * share[f] * penalty);
    }
    double error = error(lasso);
    return new CodedRegression.Errors(
        error, relax(CodedRegression.TRIAL_SLACK * largest) ? error(free) : Double.NaN);
  }

  @Override
  public void keep() {
    keptPenalty = penalties[next - 1];
    kept = lasso[folds].weights().clone();
    keptSupport = lasso[folds].support();
  }

  /** Least squares on each fold's support; false when one has too many terms for that. */
  private boolean relax(double slack) {
    for (int f = 0; f < folds; f++) {
      int[] support = lasso[f].support();
      if (support.length > CodedRegression.MOST_TERMS * share[f] * all.rows()) {
        return false;
      }
      free[f].leastSquares(support, slack);
    }
    return true;
  }

  @Override
  public CodedRegression.Fit finish(boolean relaxed) {
    double[] weights = kept;
    if (relaxed) {
      free[folds].leastSquares(keptSupport, CodedRegression.FINAL_SLACK * largest);
      weights = free[folds].weights();
    }
    boolean[] support = new boolean[weights.length];
    for (int s : keptSupport) {
      support[s] = true;
    }
    return new CodedRegression.Fit(weights, support, leftOutError(relaxed));
  }

  private double leftOutError(boolean relaxed) {
    boolean[] taken = new boolean[terms.delays()];
    double error = 0;
    for (int p = 0; p < taken.length; p++) {
      Arrays.fill(taken, true);
      taken[p] = false;
      HostCodedRegressionSums train = terms.over(taken);
      double part = train.rows() / all.rows();
      HostCodedRegressionDescent fit = new HostCodedRegressionDescent(train, kept);
      fit.lasso(part * keptPenalty, CodedRegression.LASSO_SLACK * part * keptPenalty);
      if (relaxed) {
        fit.leastSquares(fit.support(), CodedRegression.TRIAL_SLACK * largest);
      }
      Arrays.fill(taken, false);
      taken[p] = true;
      error += terms.over(taken).error(fit.weights());
    }
    return error;
  }

  /** Sum of squared errors of each fold's fit on the rows it did not see. */
  private double error(HostCodedRegressionDescent[] fits) {
    double error = 0;
    for (int f = 0; f < folds; f++) {
      error += tests[f].error(fits[f].weights());
    }
    return error;
  }

  @Override
  public void close() {
    // The garbage collector frees heap arrays.
  }
}
