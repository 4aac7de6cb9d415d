package dev.ablate.game;

import dev.ablate.code.InputException;
import dev.ablate.model.ModelIdentity;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Who a game is: everything that decides what the value of a mask is, beside its features and
 * outputs. A journal gives its values to a game of an equal subject only; explanations record it.
 *
 * @param input what is taken apart
 * @param value kind of value, such as {@code log-odds}
 * @param model what gives the values, null for a bare value function
 * @param settings how the lens makes masks into inputs: plain strings, numbers and lists by name
 */
public record Subject(
    Input input, String value, ModelIdentity model, Map<String, Object> settings) {
  /** A bare value function, of which nothing is known. */
  public static final Subject BARE = new Subject(Input.BARE, "value", null, Map.of());

  /**
   * Copies the settings and keeps their order.
   *
   * @throws InputException if the input, the value or the settings are null
   */
  public Subject {
    InputException.required(input, "a subject's input");
    InputException.required(value, "a subject's kind of value");
    InputException.required(settings, "a subject's settings");
    settings = Collections.unmodifiableMap(new LinkedHashMap<>(settings));
  }

  /** The same with more among its settings, for a record of what came of it. */
  public Subject with(Map<String, ?> more) {
    Map<String, Object> all = new LinkedHashMap<>(settings);
    all.putAll(more);
    return new Subject(input, value, model, all);
  }
}
