package dev.ablate.lens.text;

import java.util.Locale;

/** What one feature of a text is. */
public enum Unit {
  /** A word together with the punctuation that touches it. */
  WORD,
  /** A token of the model. */
  TOKEN,
  /** A sentence. */
  SENTENCE,
  /** What stands between ends of lines. */
  LINE,
  /** Lines without an empty one between them. */
  PARAGRAPH,
  /** A part of a prompt, such as a passage, or a text of a message. */
  SEGMENT,
  /** A message of a chat: all of its parts. */
  MESSAGE;

  /** As on the command line. */
  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}
