package dev.ablate.model.chat;

import java.util.List;

/**
 * Values that may be gone over but are no list: what a filter such as {@code select} makes, which
 * is empty once somebody has, and the keys, values and entries of a dict.
 */
final class Lazy {
  private final boolean once;
  private List<Object> items;

  private Lazy(List<Object> items, boolean once) {
    this.items = items;
    this.once = once;
  }

  /** What can be gone over once. */
  static Lazy once(List<Object> items) {
    return new Lazy(items, true);
  }

  /** What is in a dict. */
  static Lazy ofDict(List<Object> items) {
    return new Lazy(items, false);
  }

  boolean isOnce() {
    return once;
  }

  /** What is left of it. */
  List<Object> take() {
    List<Object> taken = items;
    items = once ? List.of() : items;
    return taken;
  }

  /** Its truth: Python does not look into what it makes on the way. */
  boolean truth() {
    return once || !items.isEmpty();
  }
}
