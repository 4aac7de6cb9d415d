package dev.ablate.explanation;

import java.util.List;

/**
 * What was explained, when it was a text.
 *
 * @param text the text
 * @param spans where each feature lies in it
 * @param unit what a feature is: {@code word}, {@code token} or {@code sentence}
 */
public record InputInfo(String text, List<Span> spans, String unit) {
  /** Copies the list. */
  public InputInfo {
    spans = List.copyOf(spans);
  }

  /**
   * A piece of the text, in UTF-16 code units.
   *
   * @param start first unit
   * @param end one past the last unit
   */
  public record Span(int start, int end) {}
}
