package dev.ablate.model.chat;

import dev.ablate.code.InputException;
import java.util.List;
import java.util.Map;

/**
 * The template by which a model makes a text of a chat, written in Jinja. Several threads may use
 * it.
 */
public final class ChatTemplate {
  private final String source;
  private final Map<String, String> tokens;
  private final String origin;

  private ChatTemplate(String source, Map<String, String> tokens, String origin) {
    this.source = source;
    this.tokens = Map.copyOf(tokens);
    this.origin = origin;
  }

  /**
   * A template. It is read when a chat is rendered.
   *
   * @param source its text
   * @param tokens spellings of special tokens by the names that templates know them by, such as
   *     {@code bos_token}
   * @param origin where it came from, for messages
   */
  public static ChatTemplate of(String source, Map<String, String> tokens, String origin) {
    return new ChatTemplate(source, tokens, origin);
  }

  /** Where it came from, for messages. */
  public String origin() {
    return origin;
  }

  /**
   * The text of a chat, as {@code apply_chat_template} of transformers makes it.
   *
   * @param messages the turns, as chat APIs have them: {@code role}, {@code content} and what else
   *     the template reads
   * @param tools what the model may call, as chat APIs have it; empty for nothing
   * @param generationPrompt whether the text ends where the model's answer begins
   * @throws InputException if the template refuses the chat, or cannot be rendered
   */
  public String render(
      List<Map<String, Object>> messages,
      List<Map<String, Object>> tools,
      boolean generationPrompt) {
    throw new InputException(origin + " is not rendered yet: " + source + tokens);
  }
}
