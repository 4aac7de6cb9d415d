package dev.ablate.backend.host;

import dev.ablate.backend.Boosting;

/** Boosting on the host's cores. */
final class HostBoosting implements Boosting {
  private final Workers workers;

  HostBoosting(Workers workers) {
    this.workers = workers;
  }
}
