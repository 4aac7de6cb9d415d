package dev.ablate.backend.host;

import dev.ablate.backend.Paths;

/** Paths on the host's cores. */
final class HostPaths implements Paths {
  private final Workers workers;

  HostPaths(Workers workers) {
    this.workers = workers;
  }
}
