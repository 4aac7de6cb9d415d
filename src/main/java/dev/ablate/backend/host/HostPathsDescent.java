package dev.ablate.backend.host;

import dev.ablate.backend.Paths;
import dev.ablate.work.Work;
import java.util.Arrays;

/**
 * One lasso path by cyclic coordinate descent on the Gram matrix, each penalty started from the
 * solution of the one before.
 *
 * <p>Descent runs on a working set: the columns that the sequential strong rule lets through and
 * those found to break the optimality conditions afterwards. The Gram matrix of the working set is
 * kept compact, so a sweep costs its size squared whatever the number of columns. A solution breaks
 * no optimality condition by more than the given slack, unless the allowed sweeps at one penalty
 * did not get there.
 *
 * <p>Source: Friedman, Hastie, Tibshirani, J. Stat. Softw. 33 (2010), covariance updates;
 * Tibshirani et al., J. R. Stat. Soc. B 74 (2012), strong rules.
 */
final class HostPathsDescent {
  /** Smallest ratio of neighbouring penalties; wider gaps are walked in steps. */
  private static final double STRIDE = 0.8;

  /** Columns whose residual products are recomputed together. */
  private static final int BLOCK = 256;

  /** Products of numbers that are worth waking threads for. */
  private static final double WORTH = 1 << 18;

  private final Workers workers;
  private final Paths.Problem problem;
  private final int size;
  private final double[] gram;
  private final double slack;
  private final int sweeps;
  private double work;
  private boolean reached = true;

  /** {@code b - Gw} for every column, exact after {@link #refresh}. */
  private final double[] residual;

  private final boolean[] inside;
  private final int[] members;
  private int count;

  /** Row {@code i} holds the Gram entries of member {@code i} with the members. */
  private double[][] compact = new double[16][16];

  private double[] weights = new double[16];
  private double[] gradient = new double[16];

  /**
   * A path not yet walked.
   *
   * @param slack breaches of the optimality conditions up to this are accepted
   * @param sweeps most sweeps a penalty
   * @param work most products of numbers; where they are spent, weights stay as they are
   */
  HostPathsDescent(Workers workers, Paths.Problem problem, double slack, int sweeps, double work) {
    this.workers = workers;
    this.work = work;
    this.problem = problem;
    this.slack = slack;
    this.sweeps = sweeps;
    this.size = problem.size();
    this.gram = problem.gram();
    this.residual = problem.products().clone();
    this.inside = new boolean[size];
    this.members = new int[size];
  }

  /**
   * The solutions, {@code (penalties, k) row-major}.
   *
   * @param strict gives up, with null, where the allowed sweeps do not suffice
   */
  double[] path(boolean strict) {
    for (int j = 0; j < size; j++) {
      if (problem.free()[j]) {
        join(j);
      }
    }
    // With the free columns alone nothing else is wanted above the largest residual product.
    descend(Double.POSITIVE_INFINITY, sweeps);
    refresh();
    return path(largestOutside(), strict);
  }

  /**
   * The solutions from one that is known, as of {@link #path(boolean)}; null where the allowed
   * sweeps do not suffice.
   *
   * @param start {@code (k)} weights
   * @param at the penalty that they belong to
   */
  double[] path(double[] start, double at) {
    for (int j = 0; j < size; j++) {
      if (problem.free()[j] || start[j] != 0) {
        join(j);
      }
    }
    for (int i = 0; i < count; i++) {
      weights[i] = start[members[i]];
    }
    refresh();
    return path(at, true);
  }

  private double[] path(double from, boolean strict) {
    double[] penalties = problem.penalties();
    double[] path = new double[Math.multiplyExact(penalties.length, size)];
    double at = from;
    for (int p = 0; p < penalties.length && (reached || !strict); p++) {
      // A cold start far down the path passes through many columns that the solution does without.
      while (STRIDE * at > penalties[p] && at > slack && (reached || !strict)) {
        solve(STRIDE * at, at);
        at *= STRIDE;
      }
      solve(penalties[p], Math.max(at, penalties[p]));
      at = Math.min(at, penalties[p]);
      for (int i = 0; i < count; i++) {
        path[p * size + members[i]] = weights[i];
      }
    }
    return reached || !strict ? path : null;
  }

  private double largestOutside() {
    double largest = 0;
    for (int j = 0; j < size; j++) {
      largest = inside[j] ? largest : Math.max(largest, Math.abs(residual[j]));
    }
    return largest;
  }

  /** Goes from the solution at one penalty to that at the next. */
  private void solve(double penalty, double previous) {
    joinAbove(Math.min(penalty, 2 * penalty - previous));
    int left = sweeps;
    do {
      left -= descend(penalty, left);
      refresh();
    } while (joinAbove(penalty + slack) && left > 0 && work > 0);
    reached &= left > 0 && work > 0;
  }

  /** Takes every column into the working set whose residual product exceeds the threshold. */
  private boolean joinAbove(double threshold) {
    int before = count;
    for (int j = 0; j < size; j++) {
      if (!inside[j] && Math.abs(residual[j]) > threshold) {
        join(j);
      }
    }
    return count > before;
  }

  private void join(int column) {
    inside[column] = true;
    if (gram[column * size + column] <= 0) {
      return; // A column of zeros changes nothing.
    }
    if (count == weights.length) {
      grow();
    }
    members[count] = column;
    count++;
    double[] row = compact[count - 1];
    for (int i = 0; i < count; i++) {
      double entry = gram[column * size + members[i]];
      row[i] = entry;
      compact[i][count - 1] = entry;
    }
    weights[count - 1] = 0;
    gradient[count - 1] = residual[column];
  }

  private void grow() {
    int capacity = Math.min(2 * weights.length, size);
    weights = Arrays.copyOf(weights, capacity);
    gradient = Arrays.copyOf(gradient, capacity);
    compact = Arrays.copyOf(compact, capacity);
    for (int i = 0; i < capacity; i++) {
      compact[i] = i < count ? Arrays.copyOf(compact[i], capacity) : new double[capacity];
    }
  }

  /** Sweeps over the working set until its conditions hold; returns the number of sweeps. */
  private int descend(double penalty, int most) {
    for (int sweep = 1; sweep <= most && work > 0; sweep++) {
      Work.check();
      work -= (double) count * count;
      for (int i = 0; i < count; i++) {
        double curvature = compact[i][i];
        double pull = gradient[i] + curvature * weights[i];
        double excess = Math.max(Math.abs(pull) - penaltyOf(i, penalty), 0);
        moveTo(i, excess * Math.signum(pull) / curvature);
      }
      if (violation(penalty) <= slack) {
        return sweep;
      }
    }
    return most;
  }

  /** Recomputes all residual products, so that rounding errors of the steps do not add up. */
  private void refresh() {
    if ((double) count * size < WORTH) {
      refresh(0, size);
    } else {
      workers.forBlocks(size, BLOCK, this::refresh);
    }
    for (int i = 0; i < count; i++) {
      gradient[i] = residual[members[i]];
    }
  }

  private void refresh(int from, int to) {
    System.arraycopy(problem.products(), from, residual, from, to - from);
    for (int i = 0; i < count; i++) {
      double weight = weights[i];
      if (weight != 0) {
        int base = members[i] * size;
        for (int j = from; j < to; j++) {
          residual[j] -= weight * gram[base + j];
        }
      }
    }
  }

  private double penaltyOf(int member, double penalty) {
    return problem.free()[members[member]] ? 0 : penalty;
  }

  private void moveTo(int member, double weight) {
    double step = weight - weights[member];
    if (step != 0) {
      weights[member] = weight;
      double[] row = compact[member];
      for (int j = 0; j < count; j++) {
        gradient[j] -= step * row[j];
      }
    }
  }

  /** The largest breach of the optimality conditions in the working set. */
  private double violation(double penalty) {
    double largest = 0;
    for (int i = 0; i < count; i++) {
      double limit = penaltyOf(i, penalty);
      double breach =
          weights[i] == 0
              ? Math.abs(gradient[i]) - limit
              : Math.abs(gradient[i] - limit * Math.signum(weights[i]));
      largest = Math.max(largest, breach);
    }
    return largest;
  }
}
