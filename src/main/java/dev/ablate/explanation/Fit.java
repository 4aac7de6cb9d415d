package dev.ablate.explanation;

import java.util.Locale;

/**
 * How well a spectrum fits its game and what that took.
 *
 * @param r2 R² of the spectrum, NaN when it was not measured
 * @param r2Kind which masks measured it
 * @param r2Masks how many masks measured it
 * @param r2BySize R² on held-out masks of which every size is alike, NaN when it was not measured
 * @param r2BySizeMasks how many they are
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
    double r2BySize,
    int r2BySizeMasks,
    long masks,
    long evaluated,
    double all,
    double none,
    Seconds seconds) {
  /**
   * Wall-clock seconds of the stages.
   *
   * @param plan drawing masks, or the first look at each feature of a table of very many
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
    if (r2 > 1 || r2BySize > 1) {
      throw new IllegalArgumentException("an R² of " + Math.max(r2, r2BySize) + " is above 1");
    }
  }

  /** A fit without masks by size. */
  public Fit(
      double r2,
      R2Kind r2Kind,
      int r2Masks,
      long masks,
      long evaluated,
      double all,
      double none,
      Seconds seconds) {
    this(r2, r2Kind, r2Masks, Double.NaN, 0, masks, evaluated, all, none, seconds);
  }

  /**
   * R² in words, such as {@code R² 0.9870 on 200 held-out masks} and, where it was measured, {@code
   * , 0.9912 on 200 by size}.
   */
  public String faithfulness() {
    String words =
        switch (r2Kind) {
          case EXACT -> "exact: every mask was evaluated";
          case NONE -> "R² not measured";
          default -> "R² " + words(r2) + " on " + r2Masks + " " + r2Kind + " masks";
        };
    return r2BySizeMasks == 0
        ? words
        : words + ", " + words(r2BySize) + " on " + r2BySizeMasks + " by size";
  }

  private static String words(double r2) {
    return Double.isFinite(r2) ? String.format(Locale.ROOT, "%.4f", r2) : "undefined";
  }

  /** A fit that nobody measured: only what the spectrum itself says at both ends. */
  public static Fit unmeasured(double all, double none) {
    return new Fit(Double.NaN, R2Kind.NONE, 0, 0, 0, all, none, Seconds.ZERO);
  }
}
