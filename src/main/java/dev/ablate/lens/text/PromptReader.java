package dev.ablate.lens.text;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.ablate.code.Characters;
import dev.ablate.code.FileTrouble;
import dev.ablate.code.InputException;
import dev.ablate.json.StrictJson;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Reads prompts as users write them: files of JSON, and lines of files of many inputs. */
final class PromptReader {
  private static final int LARGEST = 1 << 26;

  private static final List<String> CONTENTS = List.of("text", "segments", "messages");

  private static final List<String> KEYS =
      List.of("text", "segments", "messages", "tools", "answer", "against", "id");

  private static final List<String> SEGMENT = List.of("text", "ablate", "name");

  private static final ObjectMapper MAPPER = new ObjectMapper();

  private PromptReader() {}

  /**
   * The prompt of a file, which holds one JSON object. A key that nobody reads is refused.
   *
   * @param option what named the file, for messages
   * @throws InputException if the file cannot be read or holds no prompt
   */
  static PromptSource file(Path file, String option) {
    String where = option + " " + file;
    JsonNode node;
    try (InputStream in = Files.newInputStream(file)) {
      byte[] bytes = in.readNBytes(LARGEST + 1);
      if (bytes.length > LARGEST) {
        throw new InputException(where + ": has more than " + LARGEST + " bytes; shorten it");
      }
      node = StrictJson.read(new ByteArrayInputStream(bytes), where);
    } catch (IOException e) {
      throw new InputException(
          where + ": cannot be read (" + FileTrouble.reason(e) + "), check the path", e);
    }
    if (!node.isObject()) {
      throw new InputException(
          where + ": no JSON object; give one with \"messages\" or \"segments\"");
    }
    Map<String, Object> keys = MAPPER.convertValue(node, new TypeReference<>() {});
    try {
      new Keys("", keys).requireKnown(KEYS);
      return line(keys);
    } catch (InputException e) {
      throw e.at(where);
    }
  }

  /**
   * The prompt of a line of many. Keys that nobody reads are passed over.
   *
   * @param given what the line says
   * @throws InputException if it holds no prompt
   */
  static PromptSource line(Map<String, Object> given) {
    Keys keys = new Keys("", given);
    List<String> contents = CONTENTS.stream().filter(keys::has).toList();
    if (contents.isEmpty()) {
      throw new InputException("no \"text\"; give {\"text\": \"…\"}, \"segments\" or \"messages\"");
    } else if (contents.size() > 1) {
      throw new InputException(
          "both \"" + contents.get(0) + "\" and \"" + contents.get(1) + "\"; give one of them");
    } else if (keys.has("tools") && !keys.has("messages")) {
      throw new InputException("\"tools\" without \"messages\"; they are of a chat alone");
    }
    PromptSource.Content content =
        switch (contents.get(0)) {
          case "text" -> text(keys);
          case "segments" -> segments(keys);
          default -> messages(keys);
        };
    List<String> answers = keys.texts("answer");
    String against = keys.has("against") ? unicode(keys.text("against"), "against") : null;
    answers.forEach(answer -> unicode(answer, "answer"));
    return new PromptSource(content, answers, against);
  }

  private static PromptSource.Content text(Keys keys) {
    if (!(keys.get("text") instanceof String text)) {
      throw new InputException("no \"text\" that is a text; give {\"text\": \"…\"}");
    }
    TextLens.requireWords(text);
    return new PromptSource.Text(text);
  }

  private static String unicode(String text, String key) {
    TextLens.requireUnicode(text, "\"" + key + "\"");
    return text;
  }

  private static PromptSource.Content segments(Keys keys) {
    List<PromptSource.Segment> segments = new ArrayList<>();
    boolean some = false;
    for (Keys segment : keys.someObjects("segments")) {
      segment.requireKnown(SEGMENT);
      String text = unicode(segment.text("text"), segment.where() + ".text");
      boolean ablate = segment.flag("ablate");
      segments.add(new PromptSource.Segment(text, ablate, segment.nameOrNull("name")));
      some |= ablate && !Characters.isBlank(text);
    }
    if (!some) {
      throw new InputException(
          "\"segments\" hold nothing to ablate; give a text there, or leave \"ablate\": false"
              + " away");
    }
    return new PromptSource.Segments(segments);
  }

  private static PromptSource.Content messages(Keys keys) {
    List<PromptSource.Message> messages = new ArrayList<>();
    for (Keys message : keys.someObjects("messages")) {
      message.text("role");
      requireContent(message);
      Map<String, Object> fields = new LinkedHashMap<>(message.values());
      fields.remove("ablate");
      messages.add(
          new PromptSource.Message(fields, message.flag("ablate"), message.nameOrNull("name")));
    }
    List<Map<String, Object>> tools =
        keys.has("tools")
            ? keys.someObjects("tools").stream().map(Keys::values).toList()
            : List.of();
    return new PromptSource.Messages(messages, tools);
  }

  private static void requireContent(Keys message) {
    Object content = message.get("content");
    if (content instanceof String text) {
      unicode(text, message.where() + ".content");
    } else if (content instanceof List<?>) {
      for (Keys item : message.objects("content")) {
        if ("text".equals(item.get("type")) || item.has("text")) {
          unicode(item.text("text"), item.where() + ".text");
        }
      }
    } else if (content == null && !message.has("tool_calls")) {
      throw new InputException(
          message.where() + " has no \"content\"; give it what the message says");
    } else if (content != null && !(content instanceof Map)) {
      throw new InputException(
          message.where()
              + ".content is "
              + Keys.shown(content)
              + "; give a text, or a list of parts");
    }
  }
}
