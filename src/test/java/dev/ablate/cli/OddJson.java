package dev.ablate.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ContainerNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.POJONode;
import com.fasterxml.jackson.databind.util.RawValue;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** JSON with something odd in its tree. */
final class OddJson {
  private static final ObjectMapper MAPPER = new ObjectMapper();

  /** Values as they stand in a file, some of which are no JSON. */
  private static final List<String> VALUES =
      List.of(
          "null",
          "true",
          "{}",
          "[]",
          "[[]]",
          "[null]",
          "0",
          "-1",
          "1",
          "2",
          "1.5",
          "-0.0",
          "63",
          "64",
          "1e308",
          "1e400",
          "2147483647",
          "2147483648",
          "9223372036854775807",
          "-9223372036854775808",
          "9223372036854775808",
          "1" + "0".repeat(400),
          "1".repeat(1500),
          "NaN",
          "-Infinity",
          "\"\"",
          "\"\u0663\"",
          "\u0663",
          "\"NaN\"",
          "\"0\"",
          "\"never\"",
          "\"..\"",
          "\"a/b\"",
          "\"" + "x".repeat(70_000) + "\"",
          "\"\\u001b[31m\\u202e\\n\"",
          "\"\\ud800\"",
          "\"\uD83D\uDE42\"",
          "[".repeat(2000) + "]".repeat(2000),
          "[" + "0,".repeat(3000) + "0]",
          "{\"text\": 1, \"text\": 2}");

  private OddJson() {}

  /** The same text with an odd value, without a key, or with one more. */
  static String of(String json, Random random) {
    try {
      JsonNode root = MAPPER.readTree(json);
      List<ContainerNode<?>> places = new ArrayList<>();
      collect(root, places);
      ContainerNode<?> place = places.get(random.nextInt(places.size()));
      String odd = VALUES.get(random.nextInt(VALUES.size()));
      if (place instanceof ObjectNode object) {
        return change(root, object, odd, random);
      }
      ArrayNode array = (ArrayNode) place;
      int at = random.nextInt(array.size() + 1);
      if (at < array.size() && random.nextBoolean()) {
        array.set(at, raw(odd));
      } else {
        array.insert(at, raw(odd));
      }
      return MAPPER.writeValueAsString(root);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException(e);
    }
  }

  private static String change(JsonNode root, ObjectNode object, String odd, Random random)
      throws JsonProcessingException {
    List<String> keys = new ArrayList<>();
    object.fieldNames().forEachRemaining(keys::add);
    String key = keys.isEmpty() ? "new" : keys.get(random.nextInt(keys.size()));
    switch (random.nextInt(6)) {
      case 0 -> object.remove(key);
      case 1 -> object.set("nobody reads this", raw(odd));
      case 2 -> {
        // A tree holds a key once, so the second one is put into the text.
        object.set("\u0001twice", raw(odd));
        return MAPPER.writeValueAsString(root).replace("\\u0001twice", key);
      }
      case 3 -> {
        JsonNode value = object.remove(key);
        object.set(key + "s", value);
      }
      default -> object.set(key, raw(odd));
    }
    return MAPPER.writeValueAsString(root);
  }

  private static JsonNode raw(String value) {
    return new POJONode(new RawValue(value));
  }

  private static void collect(JsonNode node, List<ContainerNode<?>> places) {
    if (node instanceof ContainerNode<?> container) {
      places.add(container);
      node.forEach(child -> collect(child, places));
    }
  }
}
