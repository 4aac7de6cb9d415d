package dev.ablate.lens.text;

import dev.ablate.code.InputException;
import java.nio.file.Path;

/**
 * A text around a text, which is never ablated.
 *
 * @param before what stands before it
 * @param after what stands behind it
 */
public record Frame(String before, String after) {
  /** Where the text goes. */
  static final String PLACE = "{text}";

  /**
   * Reads a frame, which holds {@link #PLACE} once.
   *
   * @param option what named the file, for messages
   * @throws InputException if the file cannot be read, is not UTF-8, or has another number of places
   */
  static Frame read(Path file, String option) {
    throw new InputException(option + " " + file + ": not read yet");
  }

  /**
   * A text in this frame.
   *
   * @throws InputException if the prompt is anything but a text
   */
  PromptSource around(PromptSource prompt) {
    throw new InputException("not framed yet: " + prompt);
  }
}
