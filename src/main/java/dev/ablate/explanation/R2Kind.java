package dev.ablate.explanation;

import java.util.Locale;

/** Which masks measured the R² of a {@link Fit}. */
public enum R2Kind {
  /**
   * Masks that no fit saw; from a table, a fifth that a fit of the other four did not see, and no
   * more than what the fit of all keeps of it.
   */
  HELD_OUT,
  /** The pair of masks and values that was given to test on. */
  TEST,
  /** SPEX from a table: each delay, predicted by a fit without it. */
  CROSS_VALIDATED,
  /**
   * The fitted masks themselves, because they show all there is to see: every mask is among them,
   * or every one that their features allow. Repeats whose values differ keep it below 1.
   */
  FITTED,
  /** All of them, so nothing is left to measure. */
  EXACT,
  /** None: R² is unknown. */
  NONE;

  /** The word in files and in views. */
  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
