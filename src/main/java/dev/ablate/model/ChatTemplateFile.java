package dev.ablate.model;

import com.fasterxml.jackson.databind.JsonNode;
import dev.ablate.model.chat.ChatTemplate;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Where the template of a model is in its folder. */
final class ChatTemplateFile {
  private static final String ALONE = "chat_template.jinja";
  private static final String TOKENIZER = "tokenizer_config.json";
  private static final String BESIDE = "chat_template.json";

  /** The files that may hold it. */
  static final List<String> FILES = List.of(ALONE, BESIDE, TOKENIZER);

  private static final String KEY = "chat_template";
  private static final List<String> TOKENS =
      List.of("bos_token", "eos_token", "unk_token", "pad_token", "sep_token", "cls_token");

  private ChatTemplateFile() {}

  /**
   * The template in {@code chat_template.jinja}, else in {@code chat_template.json} or {@code
   * tokenizer_config.json}; null if there is none.
   *
   * @throws dev.ablate.code.InputException if there is something else than a template
   */
  static ChatTemplate read(ModelFiles files) {
    Map<String, String> tokens = new LinkedHashMap<>();
    if (files.has(TOKENIZER)) {
      ConfigFile config = ConfigFile.read(files, TOKENIZER);
      TOKENS.forEach(name -> config.token(name).ifPresent(token -> tokens.put(name, token)));
    }
    if (files.has(ALONE)) {
      String source = new String(files.read(ALONE, 1 << 22), StandardCharsets.UTF_8);
      return ChatTemplate.of(source, tokens, files.where(ALONE));
    }
    for (String file : List.of(BESIDE, TOKENIZER)) {
      String source = files.has(file) ? template(ConfigFile.read(files, file)) : null;
      if (source != null) {
        return ChatTemplate.of(source, tokens, files.where(file) + " (" + KEY + ")");
      }
    }
    return null;
  }

  /** A text, or a list of templates of which one is the default; null for none. */
  private static String template(ConfigFile file) {
    JsonNode value = file.get(KEY);
    if (value.isMissingNode() || value.isTextual()) {
      return value.textValue();
    }
    for (JsonNode named : value) {
      if (named.path("name").asText().equals("default") && named.path("template").isTextual()) {
        return named.path("template").textValue();
      }
    }
    throw file.wrong(KEY, "a template, or a list with one that is called default");
  }
}
