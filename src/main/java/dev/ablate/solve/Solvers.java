package dev.ablate.solve;

import dev.ablate.game.Budget;
import dev.ablate.mask.Design;
import dev.ablate.mask.DistinctMasks;
import dev.ablate.mask.Masks;
import dev.ablate.setting.Settings;

/** From what was asked for to the solver; {@code auto} is decided here. */
public final class Solvers {
  private static final int LISTABLE = 30;

  private Solvers() {}

  /**
   * The solver for a game that is still to be evaluated. {@code auto} is exact where every mask
   * fits the budget, and a contest otherwise. A single feature is explained exactly whatever the
   * method: its two masks leave nothing to search for.
   */
  public static Solver choose(Settings settings, int features, Budget budget) {
    Method asked = settings.get(SolverSettings.METHOD);
    boolean exact = budget.coversAll(features) && (asked == Method.AUTO || features == 1);
    return (exact ? Method.EXACT : asked).solver(settings);
  }

  /**
   * The solver for masks that are already evaluated. {@code auto} follows the masks: a coded design
   * is SPEX's, a table of all masks is transformed, anything else is a contest. A single feature is
   * explained exactly whatever the method.
   */
  public static Solver choose(Settings settings, Samples samples) {
    Method asked = settings.get(SolverSettings.METHOD);
    if (asked == Method.AUTO && samples.design() instanceof Design.Coded) {
      return Method.SPEX.solver(settings);
    }
    boolean mayBeExact = asked == Method.AUTO || samples.masks().features() == 1;
    return (mayBeExact && holdsAll(samples.masks()) ? Method.EXACT : asked).solver(settings);
  }

  private static boolean holdsAll(Masks masks) {
    int features = masks.features();
    return features <= LISTABLE && DistinctMasks.of(masks).masks().count() == 1L << features;
  }
}
