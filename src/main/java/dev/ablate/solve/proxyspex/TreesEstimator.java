package dev.ablate.solve.proxyspex;

import dev.ablate.backend.Boosting;
import dev.ablate.backend.Sets;
import dev.ablate.backend.TreeSpectra;
import dev.ablate.backend.Trees;
import dev.ablate.solve.Estimator;
import dev.ablate.solve.FitReport;
import dev.ablate.solve.Method;
import dev.ablate.solve.Problem;
import dev.ablate.solve.Refine;
import dev.ablate.solve.boost.BoostedForests;
import dev.ablate.solve.lasso.LeastSquares;
import dev.ablate.solve.surrogate.SpectrumSurrogate;
import dev.ablate.solve.surrogate.Surrogate;
import dev.ablate.spectrum.Spectrum;
import dev.ablate.work.Work;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;

/**
 * Boosted trees, a lasso on their largest terms and all singletons, and a screening of what they
 * leave among strong features.
 *
 * <p>The first fit decides by the held-out rows on the penalty and how far the lasso is relaxed
 * towards least squares; where those rows are few, on the penalty by cross-validation. The second
 * takes both over; the penalty per row falls with the root of the number of rows, as the noise in
 * the products does.
 */
public final class TreesEstimator implements Estimator {
  private static final String RAN = Method.PROXYSPEX.toString();

  /** Shares of least squares to choose from. */
  private static final double[] SHARES = {0, 0.5, 1};

  @Override
  public String name() {
    return "trees";
  }

  @Override
  public String ran() {
    return RAN;
  }

  @Override
  public Refine refine() {
    return Refine.LASSO;
  }

  @Override
  public Trial estimate(Problem train, Problem held) {
    List<Chosen> chosen = new ArrayList<>();
    List<TreeSpectra.Terms> terms = spectra(train);
    for (int o = 0; o < train.outputs(); o++) {
      chosen.add(
          train.summary(o).constant() ? constant(train, o) : chosen(train, held, o, terms.get(o)));
    }
    return new TreesTrial(chosen);
  }

  /** Takes the penalty and the share of least squares over: two numbers an output. */
  @Override
  public Trial again(Trial before, int[] places, Problem train, Problem held) {
    List<Chosen> chosen = new ArrayList<>();
    List<TreeSpectra.Terms> terms = spectra(train);
    for (int o = 0; o < train.outputs(); o++) {
      Chosen of = ((TreesTrial) before).chosen().get(places[o]);
      if (train.summary(o).constant()) {
        chosen.add(constant(train, o));
      } else {
        LassoRefinement.Fit fit = refit(train, o, terms.get(o), of);
        Spectrum spectrum = fit.blend(of.share());
        chosen.add(new Chosen(spectrum, fit.penalty(), fit.cvR2(), of.share(), train.rows()));
      }
    }
    return new TreesTrial(chosen);
  }

  private static LassoRefinement.Fit refit(
      Problem rows, int output, TreeSpectra.Terms terms, Chosen chosen) {
    double penalty = chosen.penalty() * Math.sqrt((double) chosen.rows() / rows.rows());
    return LassoRefinement.fit(rows, output, terms, penalty, null);
  }

  /**
   * What a trial chose for one output.
   *
   * @param penalty per row, {@link LassoRefinement#UNKNOWN} where the rows told nothing
   * @param cvR2 cross-validated R²
   * @param share of least squares
   * @param rows number of rows it was chosen on
   */
  private record Chosen(Spectrum spectrum, double penalty, double cvR2, double share, int rows) {}

  private static Chosen constant(Problem train, int output) {
    double[] value = {train.summary(output).first()};
    Spectrum spectrum = new Spectrum(train.features(), Sets.of(List.of(new int[0])), value);
    return new Chosen(spectrum, LassoRefinement.UNKNOWN, Double.NaN, 0, train.rows());
  }

  private static Chosen chosen(Problem train, Problem held, int output, TreeSpectra.Terms terms) {
    LassoRefinement.Fit trial =
        Work.firstOf(
            train.outputs() - output,
            () -> LassoRefinement.fit(train, output, terms, LassoRefinement.UNKNOWN, held));
    double best = Double.NaN;
    double share = 0;
    if (held != null) {
      for (double s : SHARES) {
        double reached = held.r2(trial.blend(s), output);
        if (s == 0 || reached > best) {
          best = reached;
          share = s;
        }
      }
    }
    return new Chosen(trial.blend(share), trial.penalty(), trial.cvR2(), share, train.rows());
  }

  private static List<TreeSpectra.Terms> spectra(Problem problem) {
    List<Trees> forests =
        Work.part(
            null,
            0.6,
            () ->
                BoostedForests.fit(
                    problem.backend(),
                    problem.masks(),
                    problem.values(),
                    BoostedForests.CANDIDATES));
    int[] trees = forests.stream().mapToInt(Trees::trees).toArray();
    List<TreeSpectra.Terms> terms =
        problem.backend().treeSpectra().spectra(forests, trees, Candidates.terms(problem.rows()));
    forests.forEach(Trees::close);
    return terms;
  }

  private record TreesTrial(List<Chosen> chosen) implements Trial {
    @Override
    public Spectrum spectrum(int output) {
      return chosen.get(output).spectrum();
    }

    @Override
    public List<Fitted> onAll(Problem all, int[] outputs) {
      List<Fitted> fits = new ArrayList<>();
      List<TreeSpectra.Terms> terms = spectra(all);
      for (int k = 0; k < outputs.length; k++) {
        fits.add(fitted(all, k, terms.get(k), chosen.get(outputs[k])));
      }
      return fits;
    }

    private static Fitted fitted(Problem all, int output, TreeSpectra.Terms terms, Chosen chosen) {
      LassoRefinement.Fit fit = refit(all, output, terms, chosen);
      Spectrum blend = fit.blend(chosen.share());
      try (LeastSquares free = LeastSquares.of(all, output, blend.sets())) {
        // The search ends within a tolerance, which shows where values are free of noise.
        Spectrum spectrum = chosen.share() == 1 ? closer(all, output, blend, free) : blend;
        return new Fitted(
            spectrum,
            errors(spectrum, free),
            Collections.nCopies(spectrum.size(), List.of("trees")),
            RAN,
            Refine.LASSO,
            report(fit, spectrum, chosen),
            List.of(),
            new SpectrumSurrogate(spectrum),
            rows -> again(rows, chosen));
      }
    }

    /** Of a spectrum and least squares on its sets, the one that leaves less. */
    private static Spectrum closer(Problem all, int output, Spectrum spectrum, LeastSquares free) {
      try (Problem one = all.outputs(output);
          Problem left = one.less(List.of(spectrum))) {
        return free.left().summary(0).squares() < left.summary(0).squares()
            ? new Spectrum(spectrum.features(), spectrum.sets(), free.coefficients())
            : spectrum;
      }
    }

    /** From new trees on: what a fit misses belongs to its error. */
    private static Surrogate again(Problem rows, Chosen chosen) {
      return new SpectrumSurrogate(
          rows.summary(0).constant()
              ? constant(rows, 0).spectrum()
              : refit(rows, 0, spectra(rows).get(0), chosen).blend(chosen.share()));
    }

    /**
     * What least squares on the support varies by, and how far the lasso shrank: least squares is
     * without bias, so the distance to it estimates the lasso's.
     */
    private static double[] errors(Spectrum spectrum, LeastSquares free) {
      double[] errors = free.standardErrors();
      Arrays.setAll(
          errors, s -> Math.hypot(errors[s], free.coefficients()[s] - spectrum.coefficient(s)));
      return errors;
    }

    private static FitReport report(LassoRefinement.Fit fit, Spectrum spectrum, Chosen chosen) {
      Boosting.Settings trees = BoostedForests.CANDIDATES;
      return new FitReport.Trees(
          trees.trees(),
          trees.depth(),
          trees.rate(),
          fit.candidates(),
          fit.screened(),
          spectrum.size(),
          fit.penalty(),
          Candidates.POWER,
          chosen.share(),
          "held-out masks",
          chosen.cvR2());
    }
  }
}
