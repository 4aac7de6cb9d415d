package dev.ablate.lens.text;

import dev.ablate.code.InputException;
import dev.ablate.code.OneLine;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A JSON object of a prompt, its values with their types.
 *
 * @param where its place in the prompt, such as {@code messages[2]}; empty for the prompt itself
 * @param values its keys
 */
record Keys(String where, Map<String, Object> values) {
  private static final int SHOWN = 60;

  /** A value in a message. */
  static String shown(Object value) {
    return value instanceof String text
        ? "\"" + OneLine.brief(text, SHOWN) + "\""
        : OneLine.brief(String.valueOf(value), SHOWN);
  }

  /** Whether a key has a value other than null. */
  boolean has(String key) {
    return values.get(key) != null;
  }

  /** A value, null where there is none. */
  Object get(String key) {
    return values.get(key);
  }

  /**
   * Refuses other keys.
   *
   * @throws InputException if there is one
   */
  void requireKnown(List<String> known) {
    for (String key : values.keySet()) {
      if (!known.contains(key)) {
        throw new InputException(
            (where.isEmpty() ? "the prompt" : where)
                + " has the key "
                + shown(key)
                + ", which nobody reads; known are "
                + String.join(", ", known));
      }
    }
  }

  /** A text that must be there. */
  String text(String key) {
    if (values.get(key) instanceof String text) {
      return text;
    }
    throw wrong(key, "give a text");
  }

  /** A text, or null. */
  String nameOrNull(String key) {
    return has(key) ? text(key) : null;
  }

  /** Yes or no, and yes where there is nothing. */
  boolean flag(String key) {
    if (!values.containsKey(key)) {
      return true;
    } else if (values.get(key) instanceof Boolean flag) {
      return flag;
    }
    throw wrong(key, "give true or false");
  }

  /** A text, or a list of at least one; nothing where the key is not there. */
  List<String> texts(String key) {
    if (!has(key)) {
      return List.of();
    }
    List<?> given = values.get(key) instanceof List<?> list ? list : List.of(values.get(key));
    List<String> texts = new ArrayList<>();
    for (Object one : given) {
      if (!(one instanceof String text)) {
        throw wrong(key, "give a text, or a list of texts");
      }
      texts.add(text);
    }
    if (texts.isEmpty()) {
      throw wrong(key, "give a text, or leave the key away");
    }
    return texts;
  }

  /** The objects of a list of at least one. */
  List<Keys> someObjects(String key) {
    List<Keys> objects = objects(key);
    if (objects.isEmpty()) {
      throw wrong(key, "give at least one");
    }
    return objects;
  }

  /** The objects of a list. */
  List<Keys> objects(String key) {
    if (!(values.get(key) instanceof List<?> list)) {
      throw wrong(key, "give a list of objects");
    }
    List<Keys> objects = new ArrayList<>();
    for (Object one : list) {
      String place = (where.isEmpty() ? "" : where + ".") + key + "[" + objects.size() + "]";
      if (!(one instanceof Map<?, ?> object)) {
        throw new InputException(place + " is " + shown(one) + "; give an object");
      }
      Map<String, Object> named = new LinkedHashMap<>();
      object.forEach((name, value) -> named.put((String) name, value));
      objects.add(new Keys(place, named));
    }
    return objects;
  }

  private InputException wrong(String key, String right) {
    String name = where.isEmpty() ? "\"" + key + "\"" : where + "." + key;
    String trouble = has(key) ? " is " + shown(values.get(key)) : " is missing";
    return new InputException(name + trouble + "; " + right);
  }
}
