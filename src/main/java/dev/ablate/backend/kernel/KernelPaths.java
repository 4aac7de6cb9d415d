package dev.ablate.backend.kernel;

import dev.ablate.backend.Paths;
import java.util.List;

/** Lasso and ridge paths on a device: {@code kernels/paths.cl}. */
final class KernelPaths implements Paths {
  private final Runtime runtime;

  KernelPaths(Runtime runtime) {
    this.runtime = runtime;
  }

  @Override
  public List<double[]> lasso(List<Problem> problems) {
    throw new UnsupportedOperationException("not built yet on " + runtime.device().kind());
  }

  @Override
  public List<double[]> ridge(List<Problem> problems) {
    throw new UnsupportedOperationException("not built yet on " + runtime.device().kind());
  }
}
