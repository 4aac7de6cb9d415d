package dev.ablate.solve;

import dev.ablate.code.InputException;
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
  public String word() {
    return name().toLowerCase(Locale.ROOT);
  }

  /**
   * The refinement of that name.
   *
   * @throws InputException if there is none
   */
  public static Refine parse(String word) {
    for (Refine refine : values()) {
      if (refine.word().equals(word.toLowerCase(Locale.ROOT))) {
        return refine;
      }
    }
    throw new InputException("--refine " + word + ": unknown; use none, ridge or lasso");
  }
}
