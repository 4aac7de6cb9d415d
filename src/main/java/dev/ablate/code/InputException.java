package dev.ablate.code;

/**
 * Input that cannot be used. The message is one line for the user: what, where, and how to mend it.
 */
public final class InputException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** With the line for the user. */
  public InputException(String message) {
    super(message);
  }

  /** With the line for the user and what caused it. */
  public InputException(String message, Throwable cause) {
    super(message, cause);
  }
}
