package dev.ablate.backend.kernel;

import dev.ablate.backend.Buffer;
import dev.ablate.backend.Walsh;

/** The Walsh-Hadamard transform on a device: {@code kernels/walsh.cl}. */
final class KernelWalsh implements Walsh {
  private final Runtime runtime;

  KernelWalsh(Runtime runtime) {
    this.runtime = runtime;
  }

  @Override
  public Buffer byOutput(Buffer values, int rows, int outputs) {
    throw new UnsupportedOperationException("not built yet on " + runtime.device().kind());
  }

  @Override
  public void transform(Buffer data, int rows, int length, double scale) {
    throw new UnsupportedOperationException("not built yet on " + runtime.device().kind());
  }
}
