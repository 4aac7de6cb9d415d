package dev.ablate.code;

/** Text from outside as one line that a terminal shows and never obeys. */
public final class OneLine {
  /** Longest message, in UTF-16 code units. */
  public static final int MOST = 600;

  /** Of a message that is too long: its end says how to mend it. */
  private static final int END = 350;

  private static final String CUT = " … ";

  private OneLine() {}

  /** A message in one line of at most {@link #MOST}: where it is longer, its middle is left out. */
  public static String of(String message) {
    String line = Characters.line(message);
    if (line.length() <= MOST) {
      return line;
    }
    return start(line, MOST - END - CUT.length()) + CUT + end(line, END);
  }

  /** A name, a type or a value from outside in a message, of which the beginning says enough. */
  public static String brief(String text, int most) {
    return text.length() <= most ? text : start(text, most - 1) + "…";
  }

  /** The first line of what went wrong. */
  public static String first(Throwable e) {
    return String.valueOf(e.getMessage()).lines().findFirst().orElse("no reason given").strip();
  }

  private static String start(String text, int length) {
    return text.substring(0, isHalf(text, length) ? length - 1 : length);
  }

  private static String end(String text, int length) {
    int from = text.length() - length;
    return text.substring(isHalf(text, from) ? from + 1 : from);
  }

  /** Whether a cut there would halve a character. */
  private static boolean isHalf(String text, int at) {
    return Character.isSurrogatePair(text.charAt(at - 1), text.charAt(at));
  }
}
