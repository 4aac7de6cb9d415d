package dev.ablate.solve.screen;

/** The upper tail of the normal distribution. */
public final class NormalTail {
  private static final double ROOT_2_PI = Math.sqrt(2 * Math.PI);
  private static final int TERMS = 200;
  private static final int STEPS = 60;

  private NormalTail() {}

  /**
   * The probability that a standard normal variable exceeds {@code z}, which is at least 1.
   *
   * <p>Source: Mills' ratio as the continued fraction of Laplace, {@code 1/(z + 1/(z + 2/(z + …))},
   * from its end; to 12 digits.
   */
  public static double probability(double z) {
    double fraction = z;
    for (int k = TERMS; k > 0; k--) {
      fraction = z + k / fraction;
    }
    return Math.exp(-z * z / 2) / ROOT_2_PI / fraction;
  }

  /**
   * What a standard normal variable exceeds with a probability from 1e-300 to 0.1.
   *
   * @throws IllegalArgumentException if the probability is out of that range
   */
  public static double quantile(double probability) {
    if (!(probability >= 1e-300 && probability <= 0.1)) {
      throw new IllegalArgumentException("no quantile of the tail " + probability);
    }
    double low = 1;
    double high = 38;
    double z = Math.sqrt(-2 * Math.log(probability));
    for (int step = 0; step < STEPS && high - low > 1e-13 * high; step++) {
      double tail = probability(z);
      low = tail > probability ? z : low;
      high = tail > probability ? high : z;
      // Newton on the logarithm, which is nearly a parabola; halving where it leaves the bracket.
      double slope = -Math.exp(-z * z / 2) / ROOT_2_PI / tail;
      double next = z - (Math.log(tail) - Math.log(probability)) / slope;
      z = next > low && next < high ? next : (low + high) / 2;
    }
    return z;
  }
}
