package dev.ablate.run;

import dev.ablate.backend.Backend;
import dev.ablate.explanation.R2Kind;
import dev.ablate.mask.Masks;
import dev.ablate.solve.Method;
import dev.ablate.solve.Solution;
import dev.ablate.spectrum.R2;
import java.util.List;

/**
 * How well a spectrum predicts masks that it was not fitted on.
 *
 * @param r2 R², NaN when unknown
 * @param kind which masks measured it
 * @param masks how many masks
 */
record Score(double r2, R2Kind kind, int masks) {
  /** What the solver itself held back; SPEX leaves each delay out once instead. */
  static Score bySolver(Solution solution) {
    if (Method.EXACT.is(solution.ran())) {
      return new Score(1.0, R2Kind.EXACT, 0);
    }
    if (solution.heldOutMasks() == 0) {
      return new Score(Double.NaN, R2Kind.NONE, 0);
    }
    R2Kind kind = Method.SPEX.is(solution.ran()) ? R2Kind.CROSS_VALIDATED : R2Kind.HELD_OUT;
    return new Score(solution.heldOutR2(), kind, solution.heldOutMasks());
  }

  /** R² on masks that the solver never saw. */
  static Score onFreshMasks(
      Solution solution, Masks masks, double[] values, R2Kind kind, Backend backend) {
    return new Score(
        R2.of(values, solution.spectrum().evaluate(masks, backend)), kind, masks.count());
  }

  /** A warning where the spectrum explains nothing. */
  List<String> notes() {
    return r2 <= 0
        ? List.of(
            "R² is not above 0: the terms predict no better than the mean, read nothing into them;"
                + " try more masks")
        : List.of();
  }
}
