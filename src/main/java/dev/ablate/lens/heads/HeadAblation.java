package dev.ablate.lens.heads;

import java.util.Locale;

/** What stands in the place of what an ablated component gives. */
public enum HeadAblation {
  /** Zeros. */
  ZERO,
  /** The mean of what it gives over all texts of reference and their positions. */
  MEAN,
  /** The mean over all texts of reference, each position by itself. */
  POSITION_MEAN,
  /**
   * What it gives in another text: the corrupted prompt of a pair, else one that is drawn from the
   * texts of reference.
   */
  RESAMPLE;

  /** As on the command line. */
  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
