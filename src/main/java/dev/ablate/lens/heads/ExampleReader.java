package dev.ablate.lens.heads;

import dev.ablate.code.InputException;
import dev.ablate.lens.text.PromptSource;
import dev.ablate.lens.text.TextLensKind;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Makes an example of what a line of a file says. */
final class ExampleReader {
  /** What the text may be called; all mean the same, but a clean prompt has a corrupted one. */
  static final List<String> TEXTS = List.of("text", "prompt", "clean");

  private static final TextLensKind PROMPTS = new TextLensKind();

  private ExampleReader() {}

  /**
   * Makes an example. Keys that nobody reads are passed over.
   *
   * @param keys {@code text}, {@code prompt} or {@code clean}, or {@code segments} or {@code
   *     messages}; perhaps {@code label}, {@code answer}, {@code against}, {@code corrupted} and
   *     {@code id}
   * @param where the line, for messages; null where it is all there is
   * @throws InputException if it is no example
   */
  static Example read(Map<String, Object> keys, String where) {
    try {
      PromptSource clean = PROMPTS.read(withText(keys));
      return new Example(
          word(keys, "id"), where, clean, corrupted(keys, clean), word(keys, "label"));
    } catch (InputException e) {
      throw where == null ? e : e.at(where);
    }
  }

  /** The same keys, the text under its usual name. */
  private static Map<String, Object> withText(Map<String, Object> keys) {
    List<String> given = TEXTS.stream().filter(key -> keys.get(key) != null).toList();
    if (given.size() > 1) {
      throw new InputException(
          "both \"" + given.get(0) + "\" and \"" + given.get(1) + "\"; give one of them");
    }
    boolean corrupted = keys.get("corrupted") != null;
    if (corrupted != given.contains("clean")) {
      throw new InputException(
          (corrupted ? "\"corrupted\" without \"clean\"" : "\"clean\" without \"corrupted\"")
              + "; give both prompts of a pair");
    }
    Map<String, Object> named = new LinkedHashMap<>(keys);
    TEXTS.forEach(named::remove);
    if (!given.isEmpty()) {
      named.put("text", keys.get(given.get(0)));
    }
    return named;
  }

  /** The corrupted prompt is asked about the answers of the clean one. */
  private static PromptSource corrupted(Map<String, Object> keys, PromptSource clean) {
    if (keys.get("corrupted") == null) {
      return null;
    }
    if (!(keys.get("corrupted") instanceof String text)) {
      throw new InputException("\"corrupted\" is " + keys.get("corrupted") + "; give a text");
    }
    if (text.isBlank()) {
      throw new InputException("\"corrupted\" is empty; give a text with at least one word");
    }
    PromptSource other = PROMPTS.read(Map.of("text", text));
    return new PromptSource(other.content(), clean.answers(), clean.against());
  }

  /** A text or a number as text; null where there is none. */
  private static String word(Map<String, Object> keys, String key) {
    Object value = keys.get(key);
    if (value != null && !(value instanceof String) && !(value instanceof Number)) {
      throw new InputException("\"" + key + "\" is " + value + "; give a text or a number");
    }
    return value == null ? null : value.toString();
  }
}
