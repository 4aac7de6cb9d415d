package dev.ablate.model.chat;

import java.util.LinkedHashMap;
import java.util.Map;

/** What {@code namespace()} makes: the only thing that a template may change. */
final class Namespace {
  private final Map<String, Object> attributes;

  Namespace(Map<String, Object> attributes) {
    this.attributes = new LinkedHashMap<>(attributes);
  }

  Object get(String name) {
    Object value = attributes.get(name);
    return value == null ? Undefined.attribute("namespace", name) : value;
  }

  void set(String name, Object value) {
    attributes.put(name, value);
  }
}
