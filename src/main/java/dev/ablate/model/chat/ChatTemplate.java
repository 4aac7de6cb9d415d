package dev.ablate.model.chat;

import dev.ablate.code.InputException;
import java.time.LocalDateTime;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The template by which a model makes a text of a chat, written in Jinja. It comes from whoever
 * made the model: it finds nothing but the chat, and what it may do is bounded. Several threads may
 * use it.
 */
public final class ChatTemplate {
  /** Characters of a template; those that models bring have thousands. */
  private static final int LONGEST = 1 << 20;

  private final String source;
  private final Map<String, String> tokens;
  private final String origin;

  /** What chats with tools are rendered by; null for this one. */
  private final ChatTemplate withTools;

  private Outline outline;

  private ChatTemplate(
      String source, Map<String, String> tokens, String origin, ChatTemplate withTools) {
    this.source = source;
    this.tokens = Map.copyOf(tokens);
    this.origin = origin;
    this.withTools = withTools;
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
    return new ChatTemplate(source, tokens, origin, null);
  }

  /** The same, but another template for chats with tools. */
  public ChatTemplate withTools(ChatTemplate other) {
    return new ChatTemplate(source, tokens, origin, other);
  }

  /** Where it came from, for messages. */
  public String origin() {
    return origin;
  }

  /**
   * The text of a chat, as {@code apply_chat_template} of transformers makes it.
   *
   * @param messages the turns, as chat APIs have them: {@code role}, {@code content} and what else
   *     the template reads; values are what JSON holds
   * @param tools what the model may call, as chat APIs have it; empty for nothing
   * @param generationPrompt whether the text ends where the model's answer begins
   * @throws InputException if the template refuses the chat, or cannot be rendered
   */
  public synchronized String render(
      List<Map<String, Object>> messages,
      List<Map<String, Object>> tools,
      boolean generationPrompt) {
    if (withTools != null && !tools.isEmpty()) {
      return withTools.render(messages, tools, generationPrompt);
    }
    try {
      if (source.length() > LONGEST) {
        throw new TemplateTrouble("it has more than " + LONGEST + " characters");
      }
      if (outline == null) {
        outline = new Outline(new Program(source));
      }
      Scope scope = new Scope(Globals.scope(LocalDateTime.now()));
      tokens.forEach(scope::set);
      scope.set("messages", value(messages));
      scope.set("tools", tools.isEmpty() ? None.NONE : value(tools));
      scope.set("documents", None.NONE);
      scope.set("add_generation_prompt", generationPrompt);
      Run run = new Run(scope);
      outline.run(run);
      return run.text();
    } catch (TemplateTrouble e) {
      throw e.isRefusal()
          ? new InputException(
              origin + " refuses the chat: " + e.getMessage() + "; change its messages", e)
          : cannot(e.getMessage(), e);
    } catch (StackOverflowError e) {
      throw cannot("it is nested too deeply", e);
    }
  }

  private InputException cannot(String reason, Throwable cause) {
    return new InputException(
        origin
            + " cannot be rendered: "
            + reason
            + "; render the chat with transformers and give its text, or mend the template",
        cause);
  }

  /** What JSON holds, as templates know it. */
  private static Object value(Object json) {
    if (json == null) {
      return None.NONE;
    } else if (json instanceof Map<?, ?> map) {
      Map<Object, Object> values = new LinkedHashMap<>();
      map.forEach((key, entry) -> values.put(key, value(entry)));
      return values;
    } else if (json instanceof List<?> list) {
      List<Object> values = new ArrayList<>(list.size());
      list.forEach(item -> values.add(value(item)));
      return values;
    } else if (json instanceof Integer || json instanceof Short || json instanceof Byte) {
      return ((Number) json).longValue();
    } else if (json instanceof String || json instanceof Boolean || json instanceof Long) {
      return json;
    } else if (json instanceof Double || json instanceof Float) {
      return ((Number) json).doubleValue();
    }
    throw new TemplateTrouble("the chat holds " + json + ", which is too large a number here");
  }
}
