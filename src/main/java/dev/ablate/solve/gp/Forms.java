package dev.ablate.solve.gp;

import dev.ablate.backend.GaussianProcess.Posterior;
import dev.ablate.backend.Sets;
import java.util.stream.IntStream;

/**
 * What posterior standard deviations of coefficients follow from. The exact variance of a
 * coefficient with prior variance v is {@code v - v^2 q = v / (1 + v g)}, where {@code g = q / (1 -
 * v q)} is the form of the inverse covariance without the coefficient's own share. That matrix
 * knows nothing of the set, so for random masks g hardly differs between sets: it is computed for
 * some and its mean serves all.
 *
 * @param mean the mean of g
 * @param scale by which all variances of the prior are multiplied, that of the noise too
 */
record Forms(double mean, double scale) {
  /** Sets whose variance is computed exactly, to know that of all. */
  private static final int COMPUTED = 64;

  /** Standard deviations of a mean under the prior. */
  private static final double OUTLIER = 3;

  /**
   * The forms of a posterior.
   *
   * @param sets the empty one, then others
   * @param variances their prior variances
   */
  static Forms of(Posterior posterior, Sets sets, double[] variances) {
    // The empty set is left out: its prior variance is so large that its form says only that.
    int first = Math.min(1, sets.size() - 1);
    int count = Math.min(COMPUTED, sets.size() - first);
    int[] some =
        IntStream.range(0, count).map(k -> first + k * (sets.size() - first) / count).toArray();
    double[] forms = posterior.forms(sets.select(some));
    double mean = 0;
    for (int k = 0; k < count; k++) {
      double left = Math.max(1e-12, 1 - variances[some[k]] * forms[k]);
      mean += forms[k] / left / count;
    }
    return new Forms(mean, 1);
  }

  /** The same where all variances are multiplied. */
  Forms scaled(double factor) {
    return new Forms(mean, scale * factor);
  }

  /**
   * The posterior standard deviation of a coefficient.
   *
   * <p>A mean far beyond what the prior allows is an outlier, and shrunk too much: there the
   * distance to the estimate without shrinkage, {@code mean (1 + v g) / (v g)}, is added.
   *
   * @param variance of the coefficient under the prior, before the scale
   * @param coefficient its posterior mean
   */
  double error(double variance, double coefficient) {
    double gain = variance * mean;
    double error = Math.sqrt(scale * variance / (1 + gain));
    double allowed = OUTLIER * Math.sqrt(scale * variance * gain / (1 + gain));
    return Math.abs(coefficient) > allowed ? Math.hypot(error, coefficient / gain) : error;
  }
}
