package dev.ablate.solve.proxyspex;

import dev.ablate.backend.Boosting;
import dev.ablate.backend.Trees;
import dev.ablate.solve.FitReport;
import dev.ablate.solve.HeldFifth;
import dev.ablate.solve.Method;
import dev.ablate.solve.Problem;
import dev.ablate.solve.Refine;
import dev.ablate.solve.Solution;
import dev.ablate.solve.boost.BoostedForests;
import dev.ablate.solve.boost.BoostingGrid;
import dev.ablate.solve.lasso.LeastSquares;
import dev.ablate.spectrum.Spectrum;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;

/**
 * The published grid, truncation and, if asked for, ridge. The grid is scored on the rows outside
 * the held-out fifth; its winner is scored on that fifth and then fitted to all rows.
 */
final class GridProcedure {
  private final Problem problem;
  private final boolean ridge;
  private final HeldFifth holdOut;

  GridProcedure(Problem problem, Refine refine) {
    this.problem = problem;
    this.ridge = refine == Refine.RIDGE;
    this.holdOut = HeldFifth.of(problem);
  }

  /** One solution an output. */
  List<Solution> solve() {
    if (holdOut == null) {
      return solve(problem, null);
    }
    try (Problem train = problem.select(holdOut.train());
        Problem held = problem.select(holdOut.held())) {
      return solve(train, held);
    }
  }

  private List<Solution> solve(Problem train, Problem held) {
    List<BoostingGrid.Choice> choices =
        BoostingGrid.published()
            .choose(problem.backend(), train.masks(), train.values(), HeldFifth.folds(train));
    List<Boosting.Settings> winners = choices.stream().map(BoostingGrid.Choice::settings).toList();
    List<Trees> forests =
        BoostedForests.fit(problem.backend(), problem.masks(), problem.values(), winners);
    List<Spectrum> truncated = truncated(forests);
    List<Spectrum> trials = truncated(choices.stream().map(BoostingGrid.Choice::forest).toList());
    List<Solution> solutions = new ArrayList<>();
    for (int o = 0; o < winners.size(); o++) {
      double r2 = Double.NaN;
      if (held != null) {
        Spectrum trial = ridge ? ridge(train, o, trials.get(o)).spectrum() : trials.get(o);
        r2 = HeldFifth.r2(trial, held, o);
      }
      PublishedProcedure.Ridge fit = ridge ? ridge(problem, o, truncated.get(o)) : null;
      Spectrum spectrum = ridge ? fit.spectrum() : truncated.get(o);
      FitReport report = report(choices.get(o), fit, spectrum.size());
      solutions.add(solution(spectrum, errors(spectrum, o), r2, report));
    }
    return solutions;
  }

  /**
   * The truncated spectra of forests, which are closed. Whole spectra come to the host: where the
   * energy is reached depends on the order of its sum, one term after another.
   */
  private List<Spectrum> truncated(List<Trees> forests) {
    int[] trees = forests.stream().mapToInt(Trees::trees).toArray();
    List<Spectrum> spectra =
        problem.backend().treeSpectra().spectra(forests, trees).stream()
            .map(terms -> PublishedProcedure.truncate(problem.masks().features(), terms))
            .toList();
    forests.forEach(Trees::close);
    return spectra;
  }

  private static PublishedProcedure.Ridge ridge(Problem rows, int output, Spectrum support) {
    return PublishedProcedure.ridge(rows, output, support, HeldFifth.folds(rows));
  }

  private static FitReport report(
      BoostingGrid.Choice choice, PublishedProcedure.Ridge ridge, int terms) {
    return new FitReport.Grid(
        "published",
        choice.settings().trees(),
        choice.settings().depth(),
        choice.settings().rate(),
        choice.r2(),
        PublishedProcedure.ENERGY,
        ridge == null ? null : (Double) ridge.choice().penalty(),
        ridge == null ? null : (Double) ridge.choice().r2(),
        terms);
  }

  /**
   * Those of least squares on the support: ridge shrinks and varies less. Unknown where there are
   * too many terms for it.
   */
  private double[] errors(Spectrum spectrum, int output) {
    if (spectrum.size() >= Math.min(LeastSquares.MOST_SETS, problem.repeats().distinct())) {
      double[] unknown = new double[spectrum.size()];
      Arrays.fill(unknown, Double.NaN);
      return unknown;
    }
    try (LeastSquares free = LeastSquares.of(problem, output, spectrum.sets())) {
      return free.standardErrors();
    }
  }

  private Solution solution(Spectrum spectrum, double[] errors, double r2, FitReport report) {
    int held = holdOut == null ? 0 : holdOut.heldRows();
    List<String> notes = holdOut == null ? List.of(HeldFifth.NONE) : List.of();
    String word = (ridge ? Refine.RIDGE : Refine.NONE).toString();
    return new Solution(
        spectrum,
        errors,
        Collections.nCopies(spectrum.size(), List.of("trees")),
        Method.PROXYSPEX.toString(),
        word,
        r2,
        held,
        report,
        notes);
  }
}
