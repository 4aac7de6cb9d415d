package dev.ablate.backend.host;

import dev.ablate.backend.Paths;
import java.util.Arrays;
import java.util.List;
import java.util.function.Function;

/** Regularisation paths on the host's cores, a problem a task. */
final class HostPaths implements Paths {
  /** Share of the largest product by which a lasso may break its optimality conditions. */
  private static final double TOLERANCE = 1e-7;

  private final Workers workers;

  HostPaths(Workers workers) {
    this.workers = workers;
  }

  @Override
  public List<double[]> lasso(List<Problem> problems) {
    return solve(problems, HostPaths::lasso);
  }

  @Override
  public List<double[]> ridge(List<Problem> problems) {
    return solve(problems, HostPathsRidge::path);
  }

  /** By homotopy; by descent where ties stop the homotopy. */
  private static double[] lasso(Problem problem) {
    double slack = TOLERANCE * Arrays.stream(problem.products()).map(Math::abs).max().orElse(0);
    double[] path = new HostPathsHomotopy(problem, slack).path();
    return path != null ? path : new HostPathsDescent(problem, slack).path();
  }

  private List<double[]> solve(List<Problem> problems, Function<Problem, double[]> solver) {
    double[][] paths = new double[problems.size()][];
    workers.forEach(problems.size(), p -> paths[p] = solver.apply(problems.get(p)));
    return Arrays.asList(paths);
  }
}
