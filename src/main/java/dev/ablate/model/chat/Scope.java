package dev.ablate.model.chat;

import java.util.HashMap;
import java.util.Map;

/** Variables of a part of a template, and of what is around it. */
final class Scope {
  private final Scope parent;
  private final Map<String, Object> own = new HashMap<>();

  /** Within another, null for none. */
  Scope(Scope parent) {
    this.parent = parent;
  }

  void set(String name, Object value) {
    own.put(name, value);
  }

  Object get(String name) {
    for (Scope scope = this; scope != null; scope = scope.parent) {
      Object value = scope.own.get(name);
      if (value != null) {
        return value;
      }
    }
    return Undefined.variable(name);
  }
}
