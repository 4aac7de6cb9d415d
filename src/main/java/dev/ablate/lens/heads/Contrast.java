package dev.ablate.lens.heads;

import java.util.Locale;

/** What becomes of the values of a clean prompt and of its corrupted one. */
public enum Contrast {
  /** The clean one's less the corrupted one's, both with the same components ablated. */
  DIFFERENCE,
  /**
   * How much of the gap between the two, with nothing ablated, is left of the clean one's value: 1
   * for what the whole network gives to the clean prompt, 0 for what it gives to the corrupted one.
   */
  SHARE;

  /** As on the command line. */
  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}
