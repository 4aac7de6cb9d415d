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
   * fits the budget, and a contest otherwise. So few features that no mask can be held out are
   * explained exactly whatever the method: their masks leave nothing to search for.
   */
  public static Solver choose(Settings settings, int features, Budget budget) {
    Method asked = settings.get(SolverSettings.METHOD);
    boolean exact = budget.coversAll(features) && (asked == Method.AUTO || few(features));
    return (exact ? Method.EXACT : asked).solver(settings);
  }

  /**
   * The solver for masks that are already evaluated. {@code auto} follows the masks: a coded design
   * is SPEX's, a table of all masks is transformed, anything else is a contest. So few features
   * that no mask can be held out are explained exactly whatever the method.
   */
  public static Solver choose(Settings settings, Samples samples) {
    Method asked = settings.get(SolverSettings.METHOD);
    boolean few = few(samples.masks().features());
    boolean coded = asked == Method.AUTO && samples.design() instanceof Design.Coded;
    boolean mayBeExact = few || (asked == Method.AUTO && !coded);
    if (mayBeExact && holdsAll(samples.masks())) {
      return Method.EXACT.solver(settings);
    }
    return (coded ? Method.SPEX : asked).solver(settings);
  }

  private static boolean few(int features) {
    return features < Integer.SIZE - 1 && 1 << features < HeldFifth.FEWEST;
  }

  /** Whether every mask of the features is there. */
  public static boolean holdsAll(Masks masks) {
    int features = masks.features();
    return features <= LISTABLE
        && masks.count() >= 1L << features
        && DistinctMasks.of(masks).masks().count() == 1L << features;
  }
}
