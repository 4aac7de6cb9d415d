package dev.ablate.benchmarks.exact;

/** What one fit to a game can be asked. */
public interface Fitted {
  /** Any index of its family. */
  Estimate index(Asked asked);

  /** What it gives for every mask, {@code (2^n)}. */
  double[] predictions();

  /** What won, such as {@code gp}. */
  String ran();
}
