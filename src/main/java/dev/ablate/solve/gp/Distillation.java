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
import java.util.IdentityHashMap;
import java.util.Map;

/**
 * A process without a link, fitted to what one with a link says of many masks that nobody
 * evaluated, half of them uniform and half by size, so that it serves every index. The functions of
 * parts of the rows are fitted under the first one's prior but at masks of their own, so that what
 * the stand-in misses shows in the jackknife.
 */
final class Distillation implements Distiller {
  /** Another stream of masks than those that were evaluated. */
  private static final long SEED = 0x64697374L;

  /** So many times n log2 n masks. */
  private static final double MASKS = 16;

  private static final int MOST_MASKS = 4_000;

  private final GaussianProcessEstimator process;
  private final int features;
  private final int count;
  private final long seed;

  /** Functions in the order in which they came; each has its own masks. */
  private final Map<Surrogate, Integer> numbers = new IdentityHashMap<>();

  private Refit fit;

  Distillation(GaussianProcessEstimator process, int features, long seed) {
    this.process = process;
    this.features = features;
    double wanted = MASKS * features * Math.log(features) / Math.log(2);
    this.count = (int) Math.min(MOST_MASKS, wanted);
    this.seed = seed;
  }

  @Override
  public synchronized Surrogate of(Surrogate linked, Backend backend) {
    int number = numbers.computeIfAbsent(linked, one -> numbers.size());
    Design.Paired design =
        new Design.Paired(MaskSampling.BOTH, features, count, (seed ^ SEED) + number);
    Masks masks = PairedMasks.draw(backend, design, null);
    Values values = Values.of(linked.at(masks, backend));
    try (Problem problem = Problem.of(new Samples(masks, values, design), backend, seed)) {
      if (fit == null) {
        fit = process.underBestPrior(problem);
      }
      return fit.of(problem);
    }
  }
}
