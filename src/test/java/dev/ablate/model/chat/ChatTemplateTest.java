package dev.ablate.model.chat;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.ablate.code.InputException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;

/** Chats against what transformers rendered: src/test/models/make_chats.py wrote them. */
class ChatTemplateTest {
  private static final Path FOLDER = Path.of("src/test/resources/dev/ablate/model/chat");
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Map<String, String> TOKENS =
      Map.of("bos_token", "<s>", "eos_token", "</s>", "unk_token", "<unk>");

  private static List<Map<String, Object>> rows(String file) throws IOException {
    List<Map<String, Object>> rows = new ArrayList<>();
    for (String line : Files.readAllLines(FOLDER.resolve(file))) {
      rows.add(JSON.readValue(line, new TypeReference<>() {}));
    }
    return rows;
  }

  @SuppressWarnings("unchecked")
  private static List<Map<String, Object>> list(Object value) {
    return (List<Map<String, Object>>) value;
  }

  private static String rendered(
      ChatTemplate template, Map<String, Object> chat, boolean generationPrompt) {
    return template.render(list(chat.get("messages")), list(chat.get("tools")), generationPrompt);
  }

  /** What differs is gathered, so that one run shows all of it. */
  private static void compare(
      List<String> differences,
      String name,
      Map<String, Object> expected,
      ChatTemplate template,
      Map<String, Object> chat,
      boolean generationPrompt) {
    String found;
    try {
      found = rendered(template, chat, generationPrompt);
    } catch (InputException e) {
      if (expected.containsKey("text")) {
        differences.add(
            name + "\n  expected " + expected.get("text") + "\n  refused " + e.getMessage());
      } else if ("TemplateError".equals(expected.get("error"))
          && !e.getMessage().contains((String) expected.get("message"))) {
        differences.add(
            name + "\n  refused by " + expected.get("message") + "\n  but " + e.getMessage());
      }
      return;
    }
    if (!found.equals(expected.get("text"))) {
      differences.add(
          name
              + "\n  expected "
              + JSON.valueToTree(expected.getOrDefault("text", expected))
              + "\n  found    "
              + JSON.valueToTree(found));
    }
  }

  @Test
  void chatsRenderAsTransformersRendersThem() throws IOException {
    Map<String, ChatTemplate> templates = new HashMap<>();
    for (String name : List.of("turns", "instructions", "tools")) {
      String source = Files.readString(FOLDER.resolve(name + ".jinja"));
      templates.put(name + ".jinja", ChatTemplate.of(source, TOKENS, name));
    }
    List<String> differences = new ArrayList<>();
    int texts = 0;
    List<Map<String, Object>> rows = rows("chats.jsonl");
    for (Map<String, Object> row : rows) {
      texts += row.containsKey("text") ? 1 : 0;
      compare(
          differences,
          row.get("template") + " " + row.get("messages"),
          row,
          templates.get(row.get("template")),
          row,
          (Boolean) row.get("generation"));
    }
    assertEquals(List.of(), differences);
    assertTrue(rows.size() == 180 && texts > 100, "too few chats: " + texts + " of " + rows.size());
  }

  @Test
  void constructsRenderAsJinjaRendersThem() throws IOException {
    List<Map<String, Object>> rows = rows("constructs.jsonl");
    List<String> differences = new ArrayList<>();
    for (Map<String, Object> row : rows.subList(1, rows.size())) {
      String source = (String) row.get("source");
      compare(differences, source, row, ChatTemplate.of(source, TOKENS, "it"), rows.get(0), true);
    }
    assertTrue(rows.size() > 100, "too few constructs");
    assertEquals(0, differences.size(), String.join("\n", differences));
  }

  /** Random templates and chats that src/test/models/random_chats.py wrote; see there. */
  @Test
  void whateverRendersRendersAlike() throws IOException {
    String file = System.getProperty("ablate.chats");
    Assumptions.assumeTrue(file != null, "no file of random chats in -Dablate.chats");
    Map<String, ChatTemplate> templates = new HashMap<>();
    Map<String, Integer> counts = new TreeMap<>();
    List<String> differences = new ArrayList<>();
    for (Map<String, Object> row : rows(Path.of(file).toAbsolutePath().toString())) {
      String source = (String) row.get("source");
      ChatTemplate template =
          templates.computeIfAbsent(source, s -> ChatTemplate.of(s, TOKENS, "it"));
      String found = null;
      try {
        found = rendered(template, row, (Boolean) row.get("generation"));
      } catch (InputException e) {
        // Of what transformers renders something may be unknown here; it is counted.
      }
      Object text = row.get("text");
      boolean differs = found != null && text != null && !found.equals(text);
      counts.merge(
          differs
              ? "differ"
              : found == null ? (text == null ? "refused by both" : "refused here") : "equal",
          1,
          Integer::sum);
      if (differs) {
        differences.add(source + "\n  expected " + text + "\n  found    " + found);
      }
    }
    System.out.println(counts);
    assertEquals(List.of(), differences);
  }
}
