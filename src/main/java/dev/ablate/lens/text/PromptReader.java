package dev.ablate.lens.text;

import dev.ablate.code.InputException;
import java.nio.file.Path;
import java.util.Map;

/** Reads prompts as users write them: files of JSON, and lines of files of many inputs. */
final class PromptReader {
  private PromptReader() {}

  /**
   * The prompt of a file, which holds one JSON object. A key that nobody reads is refused.
   *
   * @param option what named the file, for messages
   * @throws InputException if the file cannot be read or holds no prompt
   */
  static PromptSource file(Path file, String option) {
    throw new InputException(option + " " + file + ": not read yet");
  }

  /**
   * The prompt of a line of many. Keys that nobody reads are passed over.
   *
   * @param keys what the line says
   * @throws InputException if it holds no prompt
   */
  static PromptSource line(Map<String, Object> keys) {
    throw new InputException("not read yet: " + keys);
  }
}
