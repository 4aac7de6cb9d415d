package dev.ablate.solve.auto;

import dev.ablate.backend.Backend;
import dev.ablate.game.Values;
import dev.ablate.mask.Design;
import dev.ablate.mask.MaskSampling;
import dev.ablate.mask.Masks;
import dev.ablate.solve.Estimator;
import dev.ablate.solve.Method;
import dev.ablate.solve.Samples;
import dev.ablate.solve.Solution;
import dev.ablate.solve.Solver;
import dev.ablate.solve.screen.ScreenEstimator;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/**
 * The contest of the default. Of masks with a coded part ({@link Design.Joined}) the random ones
 * are what contenders fit and are judged on; the coded ones serve the first contender, which
 * decodes from them what screening leaves.
 */
public final class AutoSolver implements Solver {
  private final ScreenEstimator screen;
  private final Function<Estimator, Solver> contest;

  /**
   * A solver.
   *
   * @param screen the first contender where there are no coded masks
   * @param contest a contest with some first contender
   */
  public AutoSolver(ScreenEstimator screen, Function<Estimator, Solver> contest) {
    this.screen = screen;
    this.contest = contest;
  }

  @Override
  public Method method() {
    return Method.AUTO;
  }

  @Override
  public Design plan(int features, long budget, MaskSampling sampling, long seed) {
    return contest.apply(screen).plan(features, budget, sampling, seed);
  }

  @Override
  public List<Solution> solve(Samples samples, Backend backend, long seed) {
    if (!(samples.design() instanceof Design.Joined joined)) {
      return contest.apply(screen).solve(samples, backend, seed);
    }
    int random = Math.toIntExact(joined.paired().masks());
    int all = samples.masks().count();
    List<Solution> solutions = new ArrayList<>();
    Masks masks = samples.masks().range(0, random);
    Masks coded = samples.masks().range(random, all);
    for (int o = 0; o < samples.values().outputs(); o++) {
      Values values = Values.of(samples.values().column(o));
      Samples known = new Samples(coded, values.range(random, all), joined.coded());
      Samples fitted = new Samples(masks, values.range(0, random), joined.paired());
      Solver solver = contest.apply(new CodedScreen(screen, known));
      solutions.addAll(solver.solve(fitted, backend, seed));
    }
    return solutions;
  }
}
