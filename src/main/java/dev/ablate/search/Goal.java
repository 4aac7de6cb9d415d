package dev.ablate.search;

import java.util.Locale;

/** Which value is sought. */
public enum Goal {
  /** The largest. */
  MAX(1),
  /** The smallest. */
  MIN(-1);

  private final int sign;

  Goal(int sign) {
    this.sign = sign;
  }

  /** What a spectrum is multiplied by so that the largest value is sought. */
  int sign() {
    return sign;
  }

  /** The word in files. */
  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}
