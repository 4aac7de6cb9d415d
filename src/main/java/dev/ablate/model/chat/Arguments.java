package dev.ablate.model.chat;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What a function, filter or method is called with, by the names of its parameters.
 *
 * @param of what is called, for messages
 * @param values what was given
 */
record Arguments(String of, Map<String, Object> values) {
  /**
   * Gives arguments their names.
   *
   * @param names the parameters, in order
   * @throws TemplateTrouble if there are more arguments, or some of other names
   */
  static Arguments of(String of, List<Object> args, Map<String, Object> named, String... names) {
    if (args.size() > names.length) {
      throw new TemplateTrouble(
          of + "() takes at most " + names.length + " arguments, and is given " + args.size());
    }
    Map<String, Object> values = new LinkedHashMap<>();
    for (int a = 0; a < args.size(); a++) {
      values.put(names[a], args.get(a));
    }
    for (Map.Entry<String, Object> entry : named.entrySet()) {
      if (!List.of(names).contains(entry.getKey())) {
        throw new TemplateTrouble(of + "() has no argument '" + entry.getKey() + "'");
      }
      if (values.put(entry.getKey(), entry.getValue()) != null) {
        throw new TemplateTrouble(of + "() is given '" + entry.getKey() + "' twice");
      }
    }
    return new Arguments(of, values);
  }

  boolean has(String name) {
    return values.containsKey(name);
  }

  /** A value that must be there. */
  Object get(String name) {
    if (!has(name)) {
      throw new TemplateTrouble(of + "() lacks its argument '" + name + "'");
    }
    return values.get(name);
  }

  Object get(String name, Object otherwise) {
    return values.getOrDefault(name, otherwise);
  }

  boolean flag(String name) {
    return Python.truth(get(name, false));
  }

  /** A text that must be there. */
  String text(String name) {
    if (get(name) instanceof String text) {
      return text;
    }
    throw new TemplateTrouble(
        of + "() takes a text as '" + name + "' and is given " + Python.type(get(name)));
  }

  /** A whole number, of a size that texts and lists may have. */
  int number(String name, int otherwise) {
    Object value = get(name, (long) otherwise);
    if (value instanceof Boolean truth) {
      return truth ? 1 : 0;
    }
    if (value instanceof Long number && Math.abs(number) <= Integer.MAX_VALUE) {
      return number.intValue();
    }
    throw new TemplateTrouble(
        of + "() takes a whole number as '" + name + "' and is given " + Python.type(value));
  }
}
