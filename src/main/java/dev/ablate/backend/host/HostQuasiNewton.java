package dev.ablate.backend.host;

/**
 * Limited-memory BFGS that starts every step from a curvature that many problems share. Its memory
 * is used again by the next problem; one thread at a time.
 *
 * <p>Source: Nocedal, Updating quasi-Newton matrices with limited storage, Math. Comp. 35, 1980;
 * backtracking under Armijo's condition.
 */
final class HostQuasiNewton {
  private static final int MEMORY = 6;
  private static final double ARMIJO = 1e-4;

  /** Near the minimum a loss gains less than its own rounding. */
  private static final double ROUNDING = 1e-13;

  private static final double SHORTEST = 1e-10;

  private final int size;
  private final double[] line;
  private final double[][] moves;
  private final double[][] changes;

  /** What the changes of gradients change of plain steps. */
  private final double[][] stepChanges;

  private final double[] bends = new double[MEMORY];
  private final double[] factors = new double[MEMORY];
  private int pairs;
  private int newest;

  private double[] gradient;
  private double[] nextGradient;

  /** Steps by the shared curvature alone. */
  private double[] plain;

  private double[] nextPlain;
  private final double[] direction;
  private final double[] rest;
  private final double[] next;
  private int evaluations;

  /** For weights of {@code size} numbers in rows of {@code width}. */
  HostQuasiNewton(int size, int width) {
    this.size = size;
    this.line = new double[width];
    this.moves = new double[MEMORY][size];
    this.changes = new double[MEMORY][size];
    this.stepChanges = new double[MEMORY][size];
    this.gradient = new double[size];
    this.nextGradient = new double[size];
    this.plain = new double[size];
    this.nextPlain = new double[size];
    this.direction = new double[size];
    this.rest = new double[size];
    this.next = new double[size];
  }

  /**
   * Walks downhill.
   *
   * @param weights where to start; replaced by the best point
   * @param tolerance ends where the gradient, measured by the inverse curvature, is no longer: the
   *     loss can then sink by about half the square
   * @param most evaluations of the loss
   * @return whether it came to such a point
   */
  boolean minimise(
      HostLogisticLoss loss,
      HostSharedCurvature curvature,
      double[] weights,
      double tolerance,
      int most) {
    pairs = 0;
    double value = loss.at(weights, gradient);
    evaluations = 1;
    curvature.step(gradient, plain, line);
    while (true) {
      double slope = direct();
      // The shared curvature may be too steep for a problem, what it has shown so far too flat.
      if (-Math.min(slope, dot(gradient, plain)) <= tolerance * tolerance) {
        return true;
      }
      double found = search(loss, weights, value, slope, most);
      if (Double.isNaN(found)) {
        return false;
      }
      value = found;
      curvature.step(nextGradient, nextPlain, line);
      remember(weights);
      System.arraycopy(next, 0, weights, 0, size);
      double[] spare = gradient;
      gradient = nextGradient;
      nextGradient = spare;
      spare = plain;
      plain = nextPlain;
      nextPlain = spare;
    }
  }

  /** Evaluations of the loss that the last search took. */
  int evaluations() {
    return evaluations;
  }

  /** The value at the next point downhill, or NaN if there is none within the evaluations left. */
  private double search(
      HostLogisticLoss loss, double[] weights, double value, double slope, int most) {
    double step = 1;
    while (evaluations < most && step > SHORTEST) {
      for (int i = 0; i < size; i++) {
        next[i] = weights[i] + step * direction[i];
      }
      double found = loss.at(next, nextGradient);
      evaluations++;
      if (found <= value + ARMIJO * step * slope + ROUNDING * Math.abs(value)) {
        return found;
      }
      double parabola = -0.5 * slope * step * step / (found - value - slope * step);
      step = Math.min(0.5 * step, parabola > 0.1 * step ? parabola : 0.1 * step);
    }
    return Double.NaN;
  }

  /** Chooses the direction by the two-loop recursion and gives the slope along it. */
  private double direct() {
    System.arraycopy(gradient, 0, rest, 0, size);
    System.arraycopy(plain, 0, direction, 0, size);
    for (int back = 0; back < pairs; back++) {
      int i = Math.floorMod(newest - back, MEMORY);
      factors[i] = dot(moves[i], rest) / bends[i];
      add(rest, -factors[i], changes[i]);
      // Plain steps are linear in gradients: no curvature is applied twice.
      add(direction, -factors[i], stepChanges[i]);
    }
    if (pairs > 0) {
      double scale = -bends[newest] / dot(changes[newest], stepChanges[newest]);
      for (int i = 0; i < size; i++) {
        direction[i] *= scale;
      }
    }
    for (int back = pairs - 1; back >= 0; back--) {
      int i = Math.floorMod(newest - back, MEMORY);
      add(direction, -factors[i] - dot(changes[i], direction) / bends[i], moves[i]);
    }
    double slope = dot(gradient, direction);
    if (slope < 0) {
      return slope;
    }
    pairs = 0;
    System.arraycopy(plain, 0, direction, 0, size);
    return dot(gradient, plain);
  }

  private void remember(double[] weights) {
    int at = (newest + 1) % MEMORY;
    for (int i = 0; i < size; i++) {
      moves[at][i] = next[i] - weights[i];
      changes[at][i] = nextGradient[i] - gradient[i];
      stepChanges[at][i] = nextPlain[i] - plain[i];
    }
    bends[at] = dot(moves[at], changes[at]);
    if (bends[at] > 0) {
      newest = at;
      pairs = Math.min(MEMORY, pairs + 1);
    } else {
      // The place may have held the oldest pair.
      pairs = Math.min(MEMORY - 1, pairs);
    }
  }

  private static void add(double[] to, double factor, double[] from) {
    for (int i = 0; i < to.length; i++) {
      to[i] += factor * from[i];
    }
  }

  /** Four sums, so that no addition waits for the one before. */
  private static double dot(double[] a, double[] b) {
    double s0 = 0;
    double s1 = 0;
    double s2 = 0;
    double s3 = 0;
    int i = 0;
    for (; i + 4 <= a.length; i += 4) {
      s0 += a[i] * b[i];
      s1 += a[i + 1] * b[i + 1];
      s2 += a[i + 2] * b[i + 2];
      s3 += a[i + 3] * b[i + 3];
    }
    for (; i < a.length; i++) {
      s0 += a[i] * b[i];
    }
    return s0 + s1 + (s2 + s3);
  }
}
