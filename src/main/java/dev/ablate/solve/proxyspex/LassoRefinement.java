package dev.ablate.solve.proxyspex;

import dev.ablate.backend.Backend;
import dev.ablate.backend.HostBuffer;
import dev.ablate.backend.ParityRegression;
import dev.ablate.backend.Sets;
import dev.ablate.backend.TreeSpectra;
import dev.ablate.mask.Masks;
import dev.ablate.solve.boost.Folds;
import dev.ablate.solve.lasso.CrossValidated;
import dev.ablate.solve.lasso.LassoCrossValidation;
import dev.ablate.spectrum.Spectrum;
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

  private LassoRefinement() {}

  /**
   * A fit to some rows.
   *
   * @param lasso the lasso's spectrum
   * @param relaxed least squares on the lasso's support
   * @param penalty the lasso's penalty per row
   * @param cvR2 cross-validated R², NaN where the penalty was given
   * @param candidates number of sets to choose from, the empty one included
   * @param screened how many of them screening added
   */
  record Fit(
      Spectrum lasso, Spectrum relaxed, double penalty, double cvR2, int candidates, int screened) {

    /** Part of the way from the lasso to least squares. */
    Spectrum blend(double share) {
      return lasso.scale(1 - share).plus(relaxed.scale(share));
    }
  }

  /**
   * Fits rows.
   *
   * @param backend where the sums and paths run
   * @param masks {@code (rows, features)} host masks
   * @param values {@code (rows)}, not all equal
   * @param terms the spectrum of a proxy of the same rows
   * @param penalty per row, or {@link #UNKNOWN}
   * @param folds a division of the rows
   */
  static Fit fit(
      Backend backend,
      Masks masks,
      double[] values,
      TreeSpectra.Terms terms,
      double penalty,
      Folds folds) {
    double mean = Arrays.stream(values).average().orElseThrow();
    double[] centred = Arrays.stream(values).map(v -> v - mean).toArray();
    Candidates candidates = Candidates.of(terms, linear(backend, masks, centred));
    int before = candidates.sets().size();
    Fit fit = fit(backend, masks, centred, candidates, penalty, folds, 0);
    for (int round = 0; round < SCREENINGS; round++) {
      double[] fitted = fit.lasso.evaluate(masks, backend);
      double[] residual = new double[centred.length];
      Arrays.setAll(residual, r -> centred[r] - fitted[r]);
      Spectrum hits = ActiveScreening.hits(backend, masks, residual, fit.lasso, candidates.sets());
      if (hits.size() == 0) {
        break;
      }
      candidates = candidates.with(hits);
      int added = candidates.sets().size() - before;
      fit = fit(backend, masks, centred, candidates, penalty, folds, added);
    }
    Spectrum offset =
        new Spectrum(masks.features(), Sets.of(List.of(new int[0])), new double[] {mean});
    return new Fit(
        fit.lasso.plus(offset),
        fit.relaxed.plus(offset),
        fit.penalty,
        fit.cvR2,
        fit.candidates,
        fit.screened);
  }

  private static Fit fit(
      Backend backend,
      Masks masks,
      double[] centred,
      Candidates candidates,
      double penalty,
      Folds folds,
      int screened) {
    Sets sets = candidates.sets();
    double[] scales = candidates.scales();
    CrossValidated choice;
    double[] leastSquares;
    try (ParityRegression.Sums regression =
        backend
            .parityRegression()
            .sums(
                sets,
                masks.buffer(),
                masks.count(),
                masks.features(),
                HostBuffer.of(centred),
                folds.held())) {
      choice =
          Double.isNaN(penalty)
              ? LassoCrossValidation.fit(regression, scales)
              : new CrossValidated(regression.lasso(scales, penalty), penalty, Double.NaN);
      leastSquares = regression.leastSquares(support(choice.weights(), regression.free()));
    }
    Spectrum lasso = new Spectrum(masks.features(), sets, choice.weights());
    Spectrum relaxed = new Spectrum(masks.features(), sets, leastSquares);
    return new Fit(
        lasso.above(0), relaxed.above(0), choice.penalty(), choice.r2(), sets.size(), screened);
  }

  /** The columns with a weight and those that are not penalised. */
  private static int[] support(double[] weights, boolean[] free) {
    return IntStream.range(0, weights.length).filter(j -> weights[j] != 0 || free[j]).toArray();
  }

  /** The coefficient of each singleton, regressed alone. */
  private static double[] linear(Backend backend, Masks masks, double[] centred) {
    Sets singletons =
        Sets.of(IntStream.range(0, masks.features()).mapToObj(i -> new int[] {i}).toList());
    return backend
        .parityRegression()
        .hits(
            singletons,
            masks.buffer(),
            masks.count(),
            masks.features(),
            HostBuffer.of(centred),
            ActiveScreening.ALL)
        .coefficients();
  }
}
