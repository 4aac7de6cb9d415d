package dev.ablate.jobs;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.ablate.code.InputException;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Reads files of texts, a JSON object a line. */
public final class TextItems {
  private static final ObjectMapper JSON =
      new ObjectMapper().enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);

  /** What some editors put before the first line. */
  private static final String BYTE_ORDER_MARK = "\uFEFF";

  private static final String OPTION = InputException.setting("input");

  private TextItems() {}

  /**
   * Reads the texts, at least one, with distinct ids.
   *
   * @throws InputException if the file cannot be read or a line of it cannot be used
   */
  public static List<Item<String>> read(Path input) {
    List<String> lines;
    try {
      lines = Files.readAllLines(input);
    } catch (CharacterCodingException e) {
      throw new InputException(OPTION + " " + input + ": not UTF-8 text", e);
    } catch (IOException e) {
      throw new InputException(OPTION + " " + input + ": cannot be read (" + reason(e) + ")", e);
    }
    List<Item<String>> items = new ArrayList<>();
    Set<String> ids = new HashSet<>();
    for (int l = 0; l < lines.size(); l++) {
      String line = l == 0 ? withoutMark(lines.get(l)) : lines.get(l);
      if (!line.isBlank()) {
        Item<String> item = item(line, input + " line " + (l + 1), l + 1);
        if (!ids.add(item.id())) {
          throw new InputException(
              input + " line " + (l + 1) + ": the id \"" + item.id() + "\" is there twice");
        }
        items.add(item);
      }
    }
    if (items.isEmpty()) {
      throw new InputException(OPTION + " " + input + ": no texts; give a JSON object a line");
    }
    return items;
  }

  private static String withoutMark(String line) {
    return line.startsWith(BYTE_ORDER_MARK) ? line.substring(BYTE_ORDER_MARK.length()) : line;
  }

  private static Item<String> item(String json, String where, int line) {
    JsonNode node;
    try {
      node = JSON.readTree(json);
    } catch (JsonProcessingException e) {
      throw new InputException(where + ": not JSON; give {\"text\": \"…\"}", e);
    }
    if (!node.path("text").isTextual() || node.path("text").asText().isBlank()) {
      throw new InputException(where + ": no \"text\"; give {\"text\": \"…\"}");
    }
    String id = node.hasNonNull("id") ? node.get("id").asText() : Integer.toString(line);
    if (!id.matches("[\\w.-]{1,100}") || id.startsWith(".")) {
      throw new InputException(
          where + ": the id \"" + id + "\" names a file; use letters, digits, _, - and .");
    }
    return new Item<>(id, node.get("text").asText(), line);
  }

  private static String reason(IOException e) {
    return e.getClass().getSimpleName().replace("Exception", "");
  }
}
