package dev.ablate.lens.text;

import dev.ablate.code.InputException;

/**
 * Numbered marks in a text, of characters that no text in it holds.
 *
 * @param first the first of the characters: one that opens, one that closes, sixteen digits
 */
record Marks(char first) {
  private static final int DIGITS = 16;

  /** All there are, for private use; what people make of them is elsewhere, and seldom all. */
  private static final char[] FIRST = {'\uE600', '\uEA00', '\uEE00', '\uF300', '\uF7C0'};

  /**
   * Marks that some texts do not hold.
   *
   * @throws InputException if they hold all there are
   */
  static Marks notIn(String... texts) {
    for (char first : FIRST) {
      Marks marks = new Marks(first);
      boolean free = true;
      for (String text : texts) {
        free &= text.chars().noneMatch(marks::isMark);
      }
      if (free) {
        return marks;
      }
    }
    throw new InputException(
        "the chat holds too many characters of Unicode's private use; take some out");
  }

  /** In front of what has a number. */
  String open(int number) {
    return mark(first, number);
  }

  /** Behind it. */
  String close(int number) {
    return mark((char) (first + 1), number);
  }

  /** Of one length, so that none begins another. */
  private String mark(char kind, int number) {
    StringBuilder mark = new StringBuilder().append(kind);
    for (int shift = 28; shift >= 0; shift -= 4) {
      mark.append((char) (first + 2 + (number >>> shift & DIGITS - 1)));
    }
    return mark.toString();
  }

  /** A text without marks. */
  String without(String text) {
    StringBuilder plain = new StringBuilder();
    text.chars().filter(c -> !isMark(c)).forEach(c -> plain.append((char) c));
    return plain.toString();
  }

  private boolean isMark(int c) {
    return c >= first && c < first + 2 + DIGITS;
  }
}
