package dev.ablate.code;

import java.util.function.UnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Input that cannot be used. The message is one line for the user: what, where, and how to mend it.
 * Where it speaks of a setting it says so by {@link #setting}, so that each door to the engine can
 * call the setting as its users do.
 */
public final class InputException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  // Private-use characters: no text that people write holds them.
  private static final char OPEN = '\uE0A0';
  private static final char CLOSE = '\uE0A1';
  private static final Pattern SETTING = Pattern.compile(OPEN + "([a-z0-9-]+)" + CLOSE);

  private final boolean ofAll;

  /** With the line for the user. */
  public InputException(String message) {
    this(message, null);
  }

  /** With the line for the user and what caused it. */
  public InputException(String message, Throwable cause) {
    this(message, cause, false);
  }

  private InputException(String message, Throwable cause, boolean ofAll) {
    super(message, cause);
    this.ofAll = ofAll;
  }

  /** About something that all other inputs would fail at too: no more of them is tried. */
  public static InputException ofAll(String message) {
    return new InputException(message, null, true);
  }

  /** Whether all other inputs would fail too. */
  public boolean isOfAll() {
    return ofAll;
  }

  /**
   * What a caller must give.
   *
   * @param what what it is, such as {@code the game}
   * @throws InputException if it is null
   */
  public static <T> T required(T value, String what) {
    if (value == null) {
      throw new InputException(what + " is null: give one");
    }
    return value;
  }

  /** The same about a place that the message does not know. */
  public InputException at(String where) {
    return new InputException(where + ": " + super.getMessage(), this, ofAll);
  }

  /** The same with more to say. */
  public InputException and(String more) {
    return new InputException(super.getMessage() + "; " + more, this, ofAll);
  }

  /** The name of a setting, to stand in a message. */
  public static String setting(String name) {
    return OPEN + name + CLOSE;
  }

  /** A text that names settings, each as a door to the engine calls it. */
  public static String named(String text, UnaryOperator<String> name) {
    return SETTING.matcher(text).replaceAll(m -> Matcher.quoteReplacement(name.apply(m.group(1))));
  }

  /** The line, settings by their plain names. */
  @Override
  public String getMessage() {
    return message(UnaryOperator.identity());
  }

  /**
   * The line, each setting as a door to the engine calls it. What came from outside, such as a path
   * or a label, may hold line breaks or be endless; the line never is.
   */
  public String message(UnaryOperator<String> name) {
    return OneLine.of(named(super.getMessage(), name));
  }
}
