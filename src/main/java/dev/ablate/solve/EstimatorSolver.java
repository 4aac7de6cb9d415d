package dev.ablate.solve;

import dev.ablate.backend.Backend;
import dev.ablate.code.InputException;
import dev.ablate.mask.Design;
import dev.ablate.mask.MaskSampling;
import dev.ablate.work.Work;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Any estimator as a solver: fitted on four fifths of the masks, scored on the other fifth, and
 * fitted again on all.
 */
public final class EstimatorSolver implements Solver {
  private static final String UNMEASURED =
      "all values outside the held-out masks are equal: nothing could be measured";

  /** Share of the squares that is rounding. */
  private static final double ROUNDING = 1e-20;

  private final Method method;
  private final Estimator estimator;

  /**
   * A solver.
   *
   * @param method what it is
   * @param estimator what fits
   */
  public EstimatorSolver(Method method, Estimator estimator) {
    this.method = method;
    this.estimator = estimator;
  }

  @Override
  public Method method() {
    return method;
  }

  @Override
  public Design plan(int features, long budget, MaskSampling sampling, long seed) {
    if (budget < 1) {
      throw new InputException(
          method + " needs at least one mask: raise " + InputException.setting("budget"));
    }
    return new Design.Paired(sampling, features, budget, seed);
  }

  @Override
  public List<Solution> solve(Samples samples, Backend backend, long seed) {
    return VaryingOutputs.solve(
        samples, backend, seed, estimator.ran(), estimator.refine().toString(), this::solve);
  }

  private List<Solution> solve(Problem all) {
    HeldFifth holdOut = HeldFifth.of(all);
    if (holdOut == null) {
      return unmeasured(all, HeldFifth.NONE);
    }
    int outputs = all.outputs();
    try (Problem train = all.select(holdOut.train());
        Problem held = all.select(holdOut.held())) {
      int[] measurable =
          IntStream.range(0, outputs).filter(o -> !train.summary(o).constant()).toArray();
      List<Solution> measured = measured(all, train, held, measurable);
      List<Solution> solutions = new ArrayList<>();
      for (int o = 0; o < outputs; o++) {
        int at = Arrays.binarySearch(measurable, o);
        solutions.add(at >= 0 ? measured.get(at) : unmeasured(all, o));
      }
      return solutions;
    }
  }

  private List<Solution> measured(Problem all, Problem train, Problem held, int[] measurable) {
    if (measurable.length == 0) {
      return List.of();
    }
    try (Problem allOf = all.outputs(measurable);
        Problem trainOf = train.outputs(measurable);
        Problem heldOf = held.outputs(measurable)) {
      double share = StageShares.trial(method);
      Estimator.Trial trial =
          Work.part(estimator.name(), share, () -> estimator.estimate(allOf, trainOf, heldOf));
      List<Estimator.Fitted> fits =
          Work.part("fit of all masks", 1, () -> trial.onAll(allOf, every(allOf)));
      List<Solution> solutions = new ArrayList<>();
      for (int o = 0; o < fits.size(); o++) {
        // What is returned was fitted to the held-out masks too; it must not promise more than
        // either.
        double r2 = trial.heldOutR2(o, heldOf, fits.get(o).spectrum());
        int rows = trial.heldOutRows(o, heldOf);
        // A spectrum before a link is none of the values.
        boolean reads = trial.readsFunctions() || !fits.get(o).link().isIdentity();
        Reading reading = reads ? reading(fits.get(o), allOf, o) : null;
        solutions.add(solution(fits.get(o), r2, rows, fits.get(o).notes(), reading));
      }
      return solutions;
    }
  }

  private Solution unmeasured(Problem all, int output) {
    try (Problem one = all.outputs(output)) {
      return unmeasured(one, UNMEASURED).get(0);
    }
  }

  private List<Solution> unmeasured(Problem all, String why) {
    List<Solution> solutions = new ArrayList<>();
    List<Estimator.Fitted> fits = estimator.estimate(all, null).onAll(all, every(all));
    for (int o = 0; o < fits.size(); o++) {
      List<String> notes = new ArrayList<>(fits.get(o).notes());
      notes.add(why);
      solutions.add(solution(fits.get(o), Double.NaN, 0, notes, reading(fits.get(o), all, o)));
    }
    return solutions;
  }

  /** What interactions are read off; null where the spectrum leaves nothing but rounding. */
  private static Reading reading(Estimator.Fitted fit, Problem all, int output) {
    if (fit.surrogate() == null) {
      try (Problem one = all.outputs(output);
          Problem rest = one.less(List.of(fit.spectrum()))) {
        if (rest.summary(0).squares() <= ROUNDING * one.summary(0).squares()) {
          return null;
        }
      }
    }
    Refit refit = fit.repeatable() ? fit::again : null;
    return Reading.of(fit.function(), refit, all, output);
  }

  private static int[] every(Problem all) {
    return IntStream.range(0, all.outputs()).toArray();
  }

  private static Solution solution(
      Estimator.Fitted fit, double r2, int held, List<String> notes, Reading reading) {
    return new Solution(
        fit.spectrum(),
        fit.standardErrors(),
        fit.foundBy(),
        fit.ran(),
        fit.refine().toString(),
        r2,
        held,
        fit.report(),
        notes,
        reading,
        fit.link());
  }
}
