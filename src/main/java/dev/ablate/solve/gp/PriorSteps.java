package dev.ablate.solve.gp;

import dev.ablate.backend.GaussianProcess.Prior;
import dev.ablate.backend.Sets;
import dev.ablate.solve.Gain;
import dev.ablate.solve.Problem;
import dev.ablate.spectrum.Link;
import dev.ablate.spectrum.Spectrum;
import dev.ablate.work.Work;
import java.util.Arrays;

/**
 * A prior of many rows by expectation maximisation in a basis. Evidence of blocks tells decays of
 * hundreds of features by some hundred rows; the second moments of coefficients that all rows
 * fitted tell them by all. Held-out rows say when to stop.
 */
final class PriorSteps {
  /** Sets whose moments are looked at: those of small variance say little of the prior. */
  private static final int SETS = 8_000;

  private static final int MOST_STEPS = 12;

  /** A step that takes less of the held-out squares away is the last. */
  private static final double FLAT = 0.005;

  /** Means that choose a prior need not be exact. */
  private static final double TOLERANCE = 1e-3;

  /** Noise is never less than this share of a value's variance. */
  private static final double LEAST_NOISE = 1e-8;

  /** What a step takes of all work that is left, for whoever is told how far it is. */
  private static final double STEP = 0.25;

  private PriorSteps() {}

  /**
   * The best of the priors on the way; the one it starts at where no step is better.
   *
   * @param rows rows of mean 0
   * @param held rows that choose
   * @param mean what was taken off the rows
   * @param start a stationary prior
   */
  static Prior of(Problem rows, int output, Problem held, double mean, Prior start) {
    int sets = Math.min(SETS, BasisSize.of(rows.rows(), rows.backend()).sets());
    Prior best = start;
    Prior next = start;
    double least = Double.POSITIVE_INFINITY;
    for (int step = 0; step <= MOST_STEPS; step++) {
      try (Basis basis = Basis.of(rows, output, next, sets)) {
        // How many more steps follow is seen on the way.
        double[] means = Work.part(null, STEP, () -> basis.means(TOLERANCE));
        double lost = lost(basis.sets(), means, held, output, mean);
        boolean done = !(lost < (1 - FLAT) * least) || step == MOST_STEPS;
        best = lost < least ? next : best;
        least = Math.min(least, lost);
        if (done) {
          break;
        }
        next = onward(rows, basis, means, next);
      }
    }
    return best;
  }

  private static double lost(Sets sets, double[] means, Problem held, int output, double mean) {
    double[] coefficients = means.clone();
    coefficients[0] += mean;
    Spectrum fitted = new Spectrum(held.features(), sets, coefficients);
    return Gain.squares(held.left(fitted, Link.IDENTITY, output));
  }

  private static Prior onward(Problem rows, Basis basis, double[] means, Prior prior) {
    Sets sets = basis.sets();
    double[] variances = basis.variances();
    Precision precision = Precision.of(rows.repeats(), sets, variances, basis.noise());
    double[] moments = new double[means.length];
    Arrays.setAll(moments, s -> means[s] * means[s] + precision.variance(sets, s, variances[s]));
    // What is left in the mean: of the values themselves, and of what the means may be off.
    double noise = (basis.left(means) + basis.noise() * precision.taken()) / rows.rows();
    Prior moved = new SecondMoments(rows.features(), sets, moments).likeliest(prior);
    double all = moved.scale() * (1 + moved.shape().rough());
    double rest = Basis.rest(moved, moved.variances(sets));
    double own = Math.max(LEAST_NOISE * all, noise - rest);
    return new Prior(moved.decays(), moved.scale(), own, moved.shape());
  }
}
