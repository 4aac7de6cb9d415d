package dev.ablate.jobs;

import dev.ablate.code.InputException;
import java.util.function.UnaryOperator;

/** A run failed, but what it evaluated is in files. The cause is what it failed with. */
public final class KeptException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  KeptException(String where, Throwable cause) {
    super(where, cause);
  }

  /** Where the masks are and how to go on, settings by their plain names. */
  @Override
  public String getMessage() {
    return where(UnaryOperator.identity());
  }

  /** The same, each setting as a door to the engine calls it. */
  public String where(UnaryOperator<String> name) {
    return InputException.named(super.getMessage(), name);
  }

  /** The failure with the same line for users, if it was of their input; null otherwise. */
  InputException ofInput() {
    return getCause() instanceof InputException input ? input.and(super.getMessage()) : null;
  }
}
