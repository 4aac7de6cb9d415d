package dev.ablate.solve.gp;

import dev.ablate.backend.Backend;
import dev.ablate.backend.GaussianProcess.Posterior;
import dev.ablate.backend.GaussianProcess.Prior;
import dev.ablate.backend.GaussianProcess.Shape;
import dev.ablate.backend.Sets;
import dev.ablate.solve.Problem;
import dev.ablate.solve.surrogate.LargestVariances;
import dev.ablate.solve.surrogate.ProcessSurrogate;
import dev.ablate.spectrum.Magnitudes;
import dev.ablate.spectrum.Spectrum;
import java.util.Arrays;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;

/**
 * The spectrum of a process given rows: exact means of the coefficients that vary most under the
 * prior, the largest of them kept.
 *
 * @param sets the empty one, then by falling magnitude of their mean
 * @param means posterior means
 * @param standardErrors posterior standard deviations, or empty
 * @param logLikelihood of all rows under the prior
 * @param process the posterior mean itself
 */
record ReadOff(
    Sets sets,
    double[] means,
    double[] standardErrors,
    double logLikelihood,
    ProcessSurrogate process) {
  /** Sets whose coefficients are computed. */
  static final int SETS = 20_000;

  /** Most that are kept. */
  static final int MOST_TERMS = 4_000;

  /** Sets whose variance is computed exactly, to know that of all. */
  private static final int FORMS = 64;

  private static final double EVERY = -1;

  /** Standard deviations of a mean under the prior. */
  private static final double OUTLIER = 3;

  /**
   * Reads one output off, with standard errors.
   *
   * @param rows rows of which each output has the mean 0
   */
  static ReadOff withErrors(Problem rows, int output, Prior prior) {
    return of(rows, output, prior, true);
  }

  /** Reads one output off; standard errors are left out, which would take another posterior. */
  static ReadOff of(Problem rows, int output, Prior prior) {
    return of(rows, output, prior, false);
  }

  private static ReadOff of(Problem rows, int output, Prior prior, boolean withErrors) {
    Backend backend = rows.backend();
    // Listing sets takes about as long as a device takes for the posterior: one hides the other.
    CompletableFuture<Sets> listed =
        CompletableFuture.supplyAsync(() -> LargestVariances.of(prior, SETS));
    try (Given given = Given.of(rows, output, prior)) {
      Sets sets = listed.join();
      Prior used = given.prior();
      double[] variances = used.variances(sets);
      double[] means = means(rows, given, sets, variances);
      double[] magnitudes = means.clone();
      // The empty set comes first, whatever its mean.
      magnitudes[0] = Double.MAX_VALUE;
      int[] largest = Magnitudes.falling(magnitudes, MOST_TERMS);
      Sets kept = sets.select(largest);
      double[] before = Arrays.stream(largest).mapToDouble(s -> variances[s]).toArray();
      double[] after = Arrays.stream(largest).mapToDouble(s -> means[s]).toArray();
      double[] errors =
          withErrors ? errors(rows, output, given, kept, before, after) : new double[0];
      return new ReadOff(
          kept, after, errors, given.posterior().logLikelihood(), given.surrogate(0));
    }
  }

  /** Posterior means of coefficients. */
  private static double[] means(Problem rows, Given given, Sets sets, double[] variances) {
    if (!given.prior().shape().isStationary()) {
      return given.surrogate(0).coefficients(sets, rows.backend());
    }
    double[] sums =
        rows.backend()
            .parityRegression()
            .hits(
                sets,
                rows.masks().buffer(),
                rows.rows(),
                rows.features(),
                given.posterior().weights(),
                EVERY)
            .coefficients();
    double[] means = new double[sums.length];
    Arrays.setAll(means, s -> variances[s] * rows.rows() * sums[s]);
    return means;
  }

  /** Those of the prior without what sizes do to it, under which coefficients are independent. */
  private static double[] errors(
      Problem rows, int output, Given given, Sets sets, double[] variances, double[] means) {
    Shape shape = given.prior().shape();
    if (shape.isStationary()) {
      return errors(given.posterior(), sets, variances, means);
    }
    Prior used = given.prior();
    Shape without = new Shape(shape.rough(), shape.stretch(), 0, 0);
    Prior plain = new Prior(used.decays(), used.scale(), used.noise(), without);
    try (Given alike = Given.of(rows, output, plain)) {
      return errors(alike.posterior(), sets, variances, means);
    }
  }

  /**
   * Posterior standard deviations. The exact variance of a coefficient with prior variance v is
   * {@code v - v^2 q = v / (1 + v g)}, where {@code g = q / (1 - v q)} is the form of the inverse
   * covariance without the coefficient's own share. That matrix knows nothing of the set, so for
   * random masks g hardly differs between sets: it is computed for some and its mean serves all.
   *
   * <p>A mean far beyond what the prior allows is an outlier, and shrunk too much: there the
   * distance to the estimate without shrinkage, {@code mean (1 + v g) / (v g)}, is added.
   */
  private static double[] errors(
      Posterior posterior, Sets sets, double[] variances, double[] means) {
    // The empty set is left out: its prior variance is so large that its form says only that.
    int first = Math.min(1, sets.size() - 1);
    int count = Math.min(FORMS, sets.size() - first);
    int[] some =
        IntStream.range(0, count).map(k -> first + k * (sets.size() - first) / count).toArray();
    double[] forms = posterior.forms(sets.select(some));
    double mean = 0;
    for (int k = 0; k < count; k++) {
      double left = Math.max(1e-12, 1 - variances[some[k]] * forms[k]);
      mean += forms[k] / left / count;
    }
    double[] errors = new double[variances.length];
    for (int s = 0; s < errors.length; s++) {
      double gain = variances[s] * mean;
      errors[s] = Math.sqrt(variances[s] / (1 + gain));
      if (Math.abs(means[s]) > OUTLIER * Math.sqrt(variances[s] * gain / (1 + gain))) {
        errors[s] = Math.hypot(errors[s], means[s] / gain);
      }
    }
    return errors;
  }

  /** Number of sets. */
  int size() {
    return means.length;
  }

  /** The first {@code count} terms, at least one, plus an offset; none that is 0. */
  Spectrum spectrum(int features, int count, double offset) {
    int[] first = IntStream.range(0, Math.min(count, size())).toArray();
    double[] coefficients = Arrays.copyOf(means, first.length);
    coefficients[0] += offset;
    return new Spectrum(features, sets.select(first), coefficients).above(0);
  }
}
