package dev.ablate.backend.host;

import dev.ablate.backend.Forest;
import dev.ablate.backend.TreeSpectra;
import java.util.List;

/** Tree spectra on the host's cores. */
final class HostTreeSpectra implements TreeSpectra {
  private final Workers workers;

  HostTreeSpectra(Workers workers) {
    this.workers = workers;
  }

  @Override
  public List<Terms> spectra(List<Forest> forests, int[] trees) {
    throw new IllegalStateException("in work on " + workers.threads());
  }
}
