package dev.ablate.backend.host;

import dev.ablate.backend.Decoding;

/** Decoding on the host's cores. */
final class HostDecoding implements Decoding {
  private final Workers workers;

  HostDecoding(Workers workers) {
    this.workers = workers;
  }
}
