package dev.ablate.backend.host;

import dev.ablate.backend.Paths;
import java.util.Arrays;
import java.util.List;
import java.util.function.Function;

/** Regularisation paths on the host's cores, a problem a task. */
final class HostPaths implements Paths {
  /** Share of the largest product by which a lasso may break its optimality conditions. */
  private static final double TOLERANCE = 1e-7;

  /** Sweeps a penalty that a descent may take before the homotopy is tried. */
  private static final int QUICK = 40;

  /** Sweeps a penalty when nothing else worked. */
  private static final int PATIENT = 1000;

  /**
   * Products of numbers that a walk may take: some tens of seconds. A homotopy of two thousand
   * columns that depend on each other takes fewer.
   */
  private static final double WORK = 3e10;

  private final Workers workers;

  HostPaths(Workers workers) {
    this.workers = workers;
  }

  @Override
  public List<double[]> lasso(List<Problem> problems) {
    return solve(problems, this::lasso);
  }

  @Override
  public List<double[]> ridge(List<Problem> problems) {
    return solve(problems, HostPathsRidge::path);
  }

  /**
   * By descent where that is quick, which it is on nearly orthogonal columns; otherwise by
   * homotopy; by patient descent where ties stop the homotopy. A path that takes too much work ends
   * early: its weaker penalties have the solution of a stronger one, or one that is not settled.
   */
  private double[] lasso(Problem problem) {
    double slack = slack(problem);
    double[] path = new HostPathsDescent(workers, problem, slack, QUICK, WORK).path(true);
    if (path == null) {
      path = new HostPathsHomotopy(problem, slack, WORK).path();
    }
    return path != null
        ? path
        : new HostPathsDescent(workers, problem, slack, PATIENT, WORK).path(false);
  }

  /**
   * The lasso from a solution that is known.
   *
   * @param problem with one penalty
   * @param start {@code (k)} weights
   * @param at the penalty that they belong to
   */
  double[] lasso(Problem problem, double[] start, double at) {
    double[][] found = new double[1][];
    workers.within(
        () -> {
          found[0] =
              new HostPathsDescent(workers, problem, slack(problem), QUICK, WORK).path(start, at);
          found[0] = found[0] != null ? found[0] : lasso(problem);
        });
    return found[0];
  }

  private static double slack(Problem problem) {
    return TOLERANCE * Arrays.stream(problem.products()).map(Math::abs).max().orElse(0);
  }

  private List<double[]> solve(List<Problem> problems, Function<Problem, double[]> solver) {
    double[][] paths = new double[problems.size()][];
    workers.within(
        () -> workers.forEach(problems.size(), p -> paths[p] = solver.apply(problems.get(p))));
    return Arrays.asList(paths);
  }
}
