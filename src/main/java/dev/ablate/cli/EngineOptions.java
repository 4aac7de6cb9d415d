package dev.ablate.cli;

import dev.ablate.backend.Backends;
import picocli.CommandLine.Option;

/** Where the work runs. */
final class EngineOptions {
  @Option(
      names = "--backend",
      paramLabel = "NAME",
      defaultValue = "auto",
      description = Backends.NAMES + " (default: ${DEFAULT-VALUE}); see ablate devices")
  private String backend;

  @Option(
      names = "--threads",
      paramLabel = "N",
      defaultValue = "0",
      description = "host threads, 0 = all (default: ${DEFAULT-VALUE})")
  private int threads;

  /** Opens the backend. */
  Backends.Choice open() {
    return Backends.open(backend, threads);
  }

  /** Host threads, 0 for all. */
  int threads() {
    return threads;
  }
}
