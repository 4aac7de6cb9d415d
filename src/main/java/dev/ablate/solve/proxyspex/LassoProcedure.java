package dev.ablate.solve.proxyspex;

import dev.ablate.backend.Boosting;
import dev.ablate.backend.TreeSpectra;
import dev.ablate.backend.Trees;
import dev.ablate.game.Values;
import dev.ablate.mask.Masks;
import dev.ablate.solve.HoldOut;
import dev.ablate.solve.Problem;
import dev.ablate.solve.Refine;
import dev.ablate.solve.Solution;
import dev.ablate.solve.boost.BoostedForests;
import dev.ablate.solve.boost.Folds;
import dev.ablate.spectrum.Spectrum;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * Trees, lasso, screening; first on 80% of the masks, then on all.
 *
 * <p>The first fit decides by cross-validation on the penalty, and by the held-out fifth how far
 * the lasso is relaxed towards least squares. The second takes both over; the penalty per row falls
 * with the root of the number of rows, as the noise in the products does.
 */
final class LassoProcedure {
  /** Shares of least squares to choose from. */
  private static final double[] SHARES = {0, 0.5, 1};

  private final Problem problem;
  private final HoldOut holdOut;

  LassoProcedure(Problem problem) {
    this.problem = problem;
    this.holdOut = HoldOut.of(problem.masks(), problem.seed());
  }

  /** One solution an output. */
  List<Solution> solve() {
    int outputs = problem.outputs().size();
    Folds all = HoldOut.folds(problem.masks(), problem.seed());
    List<Boosting.Run> runs = new ArrayList<>(runs(Folds.all(problem.masks().count())));
    if (holdOut != null) {
      runs.addAll(runs(holdOut.trainBits(problem.masks().count())));
    }
    List<TreeSpectra.Terms> terms = spectra(runs);
    List<Solution> solutions = new ArrayList<>();
    for (int o = 0; o < outputs; o++) {
      solutions.add(
          holdOut == null
              ? withoutHoldOut(problem.outputs().get(o), terms.get(o), all)
              : withHoldOut(problem.outputs().get(o), terms.get(o), terms.get(outputs + o), all));
    }
    return solutions;
  }

  private List<Boosting.Run> runs(long[] train) {
    long[] none = new long[train.length];
    return IntStream.range(0, problem.outputs().size())
        .mapToObj(o -> new Boosting.Run(BoostedForests.CANDIDATES, train, none, o))
        .toList();
  }

  private List<TreeSpectra.Terms> spectra(List<Boosting.Run> runs) {
    Masks masks = problem.masks();
    Values values = problem.values();
    List<Trees> forests =
        problem
            .backend()
            .boosting()
            .fit(
                masks.buffer(),
                masks.count(),
                masks.features(),
                values.buffer(),
                values.outputs(),
                runs)
            .stream()
            .map(Boosting.Fitted::forest)
            .toList();
    int[] trees = forests.stream().mapToInt(Trees::trees).toArray();
    List<TreeSpectra.Terms> terms =
        problem.backend().treeSpectra().spectra(forests, trees, Candidates.PROXY_TERMS);
    forests.forEach(Trees::close);
    return terms;
  }

  private Solution withoutHoldOut(double[] values, TreeSpectra.Terms terms, Folds folds) {
    LassoRefinement.Fit fit =
        LassoRefinement.fit(
            problem.backend(), problem.masks(), values, terms, LassoRefinement.UNKNOWN, folds);
    return solution(fit, fit.cvR2(), 0, Double.NaN, 0, List.of(HoldOut.NONE));
  }

  private Solution withHoldOut(
      double[] values, TreeSpectra.Terms terms, TreeSpectra.Terms trainTerms, Folds folds) {
    double[] train = holdOut.train(values);
    double penalty = LassoRefinement.UNKNOWN;
    double cvR2 = Double.NaN;
    double share = 0;
    double r2 = Double.NaN;
    List<String> notes = new ArrayList<>();
    if (Arrays.stream(train).anyMatch(v -> v != train[0])) {
      Masks masks = problem.masks().select(holdOut.train());
      LassoRefinement.Fit trial =
          LassoRefinement.fit(
              problem.backend(),
              masks,
              train,
              trainTerms,
              LassoRefinement.UNKNOWN,
              HoldOut.folds(masks, problem.seed()));
      penalty = trial.penalty() * Math.sqrt((double) train.length / values.length);
      cvR2 = trial.cvR2();
      for (double s : SHARES) {
        double reached = holdOut.r2(trial.blend(s), problem.masks(), values);
        if (s == 0 || reached > r2) {
          r2 = reached;
          share = s;
        }
      }
    } else {
      notes.add("all values outside the held-out masks are equal: nothing could be measured");
    }
    LassoRefinement.Fit fit =
        LassoRefinement.fit(problem.backend(), problem.masks(), values, terms, penalty, folds);
    return solution(fit, cvR2, share, r2, holdOut.held().length, notes);
  }

  private static Solution solution(
      LassoRefinement.Fit fit, double cvR2, double share, double r2, int held, List<String> notes) {
    Spectrum spectrum = fit.blend(share);
    Boosting.Settings trees = BoostedForests.CANDIDATES;
    Map<String, Object> settings = new LinkedHashMap<>();
    settings.put("trees", trees.trees());
    settings.put("depth", trees.depth());
    settings.put("rate", trees.rate());
    settings.put("candidates", fit.candidates());
    settings.put("candidates_screened", fit.screened());
    settings.put("terms", spectrum.size());
    settings.put("penalty", fit.penalty());
    settings.put("adaptive_power", Candidates.POWER);
    settings.put("relaxed_share", share);
    settings.put("relaxed_by", "held-out masks");
    settings.put("cv_r2", cvR2);
    return new Solution(spectrum, "proxyspex", Refine.LASSO.word(), r2, held, settings, notes);
  }
}
