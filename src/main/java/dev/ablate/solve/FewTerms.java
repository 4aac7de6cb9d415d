package dev.ablate.solve;

/**
 * Whether values are those of few terms. The fourth moment over the square of the second is {@code
 * 3 - 2/m} for m parities of like size that have little to do with each other, 3 for noise and for
 * very many terms, and more where many rows hold little and few hold much.
 */
public final class FewTerms {
  /** What the ratio must fall short of noise's, in its standard deviations in noise. */
  private static final double CLEAR = 3;

  /** What it must be beyond noise's to speak for many terms. */
  private static final double MANY = 2;

  private FewTerms() {}

  /** Whether the first output of a problem, of mean 0, clearly is a sum of few terms. */
  public static boolean clear(Problem problem) {
    return beyondNoise(problem) < -CLEAR;
  }

  /** Whether a few terms and noise are likely to look otherwise. */
  public static boolean unlikely(Problem problem) {
    return beyondNoise(problem) > MANY;
  }

  /** The ratio less that of noise, in its standard deviations in noise. */
  private static double beyondNoise(Problem problem) {
    double squares = 0;
    double fourth = 0;
    int outputs = problem.outputs();
    double[] values = problem.values().hostDoubles();
    for (int r = 0; r < problem.rows(); r++) {
      double square = values[r * outputs] * values[r * outputs];
      squares += square;
      fourth += square * square;
    }
    double ratio = fourth * problem.rows() / (squares * squares);
    return (ratio - 3) / Math.sqrt(24 / problem.effectiveRows());
  }
}
