package dev.ablate.backend.kernel;

import dev.ablate.backend.GaussianProcess.Prior;
import dev.ablate.backend.GaussianProcess.Shape;
import java.util.List;
import java.util.Map;

/**
 * Priors as the kernels of Gaussian processes read them.
 *
 * @param decays F64 {@code (priors, features) row-major}
 * @param priors F64 {@code (priors, PRIOR) row-major}
 * @param defines the macros for such priors: one product each has kernels of its own
 */
record KernelPriors(KernelBuffer decays, KernelBuffer priors, Map<String, Integer> defines) {
  private static final int NUMBERS = KernelMacros.of(KernelCovariances.STEM).constant("PRIOR");

  /** Brings priors over for the length of a scope. */
  static KernelPriors of(Runtime.Scope scope, int features, List<Prior> all) {
    double[] decays = new double[all.size() * features];
    double[] numbers = new double[all.size() * NUMBERS];
    boolean shaped = false;
    for (int p = 0; p < all.size(); p++) {
      Prior prior = all.get(p);
      Shape shape = prior.shape();
      System.arraycopy(prior.decays(), 0, decays, p * features, features);
      double[] row = {
        prior.scale(),
        prior.noise(),
        shape.rough(),
        shape.stretch(),
        shape.tilt() / features,
        shape.closeness() / features
      };
      System.arraycopy(row, 0, numbers, p * NUMBERS, NUMBERS);
      shaped |= shape.rough() != 0 || !shape.isStationary();
    }
    return new KernelPriors(
        scope.in(decays), scope.in(numbers), shaped ? Map.of("SHAPED", 1) : Map.of());
  }
}
