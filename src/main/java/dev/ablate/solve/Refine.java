package dev.ablate.solve;

import java.util.Locale;

/** What becomes of a recovered support before it is reported. */
public enum Refine {
  /** The coefficients stay as the search found them. */
  NONE,
  /** Ridge regression on the support, penalty by cross-validation. */
  RIDGE,
  /** Lasso on the support and all singletons, penalty by cross-validation. */
  LASSO;

  /** The word on the command line and in files. */
  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}
