package dev.ablate.game;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What the features of a game are parts of, as plain data: files hold its {@link #record}, journals
 * compare what of it is {@link #deciding}, and views draw its {@link #text} with a mark for each
 * feature.
 */
public sealed interface Input {
  /** A bare value function or a table: features have names and nothing else. */
  Input BARE = new Bare();

  /** What a file says of it: texts, numbers and lists by name, in order; empty for nothing. */
  Map<String, Object> record();

  /** What of the record decides values: all of it, but names. */
  default Map<String, Object> deciding() {
    return record();
  }

  /** A text that shows it, empty where there is none. */
  default String text() {
    return "";
  }

  /**
   * Where each feature is in that text, in the order of the features; empty where there is none.
   */
  default List<Span> marks() {
    return List.of();
  }

  /** How many features have their place in the input: all of them, or 0 where it has no places. */
  int places();

  /**
   * Checks that every feature has its place in the input.
   *
   * @throws IllegalArgumentException if the input has places for another number of features
   */
  default void requireFeatures(int features) {
    if (!record().isEmpty() && places() != features) {
      throw new IllegalArgumentException(places() + " places for " + features + " features");
    }
  }

  /** See {@link #BARE}. */
  record Bare() implements Input {
    @Override
    public Map<String, Object> record() {
      return Map.of();
    }

    @Override
    public int places() {
      return 0;
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

    /** Whether features are parts that somebody put together, such as passages and turns. */
    public boolean isOfParts() {
      return unit.equals("segment") || unit.equals("message");
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

    @Override
    public int places() {
      return spans.size();
    }
  }

  /**
   * Parts of a network, each in one of its layers.
   *
   * @param heads how many attention heads each layer has, a number a layer; 0 where a layer has
   *     none
   * @param components where each feature is, in the order of the features
   */
  record Components(List<Integer> heads, List<Component> components) implements Input {
    /**
     * Copies the lists.
     *
     * @throws IllegalArgumentException if a component is in no layer, or is a head that its layer
     *     does not have
     */
    public Components {
      heads = List.copyOf(heads);
      components = List.copyOf(components);
      for (Component component : components) {
        component.requireWithin(heads);
      }
    }

    /** Number of layers. */
    public int layers() {
      return heads.size();
    }

    @Override
    public Map<String, Object> record() {
      Map<String, Object> record = new LinkedHashMap<>();
      record.put("heads", heads);
      record.put("components", components.stream().map(Component::record).toList());
      return record;
    }

    @Override
    public int places() {
      return components.size();
    }
  }

  /**
   * Groups of the rows of a training set: a feature keeps its rows or leaves them out.
   *
   * @param names of the rows, in their order; empty where rows have their numbers alone
   * @param groups the numbers of the rows of each feature, from 0, in the order of the features
   */
  record Examples(List<String> names, List<List<Integer>> groups) implements Input {
    /**
     * Copies the lists.
     *
     * @throws IllegalArgumentException if there are names, and a row that has none
     */
    public Examples {
      names = List.copyOf(names);
      groups = groups.stream().map(List::copyOf).toList();
      int rows = names.size();
      if (rows > 0 && groups.stream().flatMap(List::stream).anyMatch(r -> r < 0 || r >= rows)) {
        throw new IllegalArgumentException("a row that is none of the " + rows + " with a name");
      }
    }

    @Override
    public Map<String, Object> record() {
      Map<String, Object> record = new LinkedHashMap<>();
      record.put("groups", groups);
      if (!names.isEmpty()) {
        record.put("row_names", names);
      }
      return record;
    }

    @Override
    public Map<String, Object> deciding() {
      return Map.of("groups", groups);
    }

    @Override
    public int places() {
      return groups.size();
    }
  }

  /**
   * One part of a network.
   *
   * @param kind {@link #HEAD}, {@link #MLP}, {@link #NEURON} or another word
   * @param layer the layer, from 0
   * @param number which of its kind in the layer, from 0
   */
  record Component(String kind, int layer, int number) {
    /** The kind of an attention head. */
    public static final String HEAD = "head";

    /** The kind of an MLP block. */
    public static final String MLP = "mlp";

    /** The kind of a neuron of an MLP block. */
    public static final String NEURON = "neuron";

    private void requireWithin(List<Integer> heads) {
      boolean within =
          number >= 0
              && layer >= 0
              && layer < heads.size()
              && (!kind.equals(HEAD) || number < heads.get(layer));
      if (!within) {
        throw new IllegalArgumentException(
            kind
                + " "
                + number
                + " of layer "
                + layer
                + " among "
                + heads.size()
                + " layers of "
                + heads
                + " heads");
      }
    }

    private Map<String, Object> record() {
      Map<String, Object> record = new LinkedHashMap<>();
      record.put("kind", kind);
      record.put("layer", layer);
      record.put("number", number);
      return record;
    }
  }
}
