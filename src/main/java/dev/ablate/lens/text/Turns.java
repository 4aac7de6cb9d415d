package dev.ablate.lens.text;

import dev.ablate.code.Characters;
import dev.ablate.code.InputException;
import dev.ablate.game.Span;
import dev.ablate.model.TextTokenizer.Tokens;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A chat that is sent as it is, because the template is the server's. People read it as a text: who
 * speaks, and what. In a row of its characters a number beyond all characters stands for each
 * heading, so that the messages under a mask can be read off the row.
 */
final class Turns implements ChatRows {
  private static final int HEADING = Character.MAX_CODE_POINT + 1;

  private final PromptSource.Messages chat;

  /** What may stand under each heading. */
  private final List<Slot> slots = new ArrayList<>();

  private final StringBuilder text = new StringBuilder();
  private final List<Prompt.Part> parts = new ArrayList<>();

  /**
   * A text of a message.
   *
   * @param message the number of the message, from 0
   * @param item the number of its part in a content of several; {@link #WHOLE} where the content is
   *     one text, {@link #NOTHING} where it is none
   * @param heading where the heading is in the text that people read
   * @param content where the text is
   */
  private record Slot(int message, int item, Span heading, Span content) {
    private static final int WHOLE = -1;
    private static final int NOTHING = -2;
  }

  /**
   * A chat.
   *
   * @throws InputException if nothing of it may be ablated
   */
  Turns(PromptSource.Messages chat) {
    this.chat = chat;
    for (int m = 0; m < chat.messages().size(); m++) {
      PromptSource.Message message = chat.messages().get(m);
      String role = message.fields().get("role") + ": ";
      String heading = (m == 0 ? "" : "\n\n") + role;
      Object content = message.fields().get("content");
      if (content instanceof String own) {
        add(m, Slot.WHOLE, heading, own);
      } else {
        add(m, Slot.NOTHING, heading, "");
        List<?> items = content instanceof List<?> several ? several : List.of();
        for (int i = 0; i < items.size(); i++) {
          if (items.get(i) instanceof Map<?, ?> item && item.get("text") instanceof String own) {
            add(m, i, i == 0 ? "" : "\n", own);
          }
        }
      }
    }
    if (parts.isEmpty()) {
      throw new InputException(
          "no message may be ablated; leave \"ablate\": false away where there is a text");
    }
  }

  private void add(int message, int item, String heading, String content) {
    int start = text.length();
    text.append(heading);
    int from = text.length();
    text.append(content);
    slots.add(new Slot(message, item, new Span(start, from), new Span(from, text.length())));
    PromptSource.Message own = chat.messages().get(message);
    if (own.ablate() && !Characters.isBlank(content)) {
      parts.add(new Prompt.Part(new Span(from, text.length()), own.name(), message));
    }
  }

  /** The text that people read, and what of it may be ablated. */
  Prompt prompt() {
    return new Prompt(text.toString(), parts, false, List.of(), null);
  }

  /** Its characters, with a token for each heading. */
  Tokens tokens() {
    List<String> pieces = new ArrayList<>();
    List<Span> spans = new ArrayList<>();
    List<Integer> ids = new ArrayList<>();
    for (int s = 0; s < slots.size(); s++) {
      Slot slot = slots.get(s);
      pieces.add(slot.heading().of(text.toString()));
      spans.add(slot.heading());
      ids.add(HEADING + s);
      for (int c = slot.content().start(); c < slot.content().end(); ) {
        int end = text.offsetByCodePoints(c, 1);
        pieces.add(text.substring(c, end));
        spans.add(new Span(c, end));
        ids.add(text.codePointAt(c));
        c = end;
      }
    }
    boolean[] special = new boolean[ids.size()];
    for (int t = 0; t < special.length; t++) {
      special[t] = ids.get(t) >= HEADING;
    }
    return new Tokens(
        pieces.toArray(String[]::new),
        ids.stream().mapToInt(Integer::intValue).toArray(),
        special,
        spans.stream().mapToInt(Span::start).toArray(),
        spans.stream().mapToInt(Span::end).toArray());
  }

  /** The messages of a row, with every other field as it was given. */
  @Override
  public List<Map<String, Object>> messages(int[] row) {
    StringBuilder[] contents = new StringBuilder[slots.size()];
    int slot = -1;
    for (int id : row) {
      if (id >= HEADING) {
        slot = id - HEADING;
        contents[slot] = new StringBuilder();
      } else {
        contents[slot].appendCodePoint(id);
      }
    }
    List<Map<String, Object>> messages = new ArrayList<>();
    chat.messages().forEach(message -> messages.add(new LinkedHashMap<>(message.fields())));
    for (int s = 0; s < contents.length; s++) {
      put(messages.get(slots.get(s).message()), slots.get(s).item(), contents[s].toString());
    }
    return messages;
  }

  private static void put(Map<String, Object> message, int item, String content) {
    if (item == Slot.WHOLE) {
      message.put("content", content);
    } else if (item >= 0) {
      List<Object> items = new ArrayList<>((List<?>) message.get("content"));
      Map<Object, Object> own = new LinkedHashMap<>((Map<?, ?>) items.get(item));
      own.put("text", content);
      items.set(item, own);
      message.put("content", items);
    }
  }

  /** What the model may call. */
  @Override
  public List<Map<String, Object>> tools() {
    return chat.tools();
  }

  /** Rows of the chat with what stands under one heading left out, where something does. */
  @Override
  public List<int[]> withoutOne(int[] row) {
    List<int[]> rows = new ArrayList<>();
    for (int from = 0; from < row.length; ) {
      int to = from + 1;
      while (to < row.length && row[to] < HEADING) {
        to++;
      }
      if (to > from + 1) {
        int[] without = new int[row.length - (to - from - 1)];
        System.arraycopy(row, 0, without, 0, from + 1);
        System.arraycopy(row, to, without, from + 1, row.length - to);
        rows.add(without);
      }
      from = to;
    }
    return Collections.unmodifiableList(rows);
  }
}
