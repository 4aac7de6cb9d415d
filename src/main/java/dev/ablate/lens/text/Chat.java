package dev.ablate.lens.text;

import dev.ablate.code.Characters;
import dev.ablate.code.InputException;
import dev.ablate.game.Span;
import dev.ablate.model.chat.ChatTemplate;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A chat under a template, and where the contents of its messages lie in the text. That is found by
 * marks: the chat is rendered again with marks around the contents, inside the white space at their
 * ends, and where this gives the same text, the marks say where a content is. A template that looks
 * into contents may give another text; then one content is marked at a time, or looked for.
 */
final class Chat {
  /** Contents that a template has cut, each of which takes many renderings. */
  private static final int MOST_CUT = 32;

  /** Into how many parts a content is cut to find one that the template shows. */
  private static final int MOST_TRIED = 32;

  /** For all renderings; one takes milliseconds. */
  private static final long MOST_NANOSECONDS = 30_000_000_000L;

  private final List<PromptSource.Message> messages;
  private final List<Map<String, Object>> tools;
  private final ChatTemplate template;
  private final List<Slot> slots = new ArrayList<>();
  private String text;
  private Marks marks;
  private int cut;
  private final long start = System.nanoTime();

  /**
   * A content that may be ablated.
   *
   * @param message the number of its message, from 0
   * @param item the number of its part in a content of several, -1 where the content is one text
   * @param start where it begins behind the white space in front
   * @param core what it says without the white space at its ends
   */
  private record Slot(int message, int item, int start, String core) {}

  /** A mark in a content: where in the core of which slot, and which mark. */
  private record Place(int slot, int at, String mark) {}

  Chat(PromptSource.Messages chat, ChatTemplate template) {
    this.messages = chat.messages();
    this.tools = chat.tools();
    this.template = template;
    for (int m = 0; m < messages.size(); m++) {
      PromptSource.Message message = messages.get(m);
      Object content = message.fields().get("content");
      if (message.ablate() && content instanceof String own) {
        addSlot(m, -1, own);
      } else if (message.ablate() && content instanceof List<?> items) {
        for (int i = 0; i < items.size(); i++) {
          if (items.get(i) instanceof Map<?, ?> item && item.get("text") instanceof String own) {
            addSlot(m, i, own);
          }
        }
      }
    }
  }

  private void addSlot(int message, int item, String content) {
    if (!Characters.isBlank(content)) {
      Span core = Splitter.strip(content, 0, content.length());
      slots.add(new Slot(message, item, core.start(), core.of(content)));
    }
  }

  /**
   * The text and its parts.
   *
   * @throws InputException if the template refuses the chat, if nothing in it may be ablated, or if
   *     it cannot be told where a content is
   */
  Prompt prompt() {
    text = rendered(List.of());
    if (slots.isEmpty()) {
      throw new InputException(
          "no message may be ablated; leave \"ablate\": false away where there is a content");
    }
    marks = Marks.notIn(text, fields(List.of()).toString());
    List<Place> around = new ArrayList<>();
    for (int s = 0; s < slots.size(); s++) {
      around.addAll(around(s));
    }
    String marked = marked(around);
    List<Prompt.Part> parts = new ArrayList<>();
    for (int s = 0; s < slots.size(); s++) {
      Span span = marked == null ? alone(s) : span(s, marked);
      if (span != null && span.start() < span.end()) {
        Slot slot = slots.get(s);
        parts.add(new Prompt.Part(span, messages.get(slot.message()).name(), slot.message()));
      }
    }
    parts.sort(Comparator.comparingInt(part -> part.span().start()));
    requireApart(parts);
    return new Prompt(text, parts, false, List.of(), null);
  }

  private static void requireApart(List<Prompt.Part> parts) {
    for (int p = 1; p < parts.size(); p++) {
      if (parts.get(p).span().start() < parts.get(p - 1).span().end()) {
        throw new InputException(
            "messages "
                + parts.get(p - 1).message()
                + " and "
                + parts.get(p).message()
                + " share a place in the text of the chat; set \"ablate\": false in one of them");
      }
    }
  }

  private List<Place> around(int slot) {
    int end = slots.get(slot).core().length();
    return List.of(new Place(slot, 0, marks.open(slot)), new Place(slot, end, marks.close(slot)));
  }

  /** The text with marks, null if it is another one. */
  private String marked(List<Place> places) {
    try {
      String marked = rendered(places);
      return marks.without(marked).equals(text) ? marked : null;
    } catch (InputException e) {
      // The template takes what is marked for something else.
      return null;
    }
  }

  private String rendered(List<Place> places) {
    if (System.nanoTime() - start > MOST_NANOSECONDS) {
      throw new InputException(
          template.origin() + " takes too long for this chat; shorten the chat");
    }
    return template.render(fields(places), tools, true);
  }

  /** What the template reads, with marks. */
  private List<Map<String, Object>> fields(List<Place> places) {
    List<Map<String, Object>> fields = new ArrayList<>();
    messages.forEach(message -> fields.add(message.fields()));
    for (int p = places.size() - 1; p >= 0; p--) {
      Place place = places.get(p);
      Slot slot = slots.get(place.slot());
      Map<String, Object> message = new LinkedHashMap<>(fields.get(slot.message()));
      int at = slot.start() + place.at();
      if (slot.item() < 0) {
        message.put("content", with((String) message.get("content"), at, place.mark()));
      } else {
        List<Object> items = new ArrayList<>((List<?>) message.get("content"));
        Map<Object, Object> item = new LinkedHashMap<>((Map<?, ?>) items.get(slot.item()));
        item.put("text", with((String) item.get("text"), at, place.mark()));
        items.set(slot.item(), item);
        message.put("content", items);
      }
      fields.set(slot.message(), message);
    }
    return fields;
  }

  private static String with(String content, int at, String mark) {
    return content.substring(0, at) + mark + content.substring(at);
  }

  /** Where a content is, told by the marks in a text; null where the template leaves it out. */
  private Span span(int slot, String marked) {
    int open = only(slot, marked, marks.open(slot));
    int close = only(slot, marked, marks.close(slot));
    int length = slots.get(slot).core().length();
    int inside = open >= 0 ? 0 : close >= 0 ? length : inside(slot);
    if (inside < 0) {
      return null;
    }
    int start = open >= 0 ? open : edge(slot, inside, 0);
    int end = close >= 0 ? close : edge(slot, inside, length);
    return Splitter.strip(text, start, Math.max(start, end));
  }

  /** The place of a mark in the plain text, -1 where it is not. */
  private int only(int slot, String marked, String mark) {
    int at = marked.indexOf(mark);
    if (at >= 0 && marked.indexOf(mark, at + 1) >= 0) {
      throw unclear(slot, "stands more than once in the text of the chat");
    }
    return at < 0 ? -1 : marks.without(marked.substring(0, at)).length();
  }

  /**
   * A place in a content of which both ends are cut off; -1 where a template shows the calls of a
   * message in place of what it says.
   */
  private int inside(int slot) {
    if (messages.get(slots.get(slot).message()).fields().get("tool_calls") != null) {
      return -1;
    }
    int length = slots.get(slot).core().length();
    for (int parts = 2; parts <= MOST_TRIED; parts *= 2) {
      for (int part = 1; part < parts; part += 2) {
        int at = (int) ((long) length * part / parts);
        if (place(slot, at) >= 0) {
          return at;
        }
      }
    }
    throw unclear(slot, "is left out of the text by " + template.origin());
  }

  private InputException unclear(int slot, String trouble) {
    int message = slots.get(slot).message();
    return new InputException(
        "the content of messages["
            + message
            + "] (role \""
            + messages.get(message).fields().get("role")
            + "\") "
            + trouble
            + "; give a role that the template knows, or set \"ablate\": false in that message");
  }

  /**
   * Where in the text the end of a content is that the template has cut there: the outermost place
   * at which a mark stays and changes nothing.
   *
   * @param within a place in the content where one does
   * @param beyond a place where none does
   */
  private int edge(int slot, int within, int beyond) {
    if (++cut > MOST_CUT) {
      throw unclear(slot, "is cut by the template, as are " + MOST_CUT + " others");
    }
    int inside = within;
    int outside = beyond;
    while (Math.abs(inside - outside) > 1) {
      int middle = (inside + outside) / 2;
      if (place(slot, middle) >= 0) {
        inside = middle;
      } else {
        outside = middle;
      }
    }
    int place = place(slot, inside);
    if (place < 0) {
      throw unclear(slot, "is cut by the template so that its place cannot be told");
    }
    return place;
  }

  /** Where in the text a place of a content is, -1 where it is not. */
  private int place(int slot, int at) {
    String core = slots.get(slot).core();
    boolean halves =
        at > 0
            && at < core.length()
            && Character.isSurrogatePair(core.charAt(at - 1), core.charAt(at));
    String marked = marked(List.of(new Place(slot, halves ? at - 1 : at, marks.open(slot))));
    return marked == null ? -1 : only(slot, marked, marks.open(slot));
  }

  /** Where a content is when marks around all of them change the text. */
  private Span alone(int slot) {
    String marked = marked(around(slot));
    if (marked != null) {
      return span(slot, marked);
    }
    String core = slots.get(slot).core();
    int at = text.indexOf(core);
    if (at < 0) {
      throw unclear(slot, "is changed by the template, so that it is not found in the text");
    } else if (text.indexOf(core, at + 1) >= 0) {
      throw unclear(slot, "stands more than once in the text of the chat");
    }
    return new Span(at, at + core.length());
  }
}
