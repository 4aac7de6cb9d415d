package dev.ablate.backend.host;

/**
 * The exponential function of many numbers at once: a loop without branches or calls, which the
 * compiler turns into vector instructions. One call of {@link Math#exp} a number would take a third
 * of a fit.
 */
final class HostExponentials {
  /** Halvings of the exponent, and squarings of the result. */
  private static final int HALVINGS = 12;

  private static final double SMALLEST = -700;

  private HostExponentials() {}

  /**
   * Replaces numbers by their exponentials, right to about 2e-12 of each.
   *
   * @param x at most 0; below -700 they count as -700
   */
  static void of(double[] x, int count) {
    for (int i = 0; i < count; i++) {
      double y = Math.max(x[i], SMALLEST) / (1 << HALVINGS);
      // The series to the tenth power: at 700 / 4096 what is left out is below 1e-16.
      double e = 1 + y * (1.0 / 10);
      e = 1 + y * (1.0 / 9) * e;
      e = 1 + y * (1.0 / 8) * e;
      e = 1 + y * (1.0 / 7) * e;
      e = 1 + y * (1.0 / 6) * e;
      e = 1 + y * (1.0 / 5) * e;
      e = 1 + y * (1.0 / 4) * e;
      e = 1 + y * (1.0 / 3) * e;
      e = 1 + y * (1.0 / 2) * e;
      e = 1 + y * e;
      e *= e;
      e *= e;
      e *= e;
      e *= e;
      e *= e;
      e *= e;
      e *= e;
      e *= e;
      e *= e;
      e *= e;
      e *= e;
      e *= e;
      x[i] = e;
    }
  }
}
