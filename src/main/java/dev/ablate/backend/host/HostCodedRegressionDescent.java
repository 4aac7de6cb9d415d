package dev.ablate.backend.host;

import dev.ablate.work.Work;
import java.util.Arrays;

/**
 * Cyclic coordinate descent for lasso and least squares on one fold's {@link
 * HostCodedRegressionGram}. A step costs the terms that share a bin with the one that moves, so all
 * residual products stay exact and the optimality conditions are a scan.
 *
 * <p>Source: Friedman, Hastie, Tibshirani, J. Stat. Softw. 33 (2010), covariance updates.
 */
final class HostCodedRegressionDescent {
  private static final int SWEEPS = 1000;

  private final HostCodedRegressionSums sums;
  private final double[] weights;
  private final double[] residual;
  private final int[] active;
  private int count;

  /** Starts at 0. */
  HostCodedRegressionDescent(HostCodedRegressionSums sums) {
    this.sums = sums;
    this.weights = new double[sums.products().length];
    this.residual = sums.products().clone();
    this.active = new int[weights.length];
  }

  /** Starts at given coefficients. */
  HostCodedRegressionDescent(HostCodedRegressionSums sums, double[] start) {
    this(sums);
    for (int s = 0; s < start.length; s++) {
      move(s, start[s]);
    }
  }

  /** The coefficients; not a copy. */
  double[] weights() {
    return weights;
  }

  /** The terms with a coefficient and the first one, ascending. */
  int[] support() {
    int[] support = new int[weights.length];
    int size = 0;
    for (int s = 0; s < weights.length; s++) {
      if (s == 0 || weights[s] != 0) {
        support[size++] = s;
      }
    }
    return Arrays.copyOf(support, size);
  }

  /**
   * Minimises {@code w'Gw/2 - b'w + penalty sum_{s > 0} |w_s|} from where it stands.
   *
   * @param slack how far a product may miss its condition
   */
  void lasso(double penalty, double slack) {
    int sweeps = 0;
    boolean grown = true;
    while (grown && sweeps < SWEEPS) {
      count = 0;
      for (int s = 0; s < weights.length; s++) {
        if (s == 0 || weights[s] != 0 || Math.abs(residual[s]) > penalty + slack) {
          active[count++] = s;
        }
      }
      sweeps += sweep(penalty, slack, SWEEPS - sweeps);
      grown = false;
      for (int s = 1; s < weights.length && !grown; s++) {
        grown = weights[s] == 0 && Math.abs(residual[s]) > penalty + slack;
      }
    }
  }

  /**
   * Minimises {@code w'Gw/2 - b'w} over some terms; all others become 0.
   *
   * @param support the terms, ascending
   * @param slack how far a product may miss 0
   */
  void leastSquares(int[] support, double slack) {
    int next = 0;
    for (int s = 0; s < weights.length; s++) {
      if (next < support.length && support[next] == s) {
        active[next++] = s;
      } else {
        move(s, 0);
      }
    }
    count = support.length;
    sweep(0, slack, SWEEPS);
  }

  /** Sweeps over the active terms until the conditions hold; returns how often. */
  private int sweep(double penalty, double slack, int most) {
    for (int sweep = 1; sweep <= most; sweep++) {
      Work.check();
      double worst = 0;
      for (int a = 0; a < count; a++) {
        int s = active[a];
        double limit = s == 0 ? 0 : penalty;
        double pull = residual[s] + sums.rows() * weights[s];
        double target = Math.copySign(Math.max(Math.abs(pull) - limit, 0), pull) / sums.rows();
        worst = Math.max(worst, Math.abs(target - weights[s]) * sums.rows());
        move(s, target);
      }
      if (worst <= slack) {
        return sweep;
      }
    }
    return most;
  }

  private void move(int s, double target) {
    double step = target - weights[s];
    if (step != 0) {
      weights[s] = target;
      sums.gram().addRow(sums.entries(), s, -step, residual);
    }
  }
}
