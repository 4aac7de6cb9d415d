package dev.ablate.jobs;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.ablate.code.FileTrouble;
import dev.ablate.code.InputException;
import dev.ablate.code.Sha256;
import dev.ablate.json.Lines;
import dev.ablate.json.StrictJson;
import dev.ablate.lens.LensKind;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Reads files of many inputs, a JSON object a line. */
public final class Items {
  /** Keys in one order, so that the same ones give the same text. */
  private static final ObjectMapper MAPPER =
      JsonMapper.builder().enable(SerializationFeature.ORDER_MAP_ENTRIES_BY_KEYS).build();

  private static final String OPTION = InputException.setting("input");

  private Items() {}

  /**
   * Reads the inputs, at least one, with distinct ids.
   *
   * @param kind makes an input of what a line says
   * @throws InputException if the file cannot be read or a line of it cannot be used
   */
  public static <I> List<Item<I>> read(Path input, LensKind<?, I> kind) {
    List<Item<I>> items = new ArrayList<>();
    Set<String> ids = new HashSet<>();
    try (Lines lines = new Lines(input)) {
      for (String line = lines.next(); line != null; line = lines.next()) {
        if (!line.isBlank()) {
          Item<I> item = item(kind, line, lines.where(), lines.number());
          if (!ids.add(item.id())) {
            throw new InputException(
                lines.where() + ": the id \"" + item.id() + "\" is there twice, change one");
          }
          items.add(item);
        }
      }
    } catch (IOException e) {
      throw new InputException(
          OPTION + " " + input + ": cannot be read (" + FileTrouble.reason(e) + "), check the path",
          e);
    }
    if (items.isEmpty()) {
      throw new InputException(OPTION + " " + input + ": no inputs; give a JSON object a line");
    }
    return items;
  }

  private static <I> Item<I> item(LensKind<?, I> kind, String json, String where, int line) {
    JsonNode node = StrictJson.parse(json, where);
    if (!node.isObject()) {
      throw new InputException(where + ": not a JSON object");
    }
    Map<String, Object> keys = MAPPER.convertValue(node, new TypeReference<>() {});
    I input;
    try {
      input = kind.read(keys);
    } catch (InputException e) {
      throw e.at(where);
    }
    String id = id(node.path("id"), where, line);
    keys.remove("id");
    return new Item<>(id, input, line, Sha256.hex(MAPPER.valueToTree(keys).toString()));
  }

  private static String id(JsonNode given, String where, int line) {
    if (given.isMissingNode() || given.isNull()) {
      return Integer.toString(line);
    }
    boolean number = given.isNumber() && Double.isFinite(given.doubleValue());
    if (!given.isTextual() && !number) {
      throw new InputException(where + ": id must be a text or a number, mend it or leave it away");
    }
    String id = given.asText();
    if (!id.matches("[\\w.-]{1,100}") || id.startsWith(".")) {
      throw new InputException(
          where + ": the id \"" + id + "\" names a file; use letters, digits, _, - and .");
    }
    return id;
  }
}
