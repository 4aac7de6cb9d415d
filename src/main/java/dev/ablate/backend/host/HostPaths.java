package dev.ablate.backend.host;

import dev.ablate.backend.Paths;
import java.util.Arrays;
import java.util.List;
import java.util.function.Function;

/** Regularisation paths on the host's cores, a problem a task. */
final class HostPaths implements Paths {
  private final Workers workers;

  HostPaths(Workers workers) {
    this.workers = workers;
  }

  @Override
  public List<double[]> lasso(List<Problem> problems) {
    return solve(problems, problem -> new HostPathsLasso(problem).path());
  }

  @Override
  public List<double[]> ridge(List<Problem> problems) {
    return solve(problems, HostPathsRidge::path);
  }

  private List<double[]> solve(List<Problem> problems, Function<Problem, double[]> solver) {
    double[][] paths = new double[problems.size()][];
    workers.forEach(problems.size(), p -> paths[p] = solver.apply(problems.get(p)));
    return Arrays.asList(paths);
  }
}
