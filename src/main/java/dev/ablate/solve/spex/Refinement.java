package dev.ablate.solve.spex;

import dev.ablate.backend.Sets;

/** Coefficients for a support that decoding found. */
interface Refinement {
  /**
   * Refines a support.
   *
   * @param sets the support
   * @param coefficients what the search found for it
   */
  SpexFit refine(Sets sets, double[] coefficients);
}
