package dev.ablate.backend.kernel;

import dev.ablate.backend.Buffer;
import dev.ablate.backend.Parity;
import dev.ablate.backend.Sets;

/** Parity columns and their products on a device: {@code kernels/parity.cl}. */
final class KernelParity implements Parity {
  private final Runtime runtime;

  KernelParity(Runtime runtime) {
    this.runtime = runtime;
  }

  @Override
  public Buffer columns(Sets sets, Buffer masks, int rows, int features) {
    throw new UnsupportedOperationException("not built yet on " + runtime.device().kind());
  }

  @Override
  public Buffer gram(Buffer columns, int sets, int rows, Buffer parts, int partCount) {
    throw new UnsupportedOperationException("not built yet on " + runtime.device().kind());
  }

  @Override
  public Buffer products(
      Buffer columns, int sets, int rows, Buffer parts, int partCount, Buffer values, int outputs) {
    throw new UnsupportedOperationException("not built yet on " + runtime.device().kind());
  }
}
