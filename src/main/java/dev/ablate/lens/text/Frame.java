package dev.ablate.lens.text;

import dev.ablate.code.InputException;
import java.nio.file.Path;
import java.util.List;

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
   * Reads a frame, which holds {@link #PLACE} once. The end of its last line is no part of it.
   *
   * @param option what named the file, for messages
   * @throws InputException if the file cannot be read, is not UTF-8, or has another number of
   *     places
   */
  static Frame read(Path file, String option) {
    String where = option + " " + file;
    String text = TextFiles.read(option, file).replaceFirst("\\R\\z", "");
    int place = text.indexOf(PLACE);
    if (place < 0 || text.indexOf(PLACE, place + 1) >= 0) {
      throw new InputException(
          where
              + ": holds "
              + PLACE
              + (place < 0 ? " nowhere" : " more than once")
              + "; write it once, where the text goes");
    }
    return new Frame(text.substring(0, place), text.substring(place + PLACE.length()));
  }

  /**
   * A text in this frame.
   *
   * @throws InputException if the prompt is anything but a text
   */
  PromptSource around(PromptSource prompt) {
    if (!(prompt.content() instanceof PromptSource.Text own)) {
      throw new InputException(
          InputException.setting("template")
              + " puts a text around a text, and this prompt has "
              + (prompt.isChat() ? "messages" : "segments")
              + "; give the text itself, or leave the template away");
    }
    return new PromptSource(
        new PromptSource.Segments(
            List.of(
                new PromptSource.Segment(before, false, null),
                new PromptSource.Segment(own.text(), true, null),
                new PromptSource.Segment(after, false, null))),
        prompt.answers(),
        prompt.against());
  }
}
