package dev.ablate.solve;

import dev.ablate.code.InputException;
import dev.ablate.game.Budget;
import dev.ablate.mask.Design;
import dev.ablate.mask.DistinctMasks;
import dev.ablate.mask.Masks;
import dev.ablate.solve.exact.ExactSolver;
import dev.ablate.solve.gp.GaussianProcessEstimator;
import dev.ablate.solve.proxyspex.ProxySpexSolver;
import dev.ablate.solve.spex.SpexSettings;
import dev.ablate.solve.spex.SpexSolver;

/** From the name of a method to its solver; {@code auto} is decided here. */
public final class Solvers {
  private static final int LISTABLE = 30;

  private Solvers() {}

  /**
   * The solver for a game that is still to be evaluated. {@code auto} is exact where every mask
   * fits the budget, and ProxySPEX otherwise. A single feature is explained exactly whatever the
   * method: its two masks leave nothing to search for.
   *
   * @throws InputException if there is no such method, or it needs more masks than the budget has
   */
  public static Solver choose(String method, SolverSettings settings, int features, Budget budget) {
    if (method.equals("auto")) {
      return budget.coversAll(features)
          ? new ExactSolver()
          : new ProxySpexSolver(settings.refine());
    }
    Solver named = named(method, settings);
    return features == 1 && budget.coversAll(features) ? new ExactSolver() : named;
  }

  /**
   * The solver for masks that are already evaluated. {@code auto} follows the masks: a coded design
   * is SPEX's, a table of all masks is transformed, anything else goes to ProxySPEX. A single
   * feature is explained exactly whatever the method.
   *
   * @throws InputException if there is no such method
   */
  public static Solver choose(String method, SolverSettings settings, Samples samples) {
    int features = samples.masks().features();
    if (!method.equals("auto")) {
      Solver named = named(method, settings);
      return features == 1 && holdsAll(samples.masks()) ? new ExactSolver() : named;
    }
    if (samples.design() instanceof Design.Coded) {
      return new SpexSolver(SpexSettings.DEFAULT.with(settings.refine()));
    }
    return holdsAll(samples.masks()) ? new ExactSolver() : new ProxySpexSolver(settings.refine());
  }

  private static boolean holdsAll(Masks masks) {
    int features = masks.features();
    return features <= LISTABLE && DistinctMasks.of(masks).masks().count() == 1L << features;
  }

  private static Solver named(String method, SolverSettings settings) {
    return switch (method) {
      case "exact" -> new ExactSolver();
      case "spex" -> new SpexSolver(SpexSettings.DEFAULT.with(settings.refine()));
      case "gp" -> new EstimatorSolver("gp", gaussianProcess(settings));
      case "proxyspex" -> new ProxySpexSolver(settings.refine());
      default ->
          throw new InputException(
              "--method " + method + ": unknown; use auto, exact, spex, proxyspex or gp");
    };
  }

  private static GaussianProcessEstimator gaussianProcess(SolverSettings settings) {
    return new GaussianProcessEstimator(settings.terms(), GaussianProcessEstimator.MOST_ROWS);
  }
}
