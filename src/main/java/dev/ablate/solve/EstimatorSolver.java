package dev.ablate.solve;

import dev.ablate.backend.Backend;
import dev.ablate.code.InputException;
import dev.ablate.mask.Design;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Any estimator as a solver: fitted on four fifths of the masks, scored on the other fifth, and
 * fitted again on all.
 */
public final class EstimatorSolver implements Solver {
  private static final String UNMEASURED =
      "all values outside the held-out masks are equal: nothing could be measured";

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
  public Design plan(int features, long budget, long seed) {
    if (budget < 1) {
      throw new InputException(
          method + " needs at least one mask: raise " + InputException.setting("budget"));
    }
    return new Design.Uniform(features, budget, seed);
  }

  @Override
  public List<Solution> solve(Samples samples, Backend backend, long seed) {
    return VaryingOutputs.solve(
        samples, backend, seed, estimator.ran(), estimator.refine().toString(), this::solve);
  }

  private List<Solution> solve(Problem all) {
    HoldOut holdOut = HoldOut.of(all.masks(), all.seed());
    if (holdOut == null) {
      return unmeasured(all, HoldOut.NONE);
    }
    Problem train = all.select(holdOut.train());
    int[] measurable =
        IntStream.range(0, all.outputs().size())
            .filter(o -> !VaryingOutputs.constant(train.outputs().get(o)))
            .toArray();
    List<Solution> measured = measured(all.outputs(measurable), holdOut);
    List<Solution> solutions = new ArrayList<>();
    int next = 0;
    for (int o = 0; o < all.outputs().size(); o++) {
      boolean known = next < measurable.length && measurable[next] == o;
      solutions.add(
          known ? measured.get(next++) : unmeasured(all.outputs(new int[] {o}), UNMEASURED).get(0));
    }
    return solutions;
  }

  private List<Solution> measured(Problem all, HoldOut holdOut) {
    if (all.outputs().isEmpty()) {
      return List.of();
    }
    Estimator.Trial trial =
        estimator.estimate(all.select(holdOut.train()), all.select(holdOut.held()));
    List<Estimator.Fitted> fits = trial.onAll(all, every(all));
    List<Solution> solutions = new ArrayList<>();
    for (int o = 0; o < fits.size(); o++) {
      // What is returned was fitted to the held-out masks too; it must not promise more than
      // either.
      double measured = holdOut.r2(trial.spectrum(o), all, o);
      double refitted = holdOut.r2(fits.get(o).spectrum(), all, o);
      double r2 = Math.min(measured, refitted);
      solutions.add(solution(fits.get(o), r2, holdOut.held().length, fits.get(o).notes()));
    }
    return solutions;
  }

  private List<Solution> unmeasured(Problem all, String why) {
    List<Solution> solutions = new ArrayList<>();
    for (Estimator.Fitted fit : estimator.estimate(all, null).onAll(all, every(all))) {
      List<String> notes = new ArrayList<>(fit.notes());
      notes.add(why);
      solutions.add(solution(fit, Double.NaN, 0, notes));
    }
    return solutions;
  }

  private static int[] every(Problem all) {
    return IntStream.range(0, all.outputs().size()).toArray();
  }

  private static Solution solution(Estimator.Fitted fit, double r2, int held, List<String> notes) {
    return new Solution(
        fit.spectrum(),
        fit.standardErrors(),
        fit.foundBy(),
        fit.ran(),
        fit.refine().toString(),
        r2,
        held,
        fit.report(),
        notes);
  }
}
