package dev.ablate.code;

import java.util.BitSet;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Characters as people see them: a letter with its accents, or an emoji with all its parts, is one
 * character (an extended grapheme cluster of UAX #29), however many code points it has.
 */
public final class Characters {
  private static final Pattern CHARACTER = Pattern.compile("\\X");
  private static final Pattern LINE_ENDS = Pattern.compile("[\\t\\n\\x0B\\f\\r\\x85\u2028\u2029]+");

  private Characters() {}

  /** Whether a code point is white space of any kind, no-break spaces included. */
  public static boolean isSpace(int codePoint) {
    return Character.isWhitespace(codePoint)
        || Character.isSpaceChar(codePoint)
        || codePoint == '\u0085';
  }

  /** Whether a text is empty or white space alone. */
  public static boolean isBlank(String text) {
    return text.codePoints().allMatch(Characters::isSpace);
  }

  /**
   * Whether nobody sees a code point: a control, a format character such as a zero-width space or a
   * mark of direction, or half a surrogate pair.
   */
  public static boolean isInvisible(int codePoint) {
    return switch (Character.getType(codePoint)) {
      case Character.CONTROL, Character.FORMAT, Character.SURROGATE -> true;
      default -> false;
    };
  }

  /** The characters of a text, in order. */
  public static List<String> of(String text) {
    return CHARACTER.matcher(text).results().map(MatchResult::group).toList();
  }

  /**
   * Where a text may be cut, as positions in UTF-16 units, its ends included: between characters,
   * and around every white space, even where an accent stands upon it.
   */
  public static BitSet borders(String text) {
    BitSet borders = new BitSet(text.length() + 1);
    Matcher character = CHARACTER.matcher(text);
    while (character.find()) {
      borders.set(character.start());
    }
    borders.set(text.length());
    for (int c = 0; c < text.length(); c++) {
      if (isSpace(text.charAt(c))) {
        borders.set(c, c + 2);
      }
    }
    return borders;
  }

  /**
   * A text as one line that is safe on a terminal: what nobody sees, and what a terminal would
   * obey, is named by its code point, such as {@code <U+001B>}; ends of lines become blanks.
   */
  public static String line(String text) {
    return visible(LINE_ENDS.matcher(text).replaceAll(" "), "");
  }

  /** The same with its ends of lines and tabs. */
  public static String block(String text) {
    return visible(text.replace("\r\n", "\n"), "\n\t");
  }

  /** A word with every code point that is not ASCII named by its number. */
  public static String spelled(String text) {
    StringBuilder spelled = new StringBuilder();
    text.codePoints()
        .forEach(
            c -> {
              if (c > ' ' && c < 0x7F) {
                spelled.appendCodePoint(c);
              } else {
                spelled.append(number(c));
              }
            });
    return spelled.toString();
  }

  /** Joiners within a character, as in emoji, are part of it and stay. */
  private static String visible(String text, String kept) {
    StringBuilder visible = new StringBuilder();
    for (String character : of(text)) {
      if (character.codePoints().allMatch(Characters::isObeyed) && !kept.contains(character)) {
        character.codePoints().forEach(c -> visible.append(number(c)));
      } else {
        visible.append(character);
      }
    }
    return visible.toString();
  }

  private static boolean isObeyed(int codePoint) {
    return isInvisible(codePoint) || codePoint == '\u2028' || codePoint == '\u2029';
  }

  private static String number(int codePoint) {
    return String.format("<U+%04X>", codePoint);
  }
}
