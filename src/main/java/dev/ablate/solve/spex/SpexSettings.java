package dev.ablate.solve.spex;

import dev.ablate.backend.Decoding;
import dev.ablate.mask.CodedDesign;
import dev.ablate.solve.Refine;

/**
 * What can be chosen about SPEX.
 *
 * @param dimension subspace dimension b; 0 for the largest that fits the budget
 * @param errors number of errors t that the code corrects, also the largest order that decoding
 *     finds; 0 for 5, or what fits the budget
 * @param patterns sign patterns tried a bin; 1 is hard decoding, 0 is {@code t (2t + 1)}
 * @param refine what becomes of the recovered support
 */
public record SpexSettings(int dimension, int errors, int patterns, Refine refine) {
  /** Largest share of a bin's energy that a term may leave. */
  private static final double RESIDUAL = 0.9;

  /** Gain in log-likelihood asked for beyond the number of candidates, in nats. */
  private static final double EVIDENCE = 3;

  /** Sizes by the budget, soft decoding, lasso. */
  public static final SpexSettings DEFAULT = new SpexSettings(0, 0, 0, Refine.LASSO);

  /** The same with another refinement. */
  public SpexSettings with(Refine other) {
    return new SpexSettings(dimension, errors, patterns, other);
  }

  /** The same with hard decoding. */
  public SpexSettings hard() {
    return new SpexSettings(dimension, errors, 1, refine);
  }

  /** How bins are decoded for a code that corrects so many errors. */
  Decoding.Settings decoding(int codeErrors, boolean everyBin) {
    return new Decoding.Settings(patternsFor(codeErrors), RESIDUAL, EVIDENCE, everyBin);
  }

  /** Sign patterns tried a bin for a code that corrects so many errors. */
  int patternsFor(int codeErrors) {
    return patterns > 0 ? patterns : codeErrors * (2 * codeErrors + 1);
  }

  /** The error count to plan with when the dimension is given. */
  int errorsOrDefault() {
    return errors > 0 ? errors : CodedDesign.ERRORS;
  }
}
