package dev.ablate.solve.surrogate;

/** Gauss-Legendre quadrature on [0, 1]. */
final class Legendre {
  private static final int STEPS = 100;

  private Legendre() {}

  /**
   * Nodes and weights, exact for polynomials of degree {@code 2 count - 1}.
   *
   * @return {@code (2, count)} nodes, then weights
   */
  static double[][] nodes(int count) {
    double[][] rule = new double[2][count];
    for (int k = 0; k < count; k++) {
      // Newton's method from the usual first guess.
      double x = Math.cos(Math.PI * (k + 0.75) / (count + 0.5));
      double slope = 1;
      for (int step = 0; step < STEPS; step++) {
        double before = 1;
        double value = x;
        for (int d = 2; d <= count; d++) {
          double next = ((2 * d - 1) * x * value - (d - 1) * before) / d;
          before = value;
          value = next;
        }
        slope = count * (x * value - before) / (x * x - 1);
        double moved = value / slope;
        x -= moved;
        if (Math.abs(moved) < 1e-15) {
          break;
        }
      }
      rule[0][k] = (1 + x) / 2;
      rule[1][k] = 1 / ((1 - x * x) * slope * slope);
    }
    return rule;
  }
}
