package dev.ablate.model.tokenizer;

import dev.ablate.code.InputException;

/** Splits texts into tokens, wherever the library runs. Several threads may use it. */
public interface Encoder extends AutoCloseable {
  /**
   * Splits a text.
   *
   * @param text what to split, without halves of surrogate pairs
   * @param special whether the special tokens around a text are added
   * @throws Refusal if the tokenizer has no answer for this text
   * @throws InputException if the library's process ended over this text
   */
  Encoded encode(String text, boolean special) throws Refusal;

  @Override
  void close();

  /** The library's reason for not splitting a text, in one line. */
  final class Refusal extends Exception {
    private static final long serialVersionUID = 1L;

    /** With the reason. */
    public Refusal(String reason) {
      super(reason);
    }
  }
}
