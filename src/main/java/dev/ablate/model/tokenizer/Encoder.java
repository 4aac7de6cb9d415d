package dev.ablate.model.tokenizer;

import dev.ablate.code.InputException;

/**
 * Splits texts into tokens and joins them again, wherever the library runs. Several threads may use
 * it.
 */
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

  /**
   * The text of tokens, special ones left out.
   *
   * @param ids numbers of tokens; what no token has is left out
   * @throws Refusal if the tokenizer has no answer for them
   * @throws InputException if the library's process ended over them
   */
  String decode(long[] ids) throws Refusal;

  @Override
  void close();

  /** The library's reason for having no answer, in one line. */
  final class Refusal extends Exception {
    private static final long serialVersionUID = 1L;

    /** With the reason. */
    public Refusal(String reason) {
      super(reason);
    }
  }
}
