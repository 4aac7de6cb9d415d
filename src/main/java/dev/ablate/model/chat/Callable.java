package dev.ablate.model.chat;

import java.util.List;
import java.util.Map;

/** What a template may call. */
@FunctionalInterface
interface Callable {
  /**
   * Calls it.
   *
   * @param args values without names
   * @param named values by name
   * @throws TemplateTrouble if it has no answer
   */
  Object call(Run run, List<Object> args, Map<String, Object> named);
}
