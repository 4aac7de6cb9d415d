package dev.ablate.backend.kernel;

import dev.ablate.backend.Boosting;
import dev.ablate.backend.Buffer;
import java.util.List;

/** Boosted trees on a device: {@code kernels/boosting.cl}. */
final class KernelBoosting implements Boosting {
  private final Runtime runtime;

  KernelBoosting(Runtime runtime) {
    this.runtime = runtime;
  }

  @Override
  public List<Fitted> fit(Buffer masks, int rows, int features, List<Run> runs) {
    throw new UnsupportedOperationException("not built yet on " + runtime.device().kind());
  }
}
