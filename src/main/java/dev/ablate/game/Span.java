package dev.ablate.game;

/**
 * A piece of a text.
 *
 * @param start first UTF-16 unit
 * @param end last UTF-16 unit (exclusive)
 */
public record Span(int start, int end) {
  /** The piece itself. */
  public String of(String text) {
    return text.substring(start, end);
  }

  /** How many UTF-16 units the two have in common. */
  public int overlap(int otherStart, int otherEnd) {
    return Math.min(end, otherEnd) - Math.max(start, otherStart);
  }
}
