package dev.ablate.game;

import java.util.List;

/** What the features of a game are parts of, as plain data that files hold and views draw. */
public sealed interface Input {
  /** A bare value function or a table: features have names and nothing else. */
  Input BARE = new Bare();

  /**
   * Checks that every feature has its place in the input.
   *
   * @throws IllegalArgumentException if the input has places for another number of features
   */
  void requireFeatures(int features);

  /** See {@link #BARE}. */
  record Bare() implements Input {
    @Override
    public void requireFeatures(int features) {
      // Names are counted where they are.
    }
  }

  /**
   * A text.
   *
   * @param text the text
   * @param spans where each feature lies in it
   * @param unit what a feature is: {@code word}, {@code token} or {@code sentence}
   */
  record Text(String text, List<Span> spans, String unit) implements Input {
    /** Copies the list. */
    public Text {
      spans = List.copyOf(spans);
    }

    @Override
    public void requireFeatures(int features) {
      if (spans.size() != features) {
        throw new IllegalArgumentException(spans.size() + " spans for " + features + " features");
      }
    }
  }
}
