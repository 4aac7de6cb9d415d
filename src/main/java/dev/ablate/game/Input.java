package dev.ablate.game;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What the features of a game are parts of, as plain data: files hold its {@link #record}, journals
 * compare it, and views draw its {@link #text} with a mark for each feature.
 */
public sealed interface Input {
  /** A bare value function or a table: features have names and nothing else. */
  Input BARE = new Bare();

  /** What a file says of it: texts, numbers and lists by name, in order; empty for nothing. */
  Map<String, Object> record();

  /** A text that shows it, empty where there is none. */
  String text();

  /**
   * Where each feature is in that text, in the order of the features; empty where there is none.
   */
  List<Span> marks();

  /**
   * Checks that every feature has its place in the input.
   *
   * @throws IllegalArgumentException if the input has places for another number of features
   */
  default void requireFeatures(int features) {
    if (!record().isEmpty() && marks().size() != features) {
      throw new IllegalArgumentException(marks().size() + " spans for " + features + " features");
    }
  }

  /** See {@link #BARE}. */
  record Bare() implements Input {
    @Override
    public Map<String, Object> record() {
      return Map.of();
    }

    @Override
    public String text() {
      return "";
    }

    @Override
    public List<Span> marks() {
      return List.of();
    }
  }

  /**
   * A text.
   *
   * @param text the text
   * @param spans where each feature lies in it
   * @param unit what a feature is, such as {@code word} or {@code message}
   */
  record Text(String text, List<Span> spans, String unit) implements Input {
    /** Copies the list. */
    public Text {
      spans = List.copyOf(spans);
    }

    @Override
    public Map<String, Object> record() {
      Map<String, Object> record = new LinkedHashMap<>();
      record.put("text", text);
      record.put("spans", spans.stream().map(span -> List.of(span.start(), span.end())).toList());
      record.put("unit", unit);
      return record;
    }

    @Override
    public List<Span> marks() {
      return spans;
    }
  }
}
