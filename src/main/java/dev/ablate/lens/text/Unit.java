package dev.ablate.lens.text;

import java.util.Locale;

/** What one feature of a text is. */
public enum Unit {
  /** A word together with the punctuation that touches it. */
  WORD,
  /** A token of the model. */
  TOKEN,
  /** A sentence. */
  SENTENCE;

  /** As on the command line. */
  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}
