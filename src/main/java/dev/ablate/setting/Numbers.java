package dev.ablate.setting;

import java.util.regex.Pattern;

/** Numbers as people write them: digits from 0 to 9, nothing that only Java reads. */
public final class Numbers {
  private static final Pattern WHOLE = Pattern.compile("[+-]?[0-9]+");

  private static final Pattern DECIMAL =
      Pattern.compile("[+-]?(?:[0-9]+(?:\\.[0-9]*)?|\\.[0-9]+)(?:[eE][+-]?[0-9]+)?|NaN");

  private Numbers() {}

  /** Whether a word is a whole number, of any size. */
  public static boolean isWhole(String word) {
    return WHOLE.matcher(word).matches();
  }

  /** Whether a word is a number; {@code NaN} is one, which no range holds. */
  public static boolean isNumber(String word) {
    return DECIMAL.matcher(word).matches();
  }
}
