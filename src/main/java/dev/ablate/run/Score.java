package dev.ablate.run;

import dev.ablate.backend.Backend;
import dev.ablate.explanation.R2Kind;
import dev.ablate.game.Evaluation;
import dev.ablate.solve.Method;
import dev.ablate.solve.Samples;
import dev.ablate.solve.Solution;
import dev.ablate.spectrum.R2;
import java.util.List;

/**
 * How well a spectrum predicts masks that it was not fitted on.
 *
 * @param r2 R², NaN when unknown
 * @param kind which masks measured it
 * @param masks how many masks
 * @param r2BySize R² on held-out masks by size, NaN when unknown
 * @param masksBySize how many of them
 */
record Score(double r2, R2Kind kind, int masks, double r2BySize, int masksBySize) {
  /** Without masks by size. */
  Score(double r2, R2Kind kind, int masks) {
    this(r2, kind, masks, Double.NaN, 0);
  }

  /**
   * What can be said without fresh masks: what the solver held back; and where it is not that, but
   * every mask is known, how well the spectrum meets all of them.
   *
   * @param samples what was fitted, equal masks with the mean of their values
   * @param complete whether every mask is among them
   * @param repeats how far values of equal masks lie apart
   */
  static Score own(
      Solution solution,
      Samples samples,
      int output,
      boolean complete,
      PureError repeats,
      Backend backend) {
    boolean exact = Method.EXACT.is(solution.ran());
    if (exact && complete && !repeats.differs(output)) {
      return new Score(1.0, R2Kind.EXACT, 0);
    }
    int rows = samples.masks().count();
    if (exact || (complete && solution.heldOutMasks() == 0)) {
      double[] predicted = solution.predict(samples.masks(), backend);
      double r2 = R2.of(samples.values().column(output), predicted);
      return new Score(repeats.overRows(r2, output), R2Kind.FITTED, rows);
    }
    if (solution.heldOutMasks() == 0) {
      return new Score(Double.NaN, R2Kind.NONE, 0);
    }
    R2Kind kind = Method.SPEX.is(solution.ran()) ? R2Kind.CROSS_VALIDATED : R2Kind.HELD_OUT;
    double r2 = repeats.overRows(solution.heldOutR2(), output);
    return new Score(r2, kind, solution.heldOutMasks());
  }

  /** R² on masks that the solver never saw. */
  static Score onFreshMasks(
      Solution solution, Evaluation.Rows fresh, int output, R2Kind kind, Backend backend) {
    return new Score(r2(solution, fresh, output, backend), kind, fresh.masks().count());
  }

  /** The same score with R² on masks by size that the solver never saw. */
  Score beside(Solution solution, Evaluation.Rows bySize, int output, Backend backend) {
    return new Score(
        r2, kind, masks, r2(solution, bySize, output, backend), bySize.masks().count());
  }

  private static double r2(Solution solution, Evaluation.Rows rows, int output, Backend backend) {
    double[] predicted = solution.predict(rows.masks(), backend);
    return R2.of(rows.values().column(output), predicted);
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
