package dev.ablate.solve;

import dev.ablate.code.InputException;
import dev.ablate.game.Budget;
import dev.ablate.mask.Design;
import dev.ablate.mask.DistinctMasks;
import dev.ablate.mask.Masks;
import dev.ablate.solve.auto.AutoEstimator;
import dev.ablate.solve.exact.ExactSolver;
import dev.ablate.solve.gp.GaussianProcessEstimator;
import dev.ablate.solve.proxyspex.ProxySpexSolver;
import dev.ablate.solve.proxyspex.TreesEstimator;
import dev.ablate.solve.screen.ScreenEstimator;
import dev.ablate.solve.spex.SpexSettings;
import dev.ablate.solve.spex.SpexSolver;

/** From the name of a method to its solver; {@code auto} is decided here. */
public final class Solvers {
  private static final int LISTABLE = 30;

  /** Most rows that the Gaussian process takes in a contest: seconds on two cores. */
  private static final int CONTEST_ROWS = 6_000;

  private Solvers() {}

  /**
   * The solver for a game that is still to be evaluated. {@code auto} is exact where every mask
   * fits the budget, and a contest otherwise. A single feature is explained exactly whatever the
   * method: its two masks leave nothing to search for.
   *
   * @throws InputException if there is no such method, or it needs more masks than the budget has
   */
  public static Solver choose(String method, SolverSettings settings, int features, Budget budget) {
    if (method.equals("auto")) {
      return budget.coversAll(features) ? new ExactSolver() : contest(settings);
    }
    Solver named = named(method, settings);
    return features == 1 && budget.coversAll(features) ? new ExactSolver() : named;
  }

  /**
   * The solver for masks that are already evaluated. {@code auto} follows the masks: a coded design
   * is SPEX's, a table of all masks is transformed, anything else is a contest. A single feature is
   * explained exactly whatever the method.
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
    return holdsAll(samples.masks()) ? new ExactSolver() : contest(settings);
  }

  private static boolean holdsAll(Masks masks) {
    int features = masks.features();
    return features <= LISTABLE && DistinctMasks.of(masks).masks().count() == 1L << features;
  }

  private static Solver named(String method, SolverSettings settings) {
    return switch (method) {
      case "exact" -> new ExactSolver();
      case "spex" -> new SpexSolver(SpexSettings.DEFAULT.with(settings.refine()));
      case "screen" -> new EstimatorSolver("screen", new ScreenEstimator(settings));
      case "gp" -> new EstimatorSolver("gp", gaussianProcess(settings));
      case "proxyspex" -> new ProxySpexSolver(settings.refine());
      default ->
          throw new InputException(
              "--method " + method + ": unknown; use auto, exact, spex, proxyspex, screen or gp");
    };
  }

  private static GaussianProcessEstimator gaussianProcess(SolverSettings settings) {
    return new GaussianProcessEstimator(settings.terms(), GaussianProcessEstimator.MOST_ROWS);
  }

  /** What plays for the default where not every mask was evaluated. */
  private static Solver contest(SolverSettings settings) {
    return new EstimatorSolver(
        "auto",
        new AutoEstimator(
            new ScreenEstimator(settings),
            new GaussianProcessEstimator(settings.terms(), CONTEST_ROWS),
            new TreesEstimator()));
  }
}
