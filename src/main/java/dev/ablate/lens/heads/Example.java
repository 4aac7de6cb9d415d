package dev.ablate.lens.heads;

import dev.ablate.code.InputException;
import dev.ablate.lens.text.PromptSource;
import java.util.List;

/**
 * A text with what a model should say of it.
 *
 * @param id what it is called; null for nothing
 * @param where where it was read, for messages; null where it is all there is
 * @param clean the text or prompt, with at most one answer
 * @param corrupted the same prompt, changed so that the answer is another; null for none
 * @param label the label of a classifier, by name or number; null for none
 */
public record Example(
    String id, String where, PromptSource clean, PromptSource corrupted, String label) {
  /**
   * Checks the parts.
   *
   * @throws InputException if there is no text, or there are several answers
   */
  public Example {
    InputException.required(clean, "the text of an example");
    if (clean.answers().size() > 1) {
      throw new InputException(
          "an example has " + clean.answers().size() + " answers; give one, and one example each");
    }
  }

  /** A text of its own. */
  public static Example of(PromptSource prompt) {
    return new Example(null, null, prompt, null, null);
  }

  /** A text with its label. */
  public static Example labelled(String text, String label) {
    return new Example(null, null, PromptSource.of(text), null, label);
  }

  /** A prompt with its answer, and perhaps a wrong one, else null. */
  public static Example answered(String prompt, String answer, String against) {
    return new Example(
        null,
        null,
        new PromptSource(new PromptSource.Text(prompt), List.of(answer), against),
        null,
        null);
  }

  /** All that decides values, as text. */
  String content() {
    return clean + "\n" + corrupted + "\n" + label;
  }

  /** A failure with the place of this example, where it is one of many. */
  InputException at(InputException e) {
    return where == null ? e : e.at(where);
  }
}
