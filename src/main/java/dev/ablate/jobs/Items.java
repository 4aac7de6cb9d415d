package dev.ablate.jobs;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.ablate.code.InputException;
import dev.ablate.lens.LensKind;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Reads files of many inputs, a JSON object a line. */
public final class Items {
  private static final ObjectMapper JSON =
      new ObjectMapper().enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);

  /** What some editors put before the first line. */
  private static final String BYTE_ORDER_MARK = "\uFEFF";

  private static final String OPTION = InputException.setting("input");

  private Items() {}

  /**
   * Reads the inputs, at least one, with distinct ids.
   *
   * @param kind makes an input of what a line says
   * @throws InputException if the file cannot be read or a line of it cannot be used
   */
  public static <I> List<Item<I>> read(Path input, LensKind<?, I> kind) {
    List<String> lines;
    try {
      lines = Files.readAllLines(input);
    } catch (CharacterCodingException e) {
      throw new InputException(OPTION + " " + input + ": not UTF-8 text", e);
    } catch (IOException e) {
      throw new InputException(OPTION + " " + input + ": cannot be read (" + reason(e) + ")", e);
    }
    List<Item<I>> items = new ArrayList<>();
    Set<String> ids = new HashSet<>();
    for (int l = 0; l < lines.size(); l++) {
      String line = l == 0 ? withoutMark(lines.get(l)) : lines.get(l);
      if (!line.isBlank()) {
        Item<I> item = item(kind, line, input + " line " + (l + 1), l + 1);
        if (!ids.add(item.id())) {
          throw new InputException(
              input + " line " + (l + 1) + ": the id \"" + item.id() + "\" is there twice");
        }
        items.add(item);
      }
    }
    if (items.isEmpty()) {
      throw new InputException(OPTION + " " + input + ": no inputs; give a JSON object a line");
    }
    return items;
  }

  private static String withoutMark(String line) {
    return line.startsWith(BYTE_ORDER_MARK) ? line.substring(BYTE_ORDER_MARK.length()) : line;
  }

  private static <I> Item<I> item(LensKind<?, I> kind, String json, String where, int line) {
    Map<String, Object> keys;
    try {
      keys = JSON.readValue(json, new TypeReference<>() {});
    } catch (JsonProcessingException e) {
      throw new InputException(where + ": not a JSON object", e);
    }
    if (keys == null) {
      throw new InputException(where + ": not a JSON object");
    }
    I input;
    try {
      input = kind.read(keys);
    } catch (InputException e) {
      throw e.at(where);
    }
    String id = keys.get("id") == null ? Integer.toString(line) : keys.get("id").toString();
    if (!id.matches("[\\w.-]{1,100}") || id.startsWith(".")) {
      throw new InputException(
          where + ": the id \"" + id + "\" names a file; use letters, digits, _, - and .");
    }
    return new Item<>(id, input, line);
  }

  private static String reason(IOException e) {
    return e.getClass().getSimpleName().replace("Exception", "");
  }
}
