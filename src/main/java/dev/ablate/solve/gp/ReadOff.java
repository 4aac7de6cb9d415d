package dev.ablate.solve.gp;

import dev.ablate.backend.Backend;
import dev.ablate.backend.GaussianProcess.Prior;
import dev.ablate.backend.GaussianProcess.Shape;
import dev.ablate.backend.Sets;
import dev.ablate.solve.Problem;
import dev.ablate.solve.surrogate.LargestVariances;
import dev.ablate.solve.surrogate.ProcessSurrogate;
import dev.ablate.spectrum.Magnitudes;
import dev.ablate.spectrum.Spectrum;
import dev.ablate.work.Work;
import java.util.Arrays;
import java.util.function.Supplier;
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

  private static final double EVERY = -1;

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
    Supplier<Sets> listed = Work.beside(() -> LargestVariances.of(prior, SETS));
    try (Given given = Given.of(rows, output, prior)) {
      Sets sets = listed.get();
      Prior used = given.prior();
      double[] variances = used.variances(sets);
      double[] means = means(rows, given, sets, variances);
      ReadOff found =
          largest(
              sets,
              variances,
              means,
              MOST_TERMS,
              given.posterior().logLikelihood(),
              null,
              given.surrogate(0));
      return withErrors ? found.withErrors(rows, output, given) : found;
    }
  }

  /**
   * The largest of some posterior means.
   *
   * @param sets the empty one first
   * @param variances of each under the prior
   * @param means of each
   * @param most how many are kept
   * @param logLikelihood of all rows
   * @param forms what gives standard errors, or null without
   * @param process the posterior mean itself, or null
   */
  static ReadOff largest(
      Sets sets,
      double[] variances,
      double[] means,
      int most,
      double logLikelihood,
      Forms forms,
      ProcessSurrogate process) {
    double[] magnitudes = means.clone();
    // The empty set comes first, whatever its mean.
    magnitudes[0] = Double.MAX_VALUE;
    int[] largest = Magnitudes.falling(magnitudes, most);
    double[] after = Arrays.stream(largest).mapToDouble(s -> means[s]).toArray();
    double[] errors = new double[forms == null ? 0 : largest.length];
    Arrays.setAll(errors, k -> forms.error(variances[largest[k]], after[k]));
    return new ReadOff(sets.select(largest), after, errors, logLikelihood, process);
  }

  /** The same with standard errors. */
  private ReadOff withErrors(Problem rows, int output, Given given) {
    double[] variances = given.prior().variances(sets);
    Forms forms = forms(rows, output, given, variances);
    double[] errors = new double[means.length];
    Arrays.setAll(errors, k -> forms.error(variances[k], means[k]));
    return new ReadOff(sets, means, errors, logLikelihood, process);
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
  private Forms forms(Problem rows, int output, Given given, double[] variances) {
    Shape shape = given.prior().shape();
    if (shape.isStationary()) {
      return Forms.of(given.posterior(), sets, variances);
    }
    Prior used = given.prior();
    Shape without = new Shape(shape.rough(), shape.stretch(), 0, 0);
    Prior plain = new Prior(used.decays(), used.scale(), used.noise(), without);
    try (Given alike = Given.of(rows, output, plain)) {
      return Forms.of(alike.posterior(), sets, variances);
    }
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

  /** Standard errors of the terms of a spectrum of the first {@code count}. */
  double[] standardErrorsOf(Spectrum spectrum, int count) {
    double[] errors = new double[spectrum.size()];
    for (int s = 0; s < count; s++) {
      int at = spectrum.indexOf(sets.get(s));
      if (at >= 0) {
        errors[at] = standardErrors[s];
      }
    }
    return errors;
  }
}
