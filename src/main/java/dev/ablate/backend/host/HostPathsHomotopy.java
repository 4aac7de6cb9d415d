package dev.ablate.backend.host;

import dev.ablate.backend.Paths;
import dev.ablate.work.Work;
import java.util.Arrays;

/**
 * One lasso path by homotopy: between the penalties at which a column enters or leaves, the
 * solution is linear in the penalty, and an event costs a product of the Gram matrix and a vector.
 * This does not slow down where columns are nearly dependent, as descent does.
 *
 * <p>Exact ties can lead it astray; every solution is checked against the optimality conditions,
 * and {@link #path} gives up when one fails.
 *
 * <p>Source: Osborne, Presnell, Turlach, IMA J. Numer. Anal. 20 (2000); Efron, Hastie, Johnstone,
 * Tibshirani, Ann. Stat. 32 (2004).
 */
final class HostPathsHomotopy {
  /** A column whose rest, given the active ones, is smaller than this share of it is dependent. */
  private static final double DEPENDENT = 1e-9;

  /** Most events a column. */
  private static final int EVENTS = 8;

  private final Paths.Problem problem;
  private final int size;
  private final double[] gram;
  private final double slack;
  private final HostPathsInverse active;

  /** {@code b - Gw}. */
  private final double[] residual;

  /** {@code Gd} for the present direction d. */
  private final double[] slope;

  private final boolean[] inside;
  private final boolean[] dependent;
  private double penalty;
  private int events;
  private double work;

  /**
   * A path not yet walked.
   *
   * @param slack breaches of the optimality conditions up to this are accepted
   * @param work most products of numbers; where they are spent the path ends
   */
  HostPathsHomotopy(Paths.Problem problem, double slack, double work) {
    this.work = work;
    this.problem = problem;
    this.size = problem.size();
    this.gram = problem.gram();
    this.slack = slack;
    this.active = new HostPathsInverse(gram, size);
    this.residual = problem.products().clone();
    this.slope = new double[size];
    this.inside = new boolean[size];
    this.dependent = new boolean[size];
    this.events = EVENTS * size;
  }

  /**
   * The solutions, {@code (penalties, k) row-major}; null when they could not be found. Behind the
   * end of a path that took too much work they are the last one that was reached.
   */
  double[] path() {
    double[] penalties = problem.penalties();
    double[] path = new double[Math.multiplyExact(penalties.length, size)];
    for (int j = 0; j < size; j++) {
      if (problem.free()[j]) {
        enter(j, 0);
      }
    }
    settle();
    penalty = largestOutside();
    for (int p = 0; p < penalties.length; p++) {
      while (penalty > penalties[p] && work > 0 && events-- > 0) {
        advance(penalties[p]);
      }
      settle();
      if (events < 0 || !isOptimal(Math.max(penalty, penalties[p]))) {
        return null;
      }
      for (int i = 0; i < active.count(); i++) {
        path[p * size + active.column(i)] = active.weight(i);
      }
    }
    return path;
  }

  private double largestOutside() {
    double largest = 0;
    for (int j = 0; j < size; j++) {
      largest = inside[j] ? largest : Math.max(largest, Math.abs(residual[j]));
    }
    return largest;
  }

  private void enter(int column, int sign) {
    inside[column] = active.add(column, sign, DEPENDENT);
    dependent[column] = !inside[column];
  }

  /** Lowers the penalty to the next event, or to the target if that comes first. */
  private void advance(double target) {
    Work.check();
    // A product with the Gram matrix, and a solution and an update of the inverse.
    work -= (double) active.count() * (size + 3.0 * active.count());
    double[] direction = active.direction();
    Arrays.fill(slope, 0);
    addProducts(slope, direction, 1);
    double step = penalty - target;
    int leaving = -1;
    for (int i = 0; i < active.count(); i++) {
      int sign = active.sign(i);
      // A weight that would turn against its sign leaves where it is 0.
      if (sign * direction[i] < 0) {
        double reach = Math.max(0, sign * active.weight(i)) / Math.abs(direction[i]);
        if (reach < step) {
          step = reach;
          leaving = i;
        }
      }
    }
    int entering = -1;
    for (int j = 0; j < size; j++) {
      if (!inside[j] && !dependent[j]) {
        double reach = reach(residual[j], slope[j]);
        if (reach < step) {
          step = reach;
          entering = j;
        }
      }
    }
    active.move(step, direction);
    for (int j = 0; j < size; j++) {
      residual[j] -= step * slope[j];
    }
    penalty -= step;
    if (entering >= 0) {
      enter(entering, residual[entering] > 0 ? 1 : -1);
    } else if (leaving >= 0) {
      inside[active.column(leaving)] = false;
      active.remove(leaving);
      Arrays.fill(dependent, false);
    } else {
      penalty = target;
    }
  }

  /** How far the penalty falls until a column's residual product equals it. */
  private double reach(double product, double rate) {
    double reach = Double.POSITIVE_INFINITY;
    if (rate < 1) {
      reach = Math.max(0, penalty - product) / (1 - rate);
    }
    if (rate > -1) {
      reach = Math.min(reach, Math.max(0, penalty + product) / (1 + rate));
    }
    return reach;
  }

  /** Takes the rounding errors of the steps out of the weights and residual products. */
  private void settle() {
    System.arraycopy(problem.products(), 0, residual, 0, size);
    double[] weights = new double[active.count()];
    Arrays.setAll(weights, active::weight);
    addProducts(residual, weights, -1);
    double[] correction = active.solve(i -> residual[active.column(i)] - active.sign(i) * penalty);
    active.move(1, correction);
    addProducts(residual, correction, -1);
  }

  private boolean isOptimal(double at) {
    for (int j = 0; j < size; j++) {
      if (!inside[j] && !(Math.abs(residual[j]) <= at + slack)) {
        return false;
      }
    }
    for (int i = 0; i < active.count(); i++) {
      int sign = active.sign(i);
      int column = active.column(i);
      double breach = Math.abs(residual[column] - sign * at);
      // A column that has just entered has a weight of 0 to rounding, of either sign.
      double turned = -sign * active.weight(i) * gram[column * size + column];
      if (!(breach <= slack) || turned > slack) {
        return false;
      }
    }
    return true;
  }

  /** Adds a multiple of {@code Gd} for a vector d over the active columns. */
  private void addProducts(double[] to, double[] vector, double factor) {
    int count = active.count();
    int i = 0;
    // Four columns a pass: the sum is then read and written a quarter as often.
    for (; i + 4 <= count; i += 4) {
      int a = active.column(i) * size;
      int b = active.column(i + 1) * size;
      int c = active.column(i + 2) * size;
      int d = active.column(i + 3) * size;
      double fa = factor * vector[i];
      double fb = factor * vector[i + 1];
      double fc = factor * vector[i + 2];
      double fd = factor * vector[i + 3];
      for (int j = 0; j < size; j++) {
        to[j] += fa * gram[a + j] + fb * gram[b + j] + fc * gram[c + j] + fd * gram[d + j];
      }
    }
    for (; i < count; i++) {
      int a = active.column(i) * size;
      double fa = factor * vector[i];
      for (int j = 0; j < size; j++) {
        to[j] += fa * gram[a + j];
      }
    }
  }
}
