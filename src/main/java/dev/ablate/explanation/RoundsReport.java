package dev.ablate.explanation;

import java.util.List;

/**
 * How masks were spent in rounds.
 *
 * @param targetR2 the R² that was asked for
 * @param stopped why no round followed: {@code target reached}, {@code gain flattened} or {@code
 *     budget spent}
 * @param rounds the rounds in order
 */
public record RoundsReport(double targetR2, String stopped, List<Round> rounds) {
  /** Copies the list. */
  public RoundsReport {
    rounds = List.copyOf(rounds);
  }

  /**
   * One round.
   *
   * @param masks masks fitted, those of the rounds before among them
   * @param r2 R² on the held-out masks, NaN where it is undefined
   * @param standardError of R², NaN where it is undefined; null where nothing was estimated, or
   *     where all masks were spent at once
   */
  public record Round(long masks, PerOutput<Double> r2, PerOutput<Double> standardError) {}
}
