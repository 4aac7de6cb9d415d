package dev.ablate.model.chat;

/**
 * What is not there: prints as nothing, is false, holds nothing, and may not be asked for more.
 *
 * @param what the line about it, such as {@code 'tools' is undefined}
 */
record Undefined(String what) {
  static Undefined variable(String name) {
    return new Undefined("'" + name + "' is undefined");
  }

  static Undefined attribute(String type, Object name) {
    return new Undefined("'" + type + " object' has no attribute '" + name + "'");
  }
}
