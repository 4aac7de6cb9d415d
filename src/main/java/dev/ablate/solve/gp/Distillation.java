package dev.ablate.solve.gp;

import dev.ablate.backend.Backend;
import dev.ablate.game.Values;
import dev.ablate.mask.Design;
import dev.ablate.mask.MaskSampling;
import dev.ablate.mask.Masks;
import dev.ablate.mask.PairedMasks;
import dev.ablate.solve.Problem;
import dev.ablate.solve.Refit;
import dev.ablate.solve.Samples;
import dev.ablate.solve.surrogate.LinkedSurrogate.Distiller;
import dev.ablate.solve.surrogate.Surrogate;

/**
 * A process without a link, fitted to what one with a link says of many masks that nobody
 * evaluated. The functions of parts of the rows are fitted at the same masks under the first one's
 * prior, so that what the stand-in misses is the same in all of them.
 */
final class Distillation implements Distiller {
  /** Another stream of masks than those that were evaluated. */
  private static final long SEED = 0x64697374L;

  /** So many times n log2 n masks. */
  private static final double MASKS = 16;

  private static final int MOST_MASKS = 4_000;

  private final GaussianProcessEstimator process;
  private final Design design;
  private final long seed;
  private Refit fit;

  Distillation(GaussianProcessEstimator process, Design design, long seed) {
    this.process = process;
    MaskSampling sampling = design.sampling() == null ? MaskSampling.UNIFORM : design.sampling();
    int features = design.features();
    double wanted = MASKS * features * Math.log(features) / Math.log(2);
    this.design =
        new Design.Paired(sampling, features, (long) Math.min(MOST_MASKS, wanted), seed ^ SEED);
    this.seed = seed;
  }

  @Override
  public synchronized Surrogate of(Surrogate linked, Backend backend) {
    Masks masks = PairedMasks.draw(backend, (Design.Paired) design, null);
    Values values = Values.of(linked.at(masks, backend));
    try (Problem problem = Problem.of(new Samples(masks, values, design), backend, seed)) {
      if (fit == null) {
        fit = process.underBestPrior(problem);
      }
      return fit.of(problem);
    }
  }
}
