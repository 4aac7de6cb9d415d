package dev.ablate.solve.proxyspex;

import dev.ablate.backend.ParityRegression;
import dev.ablate.backend.Sets;
import dev.ablate.backend.TreeSpectra;
import dev.ablate.solve.Centred;
import dev.ablate.solve.Problem;
import dev.ablate.solve.boost.Folds;
import dev.ablate.solve.lasso.CrossValidated;
import dev.ablate.solve.lasso.RidgeCrossValidation;
import dev.ablate.spectrum.Spectrum;
import java.util.List;

/**
 * Truncation and ridge as published. The authors' code drops the term that crosses the energy
 * threshold and all that tie with it; here the kept terms do carry that energy.
 *
 * <p>Source: Butler et al., arXiv 2505.17495.
 */
final class PublishedProcedure {
  /** Share of the non-constant energy that the kept terms carry. */
  static final double ENERGY = 0.95;

  /** Magnitudes closer than this, relatively, are a tie. */
  private static final double TIE = 1e-12;

  private PublishedProcedure() {}

  /**
   * The largest terms that carry 95% of the energy without the empty set, the one that crosses the
   * threshold and all of its magnitude included; the empty set always stays.
   */
  static Spectrum truncate(int features, TreeSpectra.Terms terms) {
    Spectrum all = new Spectrum(features, terms.sets(), terms.coefficients());
    Spectrum varying = all.ofOrders(1, Integer.MAX_VALUE);
    int[] order = varying.byMagnitude();
    double target = ENERGY * varying.variance();
    double carried = 0;
    double last = Double.POSITIVE_INFINITY;
    int kept = 0;
    while (kept < order.length) {
      double magnitude = Math.abs(varying.coefficient(order[kept]));
      if (carried >= target && magnitude < last * (1 - TIE)) {
        break;
      }
      carried += magnitude * magnitude;
      last = magnitude;
      kept++;
    }
    Spectrum empty =
        new Spectrum(features, Sets.of(List.of(new int[0])), new double[] {all.coefficientOf()});
    return varying.top(kept).plus(empty);
  }

  /**
   * Ridge with a cross-validated penalty on the parities of a spectrum's sets and the empty set.
   *
   * @param folds a division of the rows
   * @return the fit, in the unit of the values
   */
  static Ridge ridge(Problem problem, int output, Spectrum support, Folds folds) {
    int features = problem.features();
    Spectrum empty = new Spectrum(features, Sets.of(List.of(new int[0])), new double[] {1});
    Sets sets = support.ofOrders(1, Integer.MAX_VALUE).plus(empty).sets();
    try (Problem one = problem.outputs(output);
        Centred centred = one.centred();
        ParityRegression.Sums regression =
            problem
                .backend()
                .parityRegression()
                .sums(
                    sets,
                    problem.masks().buffer(),
                    problem.rows(),
                    features,
                    centred.problem().output(0),
                    folds.held())) {
      CrossValidated choice = RidgeCrossValidation.fit(regression);
      double[] coefficients = choice.weights().clone();
      coefficients[0] += centred.means()[0];
      return new Ridge(new Spectrum(features, sets, coefficients), choice);
    }
  }

  /**
   * A ridge regression.
   *
   * @param spectrum the fit
   * @param choice the penalty and its cross-validated R²
   */
  record Ridge(Spectrum spectrum, CrossValidated choice) {}
}
