package dev.ablate.solve.proxyspex;

import dev.ablate.backend.ParityRegression;
import dev.ablate.backend.Sets;
import dev.ablate.solve.Problem;
import dev.ablate.solve.lasso.CrossValidated;
import dev.ablate.solve.lasso.LassoCrossValidation;
import dev.ablate.spectrum.Spectrum;
import dev.ablate.work.Work;
import java.util.List;

/**
 * The penalty of a lasso by rows that have no part in it. Cross-validation on the rows that
 * suggested the candidates knows them already: it takes too weak a penalty, and most of the time of
 * all to walk there.
 *
 * @param held rows that suggested nothing
 * @param output which output
 * @param offset what was taken off the values that are fitted
 */
record HeldOutPenalty(Problem held, int output, double offset) {
  /** Fewer rows are too noisy to choose by. */
  static final int FEWEST = 100;

  /** The first penalty and the step, in tenths of a decade below the strongest. */
  private static final int FIRST = 4;

  private static final int STEP = 2;
  private static final int LAST = 44;

  /** The error has passed its least when so many weaker penalties do no better. */
  private static final int PASSED = 2;

  /** Walks from strong penalties to weaker ones until the error rises. */
  CrossValidated fit(ParityRegression.Sums regression, Sets sets, double[] scales) {
    double strongest = LassoCrossValidation.strongest(regression, scales);
    Spectrum constant =
        new Spectrum(held.features(), Sets.of(List.of(new int[0])), new double[] {offset});
    CrossValidated best = null;
    double most = Double.NEGATIVE_INFINITY;
    int worse = 0;
    double[] before = null;
    double last = strongest;
    for (int p = FIRST; p <= LAST && worse < PASSED; p += STEP) {
      Work.done((double) (p - FIRST) / (LAST - FIRST));
      double penalty = strongest * Math.pow(10, -0.1 * p);
      double[] weights =
          before == null
              ? regression.lasso(scales, penalty)
              : regression.lasso(scales, penalty, before, last);
      before = weights;
      last = penalty;
      Spectrum lasso = new Spectrum(held.features(), sets, weights).above(0);
      double reached = held.r2(lasso.plus(constant), output);
      worse = reached > most ? 0 : worse + 1;
      if (best == null || reached > most) {
        best = new CrossValidated(weights, penalty, Double.NaN);
        most = reached;
      }
    }
    return best;
  }
}
