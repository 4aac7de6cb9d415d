package dev.ablate.solve.gp;

import dev.ablate.backend.GaussianProcess.Prior;
import dev.ablate.solve.Problem;
import dev.ablate.spectrum.Spectrum;
import dev.ablate.work.Work;

/**
 * What a basis makes of many rows of one output.
 *
 * @param spectrum all posterior means, with the offset: the fitted function
 * @param found the largest of them
 */
record BasisFit(Spectrum spectrum, ReadOff found) {
  /** Share of the first residual that means may be off by. */
  private static final double TOLERANCE = 1e-5;

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
      double[] means = Work.part(null, 0.8, () -> basis.means(TOLERANCE));
      Precision precision =
          Precision.of(rows.repeats(), basis.sets(), basis.variances(), basis.noise());
      Forms forms = withErrors ? new Forms(precision.mean(basis.sets()), 1) : null;
      ReadOff found =
          ReadOff.largest(
              basis.sets(),
              basis.variances(),
              means,
              ReadOff.MOST_TERMS,
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
    double form = basis.form(means) / basis.noise();
    return -0.5 * (form + precision.logDeterminant() + rows.rows() * Math.log(2 * Math.PI));
  }
}
