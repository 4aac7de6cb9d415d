package dev.ablate.model;

import com.fasterxml.jackson.databind.JsonNode;
import dev.ablate.code.InputException;
import dev.ablate.model.chat.ChatTemplate;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
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

  /** The template for all chats, and the one for those with tools. */
  private static final String USUAL = "default";

  private static final String WITH_TOOLS = "tool_use";

  private static final int LARGEST = 1 << 22;
  private static final List<String> TOKENS =
      List.of(
          "bos_token",
          "eos_token",
          "unk_token",
          "pad_token",
          "sep_token",
          "cls_token",
          "mask_token");

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
      return ChatTemplate.of(alone(files), tokens, files.where(ALONE));
    }
    for (String file : List.of(BESIDE, TOKENIZER)) {
      ConfigFile config = files.has(file) ? ConfigFile.read(files, file) : null;
      if (config != null && config.has(KEY)) {
        String origin = files.where(file) + " (" + KEY + ")";
        ChatTemplate usual = ChatTemplate.of(named(config, USUAL), tokens, origin);
        String withTools = named(config, WITH_TOOLS);
        return withTools == null
            ? usual
            : usual.withTools(ChatTemplate.of(withTools, tokens, origin));
      }
    }
    return null;
  }

  private static String alone(ModelFiles files) {
    try {
      return StandardCharsets.UTF_8
          .newDecoder()
          .decode(ByteBuffer.wrap(files.read(ALONE, LARGEST)))
          .toString();
    } catch (CharacterCodingException e) {
      throw new InputException(files.where(ALONE) + " is not UTF-8 text; save it as UTF-8", e);
    }
  }

  /** A text is the default; else a list of templates with their names. */
  private static String named(ConfigFile file, String name) {
    JsonNode value = file.get(KEY);
    if (value.isTextual()) {
      return name.equals(USUAL) ? value.textValue() : null;
    }
    for (JsonNode template : value) {
      if (template.path("name").asText().equals(name) && template.path("template").isTextual()) {
        return template.path("template").textValue();
      }
    }
    if (name.equals(USUAL)) {
      throw file.wrong(KEY, "a template, or a list with one that is called " + USUAL);
    }
    return null;
  }
}
