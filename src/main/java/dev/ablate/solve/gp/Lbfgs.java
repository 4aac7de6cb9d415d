package dev.ablate.solve.gp;

import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.Iterator;

/**
 * Limited-memory BFGS that asks for one value and gradient at a time, so that many problems can be
 * evaluated together.
 *
 * <p>Source: Nocedal, Updating quasi-Newton matrices with limited storage, Math. Comp. 35, 1980;
 * backtracking under Armijo's condition.
 */
final class Lbfgs {
  private static final int MEMORY = 10;
  private static final double ARMIJO = 1e-4;

  /** A longer first step or a farther one overshoots: parameters are logarithms. */
  private static final double LONGEST = 2;

  private static final double SHORTEST = 1e-10;

  private final int size;
  private final double flat;
  private final Deque<double[][]> pairs = new ArrayDeque<>();
  private double[] at;
  private double[] gradient;
  private double value = Double.POSITIVE_INFINITY;
  private double[] direction;
  private double slope;
  private double step;
  private double[] next;
  private boolean done;

  /** Starts at a point, which is the first to be evaluated. */
  Lbfgs(double[] start) {
    this(start, 0);
  }

  /**
   * The same with an end.
   *
   * @param flat a step that gains less is the last
   */
  Lbfgs(double[] start, double flat) {
    this.flat = flat;
    this.size = start.length;
    this.next = start.clone();
  }

  /**
   * A search from where this one is best, of a function that bends as this one does, but more.
   *
   * @param more how many times as much
   */
  Lbfgs onward(double more) {
    Lbfgs onward = new Lbfgs(best(), flat);
    for (double[][] pair : pairs) {
      double[] change = pair[1].clone();
      Arrays.setAll(change, i -> more * pair[1][i]);
      onward.pairs.addLast(new double[][] {pair[0], change, {more * pair[2][0]}});
    }
    return onward;
  }

  /** A search from another point, of a function that bends as this one does. */
  Lbfgs from(double[] start) {
    Lbfgs other = new Lbfgs(start, flat);
    other.pairs.addAll(pairs);
    return other;
  }

  /** Where to evaluate next; the best point when {@link #done}. */
  double[] point() {
    return next.clone();
  }

  /** Whether no step is left that lowers the value. */
  boolean done() {
    return done;
  }

  /** The best point so far; the start as long as no finite value was told. */
  double[] best() {
    return at == null ? next.clone() : at.clone();
  }

  /** The lowest value so far. */
  double value() {
    return value;
  }

  /** Tells the value to be minimised and its gradient at {@link #point}. */
  void tell(double found, double[] slopes) {
    if (done) {
      return;
    }
    boolean finite = Double.isFinite(found);
    if (at == null) {
      if (!finite) {
        done = true;
        return;
      }
      accept(found, slopes);
    } else if (finite && found <= value + ARMIJO * step * slope) {
      boolean ends = value - found < flat;
      remember(slopes);
      accept(found, slopes);
      if (ends) {
        done = true;
        next = at;
      }
    } else {
      shorten(finite ? found : Double.NaN);
    }
  }

  private void accept(double found, double[] slopes) {
    at = next;
    value = found;
    gradient = slopes.clone();
    direction = descent();
    slope = dot(gradient, direction);
    double longest = 0;
    for (double d : direction) {
      longest = Math.max(longest, Math.abs(d));
    }
    if (!(slope < 0) || longest < SHORTEST) {
      done = true;
      next = at;
      return;
    }
    step = Math.min(1, LONGEST / longest);
    if (pairs.isEmpty()) {
      step = Math.min(step, 0.5 / longest);
    }
    advance();
  }

  /** A shorter step: the minimum of the parabola through what is known, or a fifth of the step. */
  private void shorten(double found) {
    double shorter = 0.2 * step;
    if (!Double.isNaN(found)) {
      double parabola = -0.5 * slope * step * step / (found - value - slope * step);
      shorter = Math.min(0.5 * step, Math.max(0.1 * step, parabola));
    }
    step = shorter;
    if (step < SHORTEST) {
      done = true;
      next = at;
      return;
    }
    advance();
  }

  private void advance() {
    next = new double[size];
    for (int i = 0; i < size; i++) {
      next[i] = at[i] + step * direction[i];
    }
  }

  private void remember(double[] slopes) {
    double[] moved = new double[size];
    double[] change = new double[size];
    for (int i = 0; i < size; i++) {
      moved[i] = next[i] - at[i];
      change[i] = slopes[i] - gradient[i];
    }
    double curvature = dot(moved, change);
    if (curvature > 1e-10 * dot(change, change)) {
      pairs.addFirst(new double[][] {moved, change, {curvature}});
      if (pairs.size() > MEMORY) {
        pairs.removeLast();
      }
    }
  }

  /** Minus the inverse Hessian's estimate times the gradient: the two-loop recursion. */
  private double[] descent() {
    double[] q = new double[size];
    for (int i = 0; i < size; i++) {
      q[i] = -gradient[i];
    }
    if (pairs.isEmpty()) {
      return q;
    }
    double[] factors = new double[pairs.size()];
    int k = 0;
    for (double[][] pair : pairs) {
      factors[k] = dot(pair[0], q) / pair[2][0];
      add(q, -factors[k], pair[1]);
      k++;
    }
    double[][] newest = pairs.peekFirst();
    double scale = newest[2][0] / dot(newest[1], newest[1]);
    for (int i = 0; i < size; i++) {
      q[i] *= scale;
    }
    Iterator<double[][]> oldestFirst = pairs.descendingIterator();
    while (oldestFirst.hasNext()) {
      double[][] pair = oldestFirst.next();
      k--;
      add(q, factors[k] - dot(pair[1], q) / pair[2][0], pair[0]);
    }
    return q;
  }

  private static void add(double[] to, double factor, double[] from) {
    for (int i = 0; i < to.length; i++) {
      to[i] += factor * from[i];
    }
  }

  private static double dot(double[] a, double[] b) {
    double sum = 0;
    for (int i = 0; i < a.length; i++) {
      sum += a[i] * b[i];
    }
    return sum;
  }
}
