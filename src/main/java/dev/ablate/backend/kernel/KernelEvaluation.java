package dev.ablate.backend.kernel;

import dev.ablate.backend.Buffer;
import dev.ablate.backend.Evaluation;
import dev.ablate.backend.Sets;

/** Spectra on masks on a device: {@code kernels/evaluation.cl}. */
final class KernelEvaluation implements Evaluation {
  private final Runtime runtime;

  KernelEvaluation(Runtime runtime) {
    this.runtime = runtime;
  }

  @Override
  public Buffer evaluate(
      Sets sets, Buffer coefficients, int outputs, Buffer masks, int rows, int features) {
    throw new UnsupportedOperationException("not built yet on " + runtime.device().kind());
  }
}
