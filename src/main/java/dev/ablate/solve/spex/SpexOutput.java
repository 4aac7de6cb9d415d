package dev.ablate.solve.spex;

import dev.ablate.backend.Backend;
import dev.ablate.backend.CodedBins;
import dev.ablate.backend.Decoding;
import dev.ablate.backend.HostBuffer;
import dev.ablate.backend.Sets;
import dev.ablate.code.Philox;
import dev.ablate.mask.CodedDesign;
import dev.ablate.mask.Design;
import dev.ablate.solve.Solution;
import dev.ablate.spectrum.Spectrum;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** One output of a coded design: refines what decoding found and decodes what that leaves. */
final class SpexOutput {
  private static final int FOLDS = 5;
  private static final int MAX_ROUNDS = 5;
  private static final int STREAM = 0x464F4C44;

  private final SpexSettings settings;
  private final CodedDesign design;
  private final Backend backend;
  private final CodedBins bins;
  private final TransformRegression regression;
  private final int[] foldOf;
  private final int folds;

  /**
   * Prepares the folds.
   *
   * @param transform {@code (groups, delays, 2^b) row-major}
   */
  SpexOutput(
      SpexSettings settings, CodedDesign design, Backend backend, double[] transform, long seed) {
    this.settings = settings;
    this.design = design;
    this.backend = backend;
    this.bins = design.bins();
    int[] order = Philox.stream(seed, STREAM).permutation(bins.delays());
    this.folds = Math.min(FOLDS, bins.delays());
    this.foldOf = new int[bins.delays()];
    for (int p = 0; p < foldOf.length; p++) {
      foldOf[order[p]] = p % folds;
    }
    this.regression = new TransformRegression(bins, transform);
  }

  Solution solve(Decoding.Decoded first) {
    LassoRefinement refinement = new LassoRefinement(regression, foldOf, folds);
    TreeMap<int[], Double> support = new TreeMap<>(Sets::compare);
    add(support, first);
    Fit fit = refinement.refine(first.sets(), first.coefficients());
    int rounds = 1;
    while (rounds < MAX_ROUNDS) {
      double[] rest = regression.residual(fit.sets(), fit.coefficients()).transform();
      Decoding.Decoded more =
          backend
              .decoding()
              .decode(bins, HostBuffer.of(rest), 1, settings.decoding(bins.code().errors(), false))
              .get(0);
      if (!add(support, more)) {
        break;
      }
      rounds++;
      fit =
          refinement.refine(
              Sets.of(support.keySet()),
              support.values().stream().mapToDouble(Double::doubleValue).toArray());
    }
    Map<String, Object> chosen = new LinkedHashMap<>();
    Design.Coded coded = design.design();
    chosen.put("groups", coded.groups());
    chosen.put("b", coded.dimension());
    chosen.put("t", coded.errors());
    chosen.put("delays", coded.delays());
    chosen.put("masks", coded.masks());
    chosen.put("decoded", support.size());
    chosen.put("rounds", rounds);
    chosen.put("penalty", fit.penalty());
    chosen.put("relaxed", fit.relaxed());
    return new Solution(
        new Spectrum(coded.features(), fit.sets(), fit.coefficients()),
        "spex",
        settings.refine().word(),
        fit.foldR2(),
        (int) coded.masks(),
        chosen,
        List.of());
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
