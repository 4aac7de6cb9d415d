package dev.ablate.solve;

import dev.ablate.code.InputException;
import dev.ablate.game.Budget;
import dev.ablate.mask.Design;
import dev.ablate.mask.DistinctMasks;
import dev.ablate.solve.exact.ExactSolver;
import dev.ablate.solve.proxyspex.ProxySpexSolver;
import dev.ablate.solve.spex.SpexSettings;
import dev.ablate.solve.spex.SpexSolver;

/** From the name of a method to its solver; {@code auto} is decided here. */
public final class Solvers {
  private static final int LISTABLE = 30;

  private Solvers() {}

  /**
   * The solver for a game that is still to be evaluated. {@code auto} is exact where every mask
   * fits the budget, and ProxySPEX otherwise.
   *
   * @throws InputException if there is no such method, or it needs more masks than the budget has
   */
  public static Solver choose(String method, Refine refine, int features, Budget budget) {
    if (method.equals("auto")) {
      return budget.coversAll(features) ? new ExactSolver() : new ProxySpexSolver(refine);
    }
    return named(method, refine);
  }

  /**
   * The solver for masks that are already evaluated. {@code auto} follows the masks: a coded design
   * is SPEX's, a table of all masks is transformed, anything else goes to ProxySPEX.
   *
   * @throws InputException if there is no such method
   */
  public static Solver choose(String method, Refine refine, Samples samples) {
    if (!method.equals("auto")) {
      return named(method, refine);
    }
    if (samples.design() instanceof Design.Coded) {
      return new SpexSolver(SpexSettings.DEFAULT.with(refine));
    }
    int features = samples.masks().features();
    boolean all =
        features <= LISTABLE && DistinctMasks.of(samples.masks()).masks().count() == 1L << features;
    return all ? new ExactSolver() : new ProxySpexSolver(refine);
  }

  private static Solver named(String method, Refine refine) {
    return switch (method) {
      case "exact" -> new ExactSolver();
      case "spex" -> new SpexSolver(SpexSettings.DEFAULT.with(refine));
      case "proxyspex" -> new ProxySpexSolver(refine);
      default ->
          throw new InputException(
              "--method " + method + ": unknown; use auto, exact, spex or proxyspex");
    };
  }
}
