package dev.ablate.lens.text;

import dev.ablate.code.Characters;
import dev.ablate.code.InputException;
import dev.ablate.game.Span;
import dev.ablate.model.chat.ChatTemplate;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * What somebody gives to be explained, before a model's template makes a text of it.
 *
 * @param content what the prompt is made of
 * @param answers what the model may answer; empty where nobody said
 * @param against an answer that the others are compared with, null for none
 */
public record PromptSource(Content content, List<String> answers, String against) {
  /** Copies the list. */
  public PromptSource {
    answers = List.copyOf(answers);
  }

  /** What a prompt is made of. */
  public sealed interface Content {}

  /** A text, all of which may be ablated. */
  public record Text(String text) implements Content {}

  /** Texts that are joined as they stand, without special tokens between them. */
  public record Segments(List<Segment> segments) implements Content {
    /** Copies the list. */
    public Segments {
      segments = List.copyOf(segments);
    }

    private Prompt prompt() {
      StringBuilder text = new StringBuilder();
      List<Prompt.Part> parts = new ArrayList<>();
      for (Segment segment : segments) {
        int start = text.length();
        text.append(segment.text());
        if (segment.ablate() && !Characters.isBlank(segment.text())) {
          Span span = new Span(start, text.length());
          parts.add(new Prompt.Part(span, segment.name(), Prompt.NO_MESSAGE));
        }
      }
      if (parts.isEmpty()) {
        throw new InputException(
            "no segment may be ablated; leave \"ablate\": false away where there is a text");
      }
      return new Prompt(text.toString(), parts, true, List.of(), null);
    }
  }

  /**
   * A piece of a prompt.
   *
   * @param text what it says
   * @param ablate whether it may be ablated
   * @param name what somebody calls it, null for nothing
   */
  public record Segment(String text, boolean ablate, String name) {}

  /**
   * A chat, which a model's template makes a text of.
   *
   * @param messages the turns
   * @param tools what the model may call, as chat APIs have it; empty for nothing
   */
  public record Messages(List<Message> messages, List<Map<String, Object>> tools)
      implements Content {
    /** Copies the lists. */
    public Messages {
      messages = List.copyOf(messages);
      tools = List.copyOf(tools);
    }
  }

  /**
   * A turn of a chat.
   *
   * @param fields what the template reads: {@code role}, {@code content} and whatever else is there
   * @param ablate whether its content may be ablated
   * @param name what somebody calls it, null for nothing
   */
  public record Message(Map<String, Object> fields, boolean ablate, String name) {}

  /** A text without answers. */
  public static PromptSource of(String text) {
    return new PromptSource(new Text(text), List.of(), null);
  }

  /** Whether a chat template is needed. */
  public boolean isChat() {
    return content instanceof Messages;
  }

  /**
   * The prompt.
   *
   * @param template that of the model, null if it has none
   * @throws InputException if it is a chat and there is no template, if the template refuses the
   *     chat, or if there is nothing that may be ablated
   */
  public Prompt render(ChatTemplate template) {
    if (content instanceof Text own) {
      return Prompt.of(own.text()).with(answers, against);
    } else if (content instanceof Segments joined) {
      return joined.prompt().with(answers, against);
    }
    if (template == null) {
      throw new InputException(
          "the model has no chat template (chat_template in tokenizer_config.json, or"
              + " chat_template.jinja), and the prompt has messages; give \"segments\" or a"
              + " \"text\" as the model was trained on");
    }
    return new Chat((Messages) content, template).prompt().with(answers, against);
  }
}
