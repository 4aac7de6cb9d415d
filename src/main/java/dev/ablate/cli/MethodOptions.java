package dev.ablate.cli;

import picocli.CommandLine.Option;

/** Which solver, and the seed of everything random. */
final class MethodOptions {
  @Option(
      names = "--method",
      paramLabel = "M",
      defaultValue = "auto",
      description = "auto, exact, spex, proxyspex, screen or gp (default: ${DEFAULT-VALUE})")
  private String method;

  @Option(
      names = "--seed",
      paramLabel = "S",
      defaultValue = "0",
      description = "seed of everything random (default: ${DEFAULT-VALUE})")
  private long seed;

  /** The name of the method. */
  String method() {
    return method;
  }

  /** The seed. */
  long seed() {
    return seed;
  }
}
