package dev.ablate.backend.kernel;

import dev.ablate.backend.Buffer;
import dev.ablate.backend.GaussianProcess;
import java.util.List;

/** Gaussian processes on a device. */
final class KernelGaussianProcess implements GaussianProcess {
  private final Runtime runtime;

  KernelGaussianProcess(Runtime runtime) {
    this.runtime = runtime;
  }

  @Override
  public List<Evidence> evidence(
      Buffer masks, int rows, int features, Buffer values, int outputs, List<Block> blocks) {
    throw new UnsupportedOperationException("not on " + runtime.device().name());
  }

  @Override
  public Posterior posterior(
      Buffer masks, int rows, int features, Buffer values, int outputs, int output, Prior prior) {
    throw new UnsupportedOperationException("not on " + runtime.device().name());
  }
}
