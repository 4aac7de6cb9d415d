package dev.ablate.model.chat;

/** A part of a template that has a value. */
@FunctionalInterface
interface Expression {
  /**
   * Its value: a {@link String}, {@link Boolean}, {@link Long}, {@link Double}, {@link None}, list,
   * {@link Tuple}, map, {@link Namespace}, {@link LoopState}, {@link Callable} or {@link
   * Undefined}; never null.
   *
   * @throws TemplateTrouble if it has none
   */
  Object value(Run run);
}
