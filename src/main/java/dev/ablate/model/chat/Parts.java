package dev.ablate.model.chat;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Attributes, items and slices of values, as the sandbox of Jinja gives them. There is nothing of
 * Java to be found here: what is not listed is not there.
 */
final class Parts {
  private static final Set<String> CHANGES_LIST =
      Set.of("append", "clear", "extend", "insert", "pop", "remove", "reverse", "sort");

  private static final Set<String> CHANGES_DICT =
      Set.of("clear", "pop", "popitem", "setdefault", "update");

  private Parts() {}

  /** {@code value.name}: what Python knows of the type comes first, then what is in it. */
  static Object attribute(Run run, Object value, String name) {
    Object method = method(value, name);
    if (method != null) {
      return method;
    }
    if (value instanceof Map<?, ?> map && map.containsKey(name)) {
      return map.get(name);
    }
    return Undefined.attribute(Python.type(value), name);
  }

  /** {@code value[key]}: what is in it comes first. */
  static Object item(Run run, Object value, Object key) {
    Object found = null;
    if (value instanceof Map<?, ?> map) {
      requireKey(key);
      found = map.get(key);
    } else if (value instanceof List<?> list && isIndex(key)) {
      found = at(list, Python.whole(key));
    } else if (value instanceof String text && isIndex(key)) {
      found = at(characters(run, text), Python.whole(key));
    }
    if (found == null && key instanceof String name) {
      found = method(value, name);
    }
    return found == null ? missing(run, value, key) : found;
  }

  private static Object missing(Run run, Object value, Object key) {
    return new Undefined(Python.type(value) + " object has no element " + Python.shown(run, key));
  }

  /** Requires that a dict may have a key, and returns it. */
  static Object requireKey(Object key) {
    if (key instanceof Map || key instanceof List && !(key instanceof Tuple)) {
      throw new TemplateTrouble("a " + Python.type(key) + " is used as a key");
    }
    if (key instanceof Undefined undefined) {
      throw new TemplateTrouble(undefined.what());
    }
    return key;
  }

  private static boolean isIndex(Object key) {
    return key instanceof Long || key instanceof Boolean;
  }

  private static Object at(List<?> list, long index) {
    long place = index < 0 ? index + list.size() : index;
    return place < 0 || place >= list.size() ? null : list.get((int) place);
  }

  /** The characters of a text, which are code points to Python. */
  static List<Object> characters(Run run, String text) {
    run.make(text.length());
    List<Object> characters = new ArrayList<>();
    text.codePoints().forEach(c -> characters.add(Character.toString(c)));
    return characters;
  }

  /** {@code value[from:to:step]}; what is not given is {@link None}. */
  static Object slice(Run run, Object value, Object from, Object to, Object step) {
    if (value instanceof String text) {
      StringBuilder slice = new StringBuilder();
      slice(characters(run, text), from, to, step).forEach(slice::append);
      return slice.toString();
    } else if (value instanceof Range) {
      throw new TemplateTrouble("a slice of range() is not known here");
    } else if (value instanceof Tuple tuple) {
      return new Tuple(slice(tuple, from, to, step));
    } else if (value instanceof List<?> list) {
      run.make(list.size());
      return slice(list, from, to, step);
    }
    throw new TemplateTrouble("a " + Python.type(value) + " has no slices");
  }

  private static List<Object> slice(List<?> list, Object from, Object to, Object step) {
    long by = step instanceof None ? 1 : index(step);
    if (by == 0) {
      throw new TemplateTrouble("a slice has the step 0");
    }
    long size = list.size();
    long lowest = by < 0 ? -1 : 0;
    long highest = by < 0 ? size - 1 : size;
    long start =
        from instanceof None ? (by < 0 ? highest : lowest) : clipped(from, size, lowest, highest);
    long end =
        to instanceof None ? (by < 0 ? lowest : highest) : clipped(to, size, lowest, highest);
    List<Object> slice = new ArrayList<>();
    for (long i = start; by > 0 ? i < end : i > end; i += by) {
      slice.add(list.get((int) i));
    }
    return slice;
  }

  private static long clipped(Object index, long size, long lowest, long highest) {
    long place = index(index);
    return Math.max(lowest, Math.min(highest, place < 0 ? place + size : place));
  }

  private static long index(Object value) {
    if (isIndex(value)) {
      return Math.max(-(1L << 40), Math.min(1L << 40, Python.whole(value)));
    }
    throw new TemplateTrouble("a slice is given " + Python.type(value));
  }

  /** What Python knows of a value's type, null for nothing. */
  private static Object method(Object value, String name) {
    if (value instanceof Undefined undefined) {
      throw new TemplateTrouble(undefined.what());
    } else if (value instanceof String text) {
      return TextMethods.of(text, name);
    } else if (value instanceof Map<?, ?> map) {
      return ofDict(map, name);
    } else if (value instanceof List<?> list) {
      return ofList(list, name);
    } else if (value instanceof Namespace namespace) {
      return namespace.get(name);
    } else if (value instanceof LoopState loop) {
      return loop.get(name);
    }
    return null;
  }

  private static Object ofDict(Map<?, ?> map, String name) {
    if (CHANGES_DICT.contains(name)) {
      return changing(name, "dict");
    }
    return switch (name) {
      case "items" -> (Callable) (run, args, named) -> Lazy.ofDict(items(run, map));
      case "keys" -> (Callable) (run, args, named) -> Lazy.ofDict(list(run, map.keySet()));
      case "values" -> (Callable) (run, args, named) -> Lazy.ofDict(list(run, map.values()));
      case "copy" -> (Callable) (run, args, named) -> map;
      case "get" ->
          (Callable)
              (run, args, named) -> {
                Arguments given = Arguments.of("get", args, named, "key", "default");
                requireKey(given.get("key"));
                Object found = map.get(given.get("key"));
                return found == null ? given.get("default", None.NONE) : found;
              };
      default -> null;
    };
  }

  /** The entries of a dict, as pairs. */
  static List<Object> items(Run run, Map<?, ?> map) {
    run.make(map.size());
    List<Object> items = new ArrayList<>();
    map.forEach((key, value) -> items.add(Tuple.of(key, value)));
    return items;
  }

  private static List<Object> list(Run run, Iterable<?> values) {
    List<Object> list = new ArrayList<>();
    values.forEach(list::add);
    run.make(list.size());
    return list;
  }

  private static Object ofList(List<?> list, String name) {
    if (!(list instanceof Tuple) && CHANGES_LIST.contains(name)) {
      return changing(name, "list");
    }
    return switch (name) {
      case "count" ->
          (Callable)
              (run, args, named) -> {
                Object wanted = Arguments.of("count", args, named, "value").get("value");
                return list.stream().filter(item -> Python.equal(run, wanted, item)).count();
              };
      case "index" ->
          (Callable)
              (run, args, named) -> {
                Object wanted = Arguments.of("index", args, named, "value").get("value");
                for (int i = 0; i < list.size(); i++) {
                  if (Python.equal(run, wanted, list.get(i))) {
                    return (long) i;
                  }
                }
                throw new TemplateTrouble("index() looks for what is not in the list");
              };
      case "copy" -> list instanceof Tuple ? null : (Callable) (run, args, named) -> list;
      default -> null;
    };
  }

  private static Undefined changing(String name, String type) {
    return new Undefined("the method '" + name + "' changes a " + type + ", which no template may");
  }

  /**
   * What a loop goes over.
   *
   * @throws TemplateTrouble if it is nothing of the kind
   */
  static List<Object> iterated(Run run, Object value) {
    if (value instanceof Undefined) {
      return List.of();
    } else if (value instanceof String text) {
      return characters(run, text);
    } else if (value instanceof Map<?, ?> map) {
      return list(run, map.keySet());
    } else if (value instanceof List<?> list) {
      return list(run, list);
    } else if (value instanceof Lazy lazy) {
      return lazy.take();
    }
    throw new TemplateTrouble("a loop over " + Python.type(value) + ", which holds nothing");
  }
}
