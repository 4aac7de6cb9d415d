package dev.ablate.model.tokenizer;

import dev.ablate.code.InputException;

/** Decides where a tokenizer runs. */
public final class Encoders {
  private Encoders() {}

  /**
   * Opens a tokenizer of anybody's making: in this process if its file holds nothing that could end
   * it, else in a process of its own.
   *
   * @param json the content of {@code tokenizer.json}
   * @param origin where it came from, for messages
   * @throws InputException if it is no tokenizer, if reading it ends the library's process, or if
   *     the library does not load
   */
  public static Encoder open(byte[] json, String origin) {
    TokenizerFile file = TokenizerFile.read(json, origin);
    return SafeParts.all(file)
        ? NativeEncoder.of(json, origin)
        : new ChildEncoder(json, origin, ChildEncoder.Limits.USUAL);
  }

  /** Opens a tokenizer that was tested with this program, in this process. */
  public static Encoder openTested(byte[] json, String origin) {
    return NativeEncoder.of(json, origin);
  }
}
