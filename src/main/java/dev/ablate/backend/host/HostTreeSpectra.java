package dev.ablate.backend.host;

import dev.ablate.backend.TreeSpectra;

/** TreeSpectra on the host's cores. */
final class HostTreeSpectra implements TreeSpectra {
  private final Workers workers;

  HostTreeSpectra(Workers workers) {
    this.workers = workers;
  }
}
