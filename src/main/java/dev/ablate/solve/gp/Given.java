package dev.ablate.solve.gp;

import dev.ablate.backend.GaussianProcess.Posterior;
import dev.ablate.backend.GaussianProcess.Prior;
import dev.ablate.mask.Masks;
import dev.ablate.solve.Problem;
import dev.ablate.solve.surrogate.ProcessSurrogate;

/**
 * A process given rows. Where a covariance has no factor to rounding its noise is raised.
 *
 * @param rows the rows, of mean 0
 * @param prior the prior that was used
 * @param posterior the process given them
 */
record Given(Problem rows, Prior prior, Posterior posterior) implements AutoCloseable {
  private static final double RAISE = 10;
  private static final int TRIES = 8;

  static Given of(Problem rows, int output, Prior asked) {
    Prior prior = asked;
    for (int tries = 1; ; tries++) {
      try {
        Posterior posterior =
            rows.backend()
                .gaussianProcess()
                .posterior(
                    rows.masks().buffer(),
                    rows.rows(),
                    rows.features(),
                    rows.values().buffer(),
                    rows.outputs(),
                    output,
                    prior);
        return new Given(rows, prior, posterior);
      } catch (ArithmeticException e) {
        if (tries == TRIES) {
          throw e;
        }
        prior = new Prior(prior.decays(), prior.scale(), RAISE * prior.noise(), prior.shape());
      }
    }
  }

  /** The mean as a function, with an offset. */
  ProcessSurrogate surrogate(double mean) {
    Masks masks = new Masks(rows.masks().buffer().toHost(), rows.rows(), rows.features());
    return new ProcessSurrogate(prior, masks, posterior.weights().toHost().doubles().clone(), mean);
  }

  @Override
  public void close() {
    posterior.close();
  }
}
