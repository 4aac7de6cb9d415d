package dev.ablate.lens.text;

import dev.ablate.game.Span;
import java.util.List;

/**
 * A text of parts, some of which may be ablated.
 *
 * @param text all of it
 * @param parts what may be ablated, in order and without overlap
 * @param special whether the tokenizer adds its special tokens around the text; a rendered chat has
 *     them already
 * @param answers what the model may answer; empty where nobody said
 * @param against an answer that the others are compared with, null for none
 */
public record Prompt(
    String text, List<Part> parts, boolean special, List<String> answers, String against) {
  /** The number of a part's message where there are no messages. */
  public static final int NO_MESSAGE = -1;

  /**
   * Copies the lists.
   *
   * @throws IllegalArgumentException if parts are out of order or of the text
   */
  public Prompt {
    parts = List.copyOf(parts);
    answers = List.copyOf(answers);
    int end = 0;
    for (Part part : parts) {
      if (part.span().start() < end || part.span().end() < part.span().start()) {
        throw new IllegalArgumentException("the parts are not in order: " + parts);
      }
      end = part.span().end();
    }
    if (end > text.length()) {
      throw new IllegalArgumentException("a part ends behind the text, at " + end);
    }
  }

  /**
   * A part that may be ablated.
   *
   * @param span where it is in the text
   * @param name what somebody calls it, null for nothing
   * @param message the number of the message that it is of, from 0; {@link #NO_MESSAGE} where there
   *     are none
   */
  public record Part(Span span, String name, int message) {}

  /** A plain text, all of which may be ablated. */
  public static Prompt of(String text) {
    return new Prompt(
        text,
        List.of(new Part(new Span(0, text.length()), null, NO_MESSAGE)),
        true,
        List.of(),
        null);
  }

  /** The same with answers. */
  Prompt with(List<String> others, String other) {
    return new Prompt(text, parts, special, others, other);
  }
}
