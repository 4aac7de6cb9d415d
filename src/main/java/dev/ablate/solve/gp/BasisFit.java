package dev.ablate.solve.gp;

import dev.ablate.backend.GaussianProcess.Prior;
import dev.ablate.solve.Problem;
import dev.ablate.spectrum.Spectrum;

/**
 * What a basis makes of many rows of one output.
 *
 * @param spectrum all posterior means, with the offset: the fitted function
 * @param found the largest of them
 */
record BasisFit(Spectrum spectrum, ReadOff found) {
  /** Share of the first residual that means may be off by. */
  private static final double TOLERANCE = 1e-5;

  /** Sets whose variance is computed where sizes of masks are not those of uniform ones. */
  private static final int COMPUTED = 8;

  /** Posterior variances need not be exact. */
  private static final double ROUGHLY = 1e-2;

  /**
   * Fits an output.
   *
   * @param rows rows of mean 0
   * @param prior a stationary one
   * @param sets how many sets at most
   * @param mean what was taken off the rows
   */
  static BasisFit of(
      Problem rows, int output, Prior prior, int sets, double mean, boolean withErrors) {
    try (Basis basis = Basis.of(rows, output, prior, sets)) {
      double[] means = basis.means(TOLERANCE);
      Precision precision =
          Precision.of(rows.repeats(), basis.sets(), basis.variances(), basis.noise());
      Forms forms = withErrors ? forms(rows, basis, precision) : null;
      ReadOff found =
          ReadOff.largest(
              basis.sets(),
              basis.variances(),
              means,
              logLikelihood(rows, basis, means, precision),
              forms,
              null);
      double[] coefficients = means.clone();
      coefficients[0] += mean;
      return new BasisFit(new Spectrum(rows.features(), basis.sets(), coefficients), found);
    }
  }

  private static double logLikelihood(
      Problem rows, Basis basis, double[] means, Precision precision) {
    if (rows.weights() != null) {
      return Double.NaN;
    }
    double form = basis.form(means) / basis.noise();
    return -0.5 * (form + precision.logDeterminant() + rows.rows() * Math.log(2 * Math.PI));
  }

  private static Forms forms(Problem rows, Basis basis, Precision precision) {
    if (rows.weights() == null) {
      return new Forms(precision.mean(basis.sets()), 1);
    }
    int others = basis.sets().size() - 1;
    int count = Math.min(COMPUTED, others);
    double mean = count == 0 ? precision.even() : 0;
    for (int k = 0; k < count; k++) {
      int set = 1 + (int) ((long) k * others / count);
      double variance = Math.max(Double.MIN_NORMAL, basis.posteriorVariance(set, ROUGHLY));
      mean += Math.max(0, 1 / variance - 1 / basis.variances()[set]) / count;
    }
    return new Forms(mean, 1);
  }
}
