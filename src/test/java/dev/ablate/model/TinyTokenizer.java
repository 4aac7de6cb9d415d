package dev.ablate.model;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;

/** The tokenizer of the tiny model with a part that a test replaces. */
public final class TinyTokenizer {
  private static final ObjectMapper JSON = new ObjectMapper();

  private TinyTokenizer() {}

  /** As it is. */
  public static byte[] plain() {
    try {
      return Files.readAllBytes(TinyModels.directory().resolve("tokenizer.json"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** As it is, for changes that no other JSON would survive. */
  public static String text() {
    return new String(plain(), StandardCharsets.UTF_8);
  }

  /**
   * With another part.
   *
   * @param part a key of the file
   * @param json its value
   */
  public static byte[] with(String part, String json) {
    try {
      ObjectNode file = (ObjectNode) JSON.readTree(plain());
      file.set(part, JSON.readTree(json));
      return JSON.writeValueAsBytes(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** With a normalizer that replaces what fits a regular expression. */
  public static byte[] replacing(String regex, String content) {
    ObjectNode replace = JSON.createObjectNode().put("type", "Replace").put("content", content);
    replace.putObject("pattern").put("Regex", regex);
    return with("normalizer", replace.toString());
  }
}
