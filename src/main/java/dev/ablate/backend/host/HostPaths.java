package dev.ablate.backend.host;

import dev.ablate.backend.Paths;
import java.util.List;

/** Regularisation paths on the host's cores. */
final class HostPaths implements Paths {
  private final Workers workers;

  HostPaths(Workers workers) {
    this.workers = workers;
  }

  @Override
  public List<double[]> lasso(List<Problem> problems) {
    throw new IllegalStateException("in work on " + workers.threads());
  }

  @Override
  public List<double[]> ridge(List<Problem> problems) {
    throw new IllegalStateException("in work on " + workers.threads());
  }
}
