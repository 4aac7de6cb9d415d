package dev.ablate.solve.proxyspex;

import dev.ablate.backend.Backend;
import dev.ablate.code.InputException;
import dev.ablate.mask.Design;
import dev.ablate.mask.MaskSampling;
import dev.ablate.solve.EstimatorSolver;
import dev.ablate.solve.Method;
import dev.ablate.solve.Refine;
import dev.ablate.solve.Samples;
import dev.ablate.solve.Solution;
import dev.ablate.solve.Solver;
import dev.ablate.solve.VaryingOutputs;
import java.util.List;

/**
 * ProxySPEX: boosted trees as a proxy, their exact spectrum, and a regression on its largest terms.
 *
 * <ul>
 *   <li>{@link Refine#LASSO}, the default: one deep run of trees, a cross-validated lasso on its
 *       largest terms and all singletons, and a screening of what the trees overlook.
 *   <li>{@link Refine#RIDGE}, as published: a grid of boosting settings, the terms that carry 95%
 *       of the energy, cross-validated ridge on them.
 *   <li>{@link Refine#NONE}: as published up to the truncation; the coefficients are the trees'.
 * </ul>
 *
 * <p>Source: Butler et al., arXiv 2505.17495; docs/design/0004-proxyspex.md has the differences to
 * the authors' code.
 */
public final class ProxySpexSolver implements Solver {
  private final Refine refine;

  /** A solver with the given refinement. */
  public ProxySpexSolver(Refine refine) {
    this.refine = refine;
  }

  @Override
  public Method method() {
    return Method.PROXYSPEX;
  }

  @Override
  public Design plan(int features, long budget, MaskSampling sampling, long seed) {
    if (budget < 1) {
      throw new InputException(
          method() + " needs at least one mask: raise " + InputException.setting("budget"));
    }
    return new Design.Paired(sampling, features, budget, seed);
  }

  @Override
  public List<Solution> solve(Samples samples, Backend backend, long seed) {
    return refine == Refine.LASSO
        ? new EstimatorSolver(method(), new TreesEstimator()).solve(samples, backend, seed)
        : VaryingOutputs.solve(
            samples,
            backend,
            seed,
            method().toString(),
            refine.toString(),
            problem -> new GridProcedure(problem, refine).solve());
  }
}
