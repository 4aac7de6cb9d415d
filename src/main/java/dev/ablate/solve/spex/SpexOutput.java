package dev.ablate.solve.spex;

import dev.ablate.backend.Backend;
import dev.ablate.backend.Buffer;
import dev.ablate.backend.CodedBins;
import dev.ablate.backend.CodedRegression;
import dev.ablate.backend.Decoding;
import dev.ablate.backend.Sets;
import dev.ablate.mask.CodedDesign;
import dev.ablate.mask.Design;
import dev.ablate.solve.FitReport;
import dev.ablate.solve.Method;
import dev.ablate.solve.Solution;
import dev.ablate.spectrum.Spectrum;
import java.util.Collections;
import java.util.List;
import java.util.TreeMap;

/** One output of a coded design: refines what decoding found and decodes what that leaves. */
final class SpexOutput {
  private static final int FOLDS = 5;
  private static final int MAX_ROUNDS = 5;

  private final SpexSettings settings;
  private final CodedDesign design;
  private final Backend backend;
  private final CodedBins bins;
  private final CodedRegression.Output regression;
  private final Refinement refinement;

  /**
   * Prepares the folds.
   *
   * @param regression the output's transforms
   */
  SpexOutput(
      SpexSettings settings,
      CodedDesign design,
      Backend backend,
      CodedRegression.Output regression,
      long seed) {
    this.settings = settings;
    this.design = design;
    this.backend = backend;
    this.bins = design.bins();
    this.regression = regression;
    DelayFolds folds = new DelayFolds(bins.delays(), FOLDS, seed);
    this.refinement =
        switch (settings.refine()) {
          case NONE -> (sets, found) -> new SpexFit(sets, found, 0, false, Double.NaN, Double.NaN);
          case RIDGE -> new SpexRidge(regression, folds);
          case LASSO -> new SpexLasso(regression, folds);
        };
  }

  /**
   * Refines and decodes in turn.
   *
   * @param first what the bins of the values gave
   * @param folded whether an R² over folds of delays means something
   */
  Solution solve(Decoding.Decoded first, boolean folded) {
    TreeMap<int[], Double> support = new TreeMap<>(Sets::compare);
    add(support, first);
    SpexFit fit = refinement.refine(first.sets(), first.coefficients());
    int rounds = 1;
    while (rounds < MAX_ROUNDS && add(support, decodeRest(fit))) {
      rounds++;
      fit =
          refinement.refine(
              Sets.of(support.keySet()),
              support.values().stream().mapToDouble(Double::doubleValue).toArray());
    }
    boolean scored = folded && !Double.isNaN(fit.leftOutR2());
    Design.Coded coded = design.design();
    Spectrum spectrum = new Spectrum(coded.features(), fit.sets(), fit.coefficients());
    return new Solution(
        spectrum,
        fit.standardErrors(coded.masks()),
        Collections.nCopies(spectrum.size(), List.of("spex")),
        Method.SPEX.toString(),
        settings.refine().toString(),
        scored ? fit.leftOutR2() : Double.NaN,
        scored ? (int) coded.masks() : 0,
        report(support.size(), rounds, fit),
        notes(folded));
  }

  private Decoding.Decoded decodeRest(SpexFit fit) {
    Decoding.Settings again = settings.decoding(bins.code().errors(), false);
    try (Buffer rest = regression.residual(fit.sets(), fit.coefficients())) {
      return backend.decoding().decode(bins, rest, 1, again).get(0);
    }
  }

  private FitReport report(int decoded, int rounds, SpexFit fit) {
    return new FitReport.Spex(
        bins.groups(),
        bins.dimension(),
        bins.code().errors(),
        bins.delays(),
        design.design().masks(),
        settings.patternsFor(bins.code().errors()),
        decoded,
        rounds,
        fit.penalty(),
        fit.relaxed());
  }

  private List<String> notes(boolean folded) {
    String size =
        "SPEX used "
            + design.design().masks()
            + " masks: "
            + bins.groups()
            + " groups, b = "
            + bins.dimension()
            + ", t = "
            + bins.code().errors();
    return folded
        ? List.of(size)
        : List.of(
            size, "most masks occur under several delays: none were left out to measure the fit");
  }

  /** Adds terms to a support; whether one of them was new. */
  private static boolean add(TreeMap<int[], Double> support, Decoding.Decoded decoded) {
    int before = support.size();
    for (int s = 0; s < decoded.sets().size(); s++) {
      support.merge(decoded.sets().get(s), decoded.coefficients()[s], Double::sum);
    }
    return support.size() > before;
  }
}
