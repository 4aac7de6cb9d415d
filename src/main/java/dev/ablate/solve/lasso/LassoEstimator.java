package dev.ablate.solve.lasso;

import dev.ablate.backend.ParityRegression;
import dev.ablate.backend.Sets;
import dev.ablate.solve.Centred;
import dev.ablate.solve.Estimator;
import dev.ablate.solve.FitReport;
import dev.ablate.solve.HeldFifth;
import dev.ablate.solve.Problem;
import dev.ablate.solve.Refine;
import dev.ablate.spectrum.Spectrum;
import dev.ablate.work.Memory;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

/**
 * A lasso on all single features: what is left to do where noise or many small terms hide every
 * structure that could be searched for.
 */
public final class LassoEstimator implements Estimator {
  /** Weighs no column more than another. */
  private static final double EQUAL = 1;

  private final String name;

  /**
   * An estimator.
   *
   * @param name in the provenance
   */
  public LassoEstimator(String name) {
    this.name = name;
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public Refine refine() {
    return Refine.LASSO;
  }

  @Override
  public Trial estimate(Problem train, Problem held) {
    List<Fit> fits = new ArrayList<>();
    for (int o = 0; o < train.outputs(); o++) {
      fits.add(fit(train, o));
    }
    return new LassoTrial(fits);
  }

  private record Fit(Spectrum spectrum, double penalty, double cvR2, int candidates) {}

  private Fit fit(Problem problem, int output) {
    try (Problem one = problem.outputs(output);
        Centred centred = one.centred()) {
      Problem rows = centred.problem();
      Sets sets = sets(rows);
      double[] scales = new double[sets.size()];
      Arrays.fill(scales, EQUAL);
      try (ParityRegression.Sums regression =
          rows.backend()
              .parityRegression()
              .sums(
                  sets,
                  rows.masks().buffer(),
                  rows.rows(),
                  rows.features(),
                  rows.output(0),
                  HeldFifth.folds(rows).held())) {
        CrossValidated choice = LassoCrossValidation.fit(regression, scales);
        double[] weights = choice.weights().clone();
        weights[0] += centred.means()[0];
        return new Fit(
            new Spectrum(rows.features(), sets, weights).above(0),
            choice.penalty(),
            choice.r2(),
            sets.size());
      }
    }
  }

  /**
   * The empty set and the features; where memory does not hold all, those of the largest products
   * with the values.
   */
  private static Sets sets(Problem rows) {
    List<int[]> features =
        IntStream.range(0, rows.features()).mapToObj(i -> new int[] {i}).toList();
    int wanted = 1 + features.size();
    int most = Memory.square(wanted, LassoCrossValidation.PAIR);
    List<int[]> sets = new ArrayList<>();
    sets.add(new int[0]);
    if (most == wanted) {
      sets.addAll(features);
    } else {
      LassoCrossValidation.isShort(most);
      for (int feature : strongest(rows, features, most - 1)) {
        sets.add(features.get(feature));
      }
    }
    return Sets.of(sets);
  }

  /** The positions of the sets of the largest products with the values, ascending. */
  private static int[] strongest(Problem rows, List<int[]> sets, int most) {
    double[] products =
        rows.backend()
            .parityRegression()
            .hits(
                Sets.of(sets),
                rows.masks().buffer(),
                rows.rows(),
                rows.features(),
                rows.output(0),
                -1)
            .coefficients();
    return IntStream.range(0, products.length)
        .boxed()
        .sorted(Comparator.comparingDouble(s -> -Math.abs(products[s])))
        .limit(most)
        .sorted()
        .mapToInt(Integer::intValue)
        .toArray();
  }

  private final class LassoTrial implements Trial {
    private final List<Fit> fits;

    LassoTrial(List<Fit> fits) {
      this.fits = fits;
    }

    @Override
    public Spectrum spectrum(int output) {
      return fits.get(output).spectrum();
    }

    @Override
    public List<Fitted> onAll(Problem all, int[] outputs) {
      return IntStream.range(0, outputs.length).mapToObj(k -> fitted(all, k)).toList();
    }

    private Fitted fitted(Problem all, int output) {
      Fit fit = fit(all, output);
      Spectrum spectrum = fit.spectrum();
      return new Fitted(
          spectrum,
          errors(all, output, spectrum),
          Collections.nCopies(spectrum.size(), List.of(name)),
          name,
          refine(),
          new FitReport.Lasso(fit.candidates(), fit.penalty(), fit.cvR2(), spectrum.size()),
          List.of());
    }
  }

  /** What least squares on the support varies by, and how far the lasso shrank. */
  private static double[] errors(Problem all, int output, Spectrum spectrum) {
    try (LeastSquares free = LeastSquares.of(all, output, spectrum.sets())) {
      double[] errors = free.standardErrors().clone();
      Arrays.setAll(
          errors, s -> Math.hypot(errors[s], free.coefficients()[s] - spectrum.coefficient(s)));
      return errors;
    }
  }
}
