package dev.ablate.run;

import dev.ablate.spectrum.R2;
import java.util.Comparator;
import java.util.List;

/**
 * How one output fared in one round, on the held-out masks.
 *
 * @param masks masks that were fitted
 * @param r2 R² on the held-out masks
 * @param standardError of {@code r2} as an estimate of R² on all masks
 * @param squares {@code (held-out masks)} squared errors of the predictions
 */
record Round(int masks, double r2, double standardError, double[] squares) {
  /** Masks that do not make the unexplained share fall by this much are not worth their price. */
  private static final double WORTH = 0.1;

  /** Measures predictions. */
  static Round of(int masks, double[] values, double[] predictions) {
    double[] squares = new double[values.length];
    for (int r = 0; r < squares.length; r++) {
      squares[r] = (values[r] - predictions[r]) * (values[r] - predictions[r]);
    }
    return new Round(
        masks, R2.of(values, predictions), R2.standardError(values, predictions), squares);
  }

  /**
   * Whether R² is above a target by at least its standard error. Rounds look again and again; the
   * first estimate that happens to lie above the target would promise too much.
   */
  boolean reaches(double target) {
    return r2 - standardError >= target;
  }

  /**
   * Whether this round and others gained little on earlier ones: at the best of each, {@code 1 -
   * R²} fell by less than a tenth, with a standard error to spare. All are measured on the same
   * masks, so that only the difference between them is uncertain. The answer is no while nothing is
   * explained yet, for there recovery often begins at once, and where this round fell back behind
   * the best: fits to few masks of a noisy game swing, and more masks steady them.
   */
  static boolean isFlat(List<Round> earlier, List<Round> recent, Round last) {
    Round before = best(earlier);
    Round after = best(recent);
    double fall = 1 - sum(after.squares) / sum(before.squares);
    boolean explainsSomething = last.r2 - last.standardError > 0;
    boolean fellBack =
        sum(last.squares) > (1 + WORTH) * Math.min(sum(before.squares), sum(after.squares));
    return explainsSomething
        && !fellBack
        && fall + R2.ratioError(after.squares, before.squares) < WORTH;
  }

  private static Round best(List<Round> rounds) {
    return rounds.stream().min(Comparator.comparingDouble(r -> sum(r.squares))).orElseThrow();
  }

  private static double sum(double[] numbers) {
    double sum = 0;
    for (double number : numbers) {
      sum += number;
    }
    return sum;
  }
}
