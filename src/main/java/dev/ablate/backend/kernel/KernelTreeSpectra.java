package dev.ablate.backend.kernel;

import dev.ablate.backend.TreeSpectra;
import dev.ablate.backend.Trees;
import java.util.List;

/** Spectra of trees on a device: {@code kernels/tree_spectra.cl}. */
final class KernelTreeSpectra implements TreeSpectra {
  private final Runtime runtime;

  KernelTreeSpectra(Runtime runtime) {
    this.runtime = runtime;
  }

  @Override
  public List<Terms> spectra(List<? extends Trees> forests, int[] trees) {
    throw new UnsupportedOperationException("not built yet on " + runtime.device().kind());
  }
}
