package dev.ablate.explanation;

import java.util.Locale;

/**
 * How well a spectrum fits its game and what that took.
 *
 * @param r2 R² of the spectrum, NaN when it was not measured
 * @param r2Kind which masks measured it
 * @param r2Masks how many masks measured it
 * @param masks masks that the solver fitted, repeats counted
 * @param evaluated masks that the game evaluated
 * @param all value with every feature kept, in the unit of the game
 * @param none value with every feature ablated, in the unit of the game
 * @param seconds where the time went
 */
public record Fit(
    double r2,
    R2Kind r2Kind,
    int r2Masks,
    long masks,
    long evaluated,
    double all,
    double none,
    Seconds seconds) {
  /**
   * Wall-clock seconds of the stages.
   *
   * @param plan drawing masks
   * @param evaluate running the game
   * @param solve recovering the spectrum
   */
  public record Seconds(double plan, double evaluate, double solve) {
    /** No time at all. */
    public static final Seconds ZERO = new Seconds(0, 0, 0);
  }

  /**
   * Checks R².
   *
   * @throws IllegalArgumentException if R² is above 1
   */
  public Fit {
    if (r2 > 1) {
      throw new IllegalArgumentException("an R² of " + r2 + " is above 1");
    }
  }

  /** R² in words, such as {@code R² 0.9870 on 200 held-out masks}. */
  public String faithfulness() {
    return switch (r2Kind) {
      case EXACT -> "exact: every mask was evaluated";
      case NONE -> "R² not measured";
      default ->
          String.format(
              Locale.ROOT,
              "R² %s on %d %s masks",
              Double.isFinite(r2) ? String.format(Locale.ROOT, "%.4f", r2) : "undefined",
              r2Masks,
              r2Kind);
    };
  }

  /** A fit that nobody measured: only what the spectrum itself says at both ends. */
  public static Fit unmeasured(double all, double none) {
    return new Fit(Double.NaN, R2Kind.NONE, 0, 0, 0, all, none, Seconds.ZERO);
  }
}
