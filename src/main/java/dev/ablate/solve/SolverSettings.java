package dev.ablate.solve;

import dev.ablate.code.InputException;

/**
 * What a user may set about solvers; each takes what concerns it.
 *
 * @param refine what becomes of the support that SPEX and ProxySPEX recover
 * @param screenSeconds work limit of a screening, in seconds of the device that the tuning table
 *     describes: it is turned into a number of candidates, never measured by a clock
 * @param screenOrder highest order that a screening tests in full, whatever the work; 0 lets the
 *     work limit decide
 * @param terms number of terms that a Gaussian process reports; 0 lets held-out masks decide
 */
public record SolverSettings(Refine refine, double screenSeconds, int screenOrder, int terms) {
  /** Lasso; two seconds of screening; terms by held-out masks. */
  public static final SolverSettings DEFAULT = new SolverSettings(Refine.LASSO, 2, 0, 0);

  private static final double MOST_SECONDS = 86_400;
  private static final int MOST_ORDER = 15;

  /** As many as a Gaussian process keeps. */
  private static final int MOST_TERMS = 4_000;

  /** Checks the numbers. */
  public SolverSettings {
    if (!(screenSeconds >= 0 && screenSeconds <= MOST_SECONDS)) {
      throw new InputException(
          "--screen-seconds " + screenSeconds + ": must be 0 to " + (int) MOST_SECONDS);
    }
    if (screenOrder < 0 || screenOrder > MOST_ORDER) {
      throw new InputException(
          "--screen-order " + screenOrder + ": must be 1 to " + MOST_ORDER + "");
    }
    if (terms < 0 || terms > MOST_TERMS) {
      throw new InputException("--terms " + terms + ": must be 1 to " + MOST_TERMS);
    }
  }

  /** The same with another refinement. */
  public SolverSettings with(Refine other) {
    return new SolverSettings(other, screenSeconds, screenOrder, terms);
  }

  /** The same with another work limit of screening. */
  public SolverSettings withScreenSeconds(double seconds) {
    return new SolverSettings(refine, seconds, screenOrder, terms);
  }

  /** The same with another order that screening tests in full. */
  public SolverSettings withScreenOrder(int order) {
    return new SolverSettings(refine, screenSeconds, order, terms);
  }

  /** The same with another number of terms of a Gaussian process. */
  public SolverSettings withTerms(int count) {
    return new SolverSettings(refine, screenSeconds, screenOrder, count);
  }
}
