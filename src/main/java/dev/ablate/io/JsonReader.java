package dev.ablate.io;

import com.fasterxml.jackson.databind.JsonNode;
import dev.ablate.code.InputException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * Reads the keys of one JSON object; what is missing or of another kind is an {@link
 * InputException} that names the file and the key.
 *
 * @param node the object
 * @param where file and position, for messages
 */
record JsonReader(JsonNode node, String where) {
  /** Whether a key is there and not null. */
  boolean has(String key) {
    return node.hasNonNull(key);
  }

  /** The object under a key. */
  JsonReader object(String key) {
    JsonNode child = node.get(key);
    if (child == null || !child.isObject()) {
      throw wrong(key, "an object");
    }
    return new JsonReader(child, where + ", " + key);
  }

  /** What the elements of the list under a key become. */
  <T> List<T> list(String key, Function<JsonReader, T> element) {
    JsonNode child = node.get(key);
    if (child == null || !child.isArray()) {
      throw wrong(key, "a list");
    }
    List<T> list = new ArrayList<>(child.size());
    for (int i = 0; i < child.size(); i++) {
      list.add(element.apply(new JsonReader(child.get(i), where + ", " + key + "[" + i + "]")));
    }
    return list;
  }

  /** The texts under a key. */
  List<String> texts(String key) {
    return list(
        key,
        element -> {
          if (!element.node.isTextual()) {
            throw element.wrong("a text");
          }
          return element.node.textValue();
        });
  }

  /** The text under a key. */
  String text(String key) {
    JsonNode child = node.get(key);
    if (child == null || !child.isTextual()) {
      throw wrong(key, "a text");
    }
    return child.textValue();
  }

  /** The text under a key, null when it is missing or null. */
  String textOrNull(String key) {
    return has(key) ? text(key) : null;
  }

  /** The choice whose word stands under a key, letter by letter. */
  <T> T word(String key, T[] choices) {
    String word = text(key);
    for (T choice : choices) {
      if (choice.toString().equals(word)) {
        return choice;
      }
    }
    throw wrong(
        key, "one of " + Arrays.stream(choices).map(T::toString).collect(Collectors.joining(", ")));
  }

  /** The finite number under a key. */
  double number(String key) {
    JsonNode child = node.get(key);
    if (child == null || !child.isNumber() || !Double.isFinite(child.doubleValue())) {
      throw wrong(key, "a number");
    }
    return child.doubleValue();
  }

  /** The number under a key, NaN when it is missing or null. */
  double numberOrNaN(String key) {
    return has(key) ? number(key) : Double.NaN;
  }

  /** The whole number under a key. */
  long integer(String key) {
    JsonNode child = node.get(key);
    if (child == null || !child.isIntegralNumber() || !child.canConvertToLong()) {
      throw wrong(key, "a whole number");
    }
    return child.longValue();
  }

  /** The whole number under a key, which is at least {@code least}. */
  long atLeast(String key, long least) {
    long value = integer(key);
    if (value < least) {
      throw wrong(key, "at least " + least);
    }
    return value;
  }

  /** The whole number under a key, which fits an int and is at least {@code least}. */
  int count(String key, int least) {
    return between(key, least, Integer.MAX_VALUE);
  }

  /** The whole number under a key, which lies between two others, both included. */
  int between(String key, int least, int most) {
    long value = integer(key);
    if (value < least || value > most) {
      throw wrong(key, "a whole number from " + least + " to " + most);
    }
    return (int) value;
  }

  /** The numbers of a list under a key, each in {@code 0..below-1}. */
  int[] indices(String key, int below) {
    JsonNode child = node.get(key);
    if (child == null || !child.isArray()) {
      throw wrong(key, "a list");
    }
    int[] indices = indices(child, below);
    if (indices == null) {
      throw wrong(key, "made of numbers from 0 to " + (below - 1));
    }
    return indices;
  }

  /** Lists of numbers in a list under a key, each number in {@code 0..below-1}. */
  List<List<Integer>> lists(String key, int below) {
    return list(
        key,
        element -> {
          int[] indices = element.node.isArray() ? indices(element.node, below) : null;
          if (indices == null) {
            throw element.wrong("a list of numbers from 0 to " + (below - 1));
          }
          return Arrays.stream(indices).boxed().toList();
        });
  }

  /** The numbers of a list; null where one is none, or out of range. */
  private static int[] indices(JsonNode list, int below) {
    int[] indices = new int[list.size()];
    for (int i = 0; i < indices.length; i++) {
      JsonNode element = list.get(i);
      indices[i] = element.isInt() ? element.intValue() : -1;
      if (indices[i] < 0 || indices[i] >= below) {
        return null;
      }
    }
    return indices;
  }

  /** That this value is wrong. */
  InputException wrong(String expected) {
    return new InputException(where + " must be " + expected + ": mend the file");
  }

  /** That what stands under a key is wrong. */
  InputException wrong(String key, String expected) {
    return new InputException(where + ": " + key + " must be " + expected + ", mend the file");
  }
}
