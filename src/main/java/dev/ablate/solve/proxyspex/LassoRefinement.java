package dev.ablate.solve.proxyspex;

import dev.ablate.backend.ParityRegression;
import dev.ablate.backend.Sets;
import dev.ablate.backend.TreeSpectra;
import dev.ablate.solve.Centred;
import dev.ablate.solve.HeldFifth;
import dev.ablate.solve.Problem;
import dev.ablate.solve.boost.Folds;
import dev.ablate.solve.lasso.CrossValidated;
import dev.ablate.solve.lasso.LassoCrossValidation;
import dev.ablate.spectrum.Spectrum;
import dev.ablate.work.Memory;
import dev.ablate.work.Work;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Cross-validated lasso on the terms that a proxy suggests and those that a screening of its
 * residual adds.
 */
final class LassoRefinement {
  /** Stands for a penalty that cross-validation is to choose. */
  static final double UNKNOWN = Double.NaN;

  private static final int SCREENINGS = 3;

  /**
   * Most candidates that screenings add. On uniform masks, whose parities are nearly orthogonal,
   * one of them finds {@code rows/z^2} at most. On others a single term may show in tens of
   * thousands of sets, and the time of a lasso grows with the cube of their number.
   */
  private static final int SCREENED = 1_000;

  private LassoRefinement() {}

  /**
   * A fit to some rows.
   *
   * @param lasso the lasso's spectrum
   * @param relaxed least squares on the lasso's support
   * @param penalty the lasso's penalty per row
   * @param cvR2 cross-validated R², NaN where the penalty was chosen otherwise
   * @param candidates number of sets to choose from, the empty one included
   * @param screened how many of them screening added
   */
  record Fit(
      Spectrum lasso, Spectrum relaxed, double penalty, double cvR2, int candidates, int screened) {

    /** The same fit of values that are larger by an offset. */
    private Fit plus(double offset) {
      Spectrum constant =
          new Spectrum(lasso.features(), Sets.of(List.of(new int[0])), new double[] {offset});
      return new Fit(
          lasso.plus(constant), relaxed.plus(constant), penalty, cvR2, candidates, screened);
    }

    /** Part of the way from the lasso to least squares. */
    Spectrum blend(double share) {
      return lasso.scale(1 - share).plus(relaxed.scale(share));
    }
  }

  /**
   * Fits an output.
   *
   * @param problem masks and values
   * @param output which output, not constant
   * @param terms the spectrum of a proxy of the same rows
   * @param penalty per row, or {@link #UNKNOWN}
   * @param held rows that choose a penalty that is unknown; null, or too few, for cross-validation
   */
  static Fit fit(
      Problem problem, int output, TreeSpectra.Terms terms, double penalty, Problem held) {
    Folds folds = HeldFifth.folds(problem);
    try (Problem one = problem.outputs(output);
        Centred centred = one.centred()) {
      Problem rows = centred.problem();
      HeldOutPenalty chooser =
          held == null || held.repeats().distinct() < HeldOutPenalty.FEWEST
              ? null
              : new HeldOutPenalty(held, output, centred.means()[0]);
      boolean crossed = Double.isNaN(penalty) && chooser == null;
      double[] linear = linear(rows);
      int listed = Math.min(Candidates.MOST, terms.sets().size());
      int wanted = listed + Math.min(Candidates.SINGLETONS, linear.length) + SCREENED;
      int most =
          Memory.square(
              wanted, crossed ? LassoCrossValidation.PAIR : LassoCrossValidation.CHOSEN_PAIR);
      int room = most < wanted ? most / 4 : SCREENED;
      Candidates candidates = Candidates.of(terms, linear, most - room);
      int before = candidates.sets().size();
      Candidates first = candidates;
      Step step = Work.part(null, 0.7, () -> Step.of(rows, first, penalty, chooser, folds, null));
      try {
        double cvR2 = step.choice.r2();
        double chosenAt = Double.NaN;
        double chosen = step.choice.penalty();
        int added = 0;
        for (int round = 0; round < SCREENINGS && added < room; round++) {
          Spectrum hits;
          double squares;
          try (Problem left = rows.less(List.of(step.lasso));
              Problem rest = left.withoutSizes()) {
            squares = left.summary(0).squares();
            hits = ActiveScreening.hits(rest, step.lasso, candidates.sets(), room - added);
          }
          if (hits.size() == 0) {
            break;
          }
          candidates = candidates.with(hits);
          added = candidates.sets().size() - before;
          // To choose the penalty again would take most of the time of all. It falls as the spread
          // of what is left, as products under noise do; a penalty that was given was chosen so.
          chosenAt = round == 0 ? squares : chosenAt;
          double share = Double.isNaN(penalty) ? Math.min(1, Math.sqrt(squares / chosenAt)) : 1;
          step.close();
          step = Step.of(rows, candidates, chosen * share, null, folds, step);
        }
        if (most < wanted && (before >= most - room || added >= room)) {
          LassoCrossValidation.isShort(most);
        }
        return step.fit(cvR2, added).plus(centred.means()[0]);
      } finally {
        step.close();
      }
    }
  }

  /**
   * A lasso on some candidates, whose sums stay until it is known whether it is the last.
   *
   * @param lasso the lasso's spectrum
   */
  private record Step(
      Sets sets, ParityRegression.Sums regression, CrossValidated choice, Spectrum lasso)
      implements AutoCloseable {

    /** Fits the candidates; {@code before}, if there is one, is a fit of some of them. */
    static Step of(
        Problem rows,
        Candidates candidates,
        double penalty,
        HeldOutPenalty chooser,
        Folds folds,
        Step before) {
      Sets sets = candidates.sets();
      double[] scales = candidates.scales();
      boolean crossValidates = Double.isNaN(penalty) && chooser == null;
      // A Gram matrix each is for those who need folds.
      long[][] parts = crossValidates ? folds.held() : new long[][] {Folds.all(rows.rows())};
      ParityRegression.Sums regression =
          rows.backend()
              .parityRegression()
              .sums(
                  sets, rows.masks().buffer(), rows.rows(), rows.features(), rows.output(0), parts);
      try {
        CrossValidated choice;
        if (crossValidates) {
          choice = LassoCrossValidation.fit(regression, scales);
        } else if (Double.isNaN(penalty)) {
          choice = chooser.fit(regression, sets, scales);
        } else {
          double[] weights =
              before == null
                  ? regression.lasso(scales, penalty)
                  : regression.lasso(
                      scales, penalty, on(sets, before.lasso), before.choice.penalty());
          choice = new CrossValidated(weights, penalty, Double.NaN);
        }
        Spectrum lasso = new Spectrum(rows.features(), sets, choice.weights()).above(0);
        return new Step(sets, regression, choice, lasso);
      } catch (RuntimeException e) {
        regression.close();
        throw e;
      }
    }

    /** The fit, with least squares on the support; to be asked for before this is closed. */
    Fit fit(double cvR2, int screened) {
      double[] leastSquares = regression.leastSquares(support(choice.weights(), regression.free()));
      Spectrum relaxed = new Spectrum(lasso.features(), sets, leastSquares).above(0);
      return new Fit(lasso, relaxed, choice.penalty(), cvR2, sets.size(), screened);
    }

    @Override
    public void close() {
      regression.close();
    }
  }

  /** The coefficients of some sets. */
  private static double[] on(Sets sets, Spectrum spectrum) {
    double[] coefficients = new double[sets.size()];
    Arrays.setAll(coefficients, s -> spectrum.coefficientOf(sets.get(s)));
    return coefficients;
  }

  /** The columns with a weight and those that are not penalised. */
  private static int[] support(double[] weights, boolean[] free) {
    return IntStream.range(0, weights.length).filter(j -> weights[j] != 0 || free[j]).toArray();
  }

  /** The coefficient of each singleton, regressed alone. */
  private static double[] linear(Problem rows) {
    Sets singletons =
        Sets.of(IntStream.range(0, rows.features()).mapToObj(i -> new int[] {i}).toList());
    try (Problem values = rows.withoutSizes()) {
      return rows.backend()
          .parityRegression()
          .hits(
              singletons,
              rows.masks().buffer(),
              rows.rows(),
              rows.features(),
              values.output(0),
              ActiveScreening.ALL)
          .coefficients();
    }
  }
}
