package dev.ablate.mask;

import java.util.Locale;

/** How the sizes of drawn masks, their numbers of kept features, are distributed. */
public enum MaskSampling {
  /** Each feature is kept with probability one half: sizes are binomial. */
  UNIFORM,
  /** Every size from 1 to n − 1 alike, and every set of a size alike. */
  SIZE,
  /** The one and the other in turns. */
  BOTH;

  /** The word on the command line and in files. */
  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}
