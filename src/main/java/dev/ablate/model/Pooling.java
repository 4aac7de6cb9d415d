package dev.ablate.model;

import java.util.Locale;

/** How the vectors of a text's tokens become one. */
public enum Pooling {
  /** Their mean, padding left out. */
  MEAN,
  /** That of the first token. */
  FIRST;

  /** As on the command line. */
  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}
