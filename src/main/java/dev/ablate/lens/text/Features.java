package dev.ablate.lens.text;

import dev.ablate.game.Span;
import java.util.ArrayList;
import java.util.List;

/**
 * The features of a text and the tokens that each of them owns. Spans are in order and do not
 * overlap; the span of a feature holds all that its tokens stand for but white space at its ends.
 *
 * @param names what a feature says, one a feature
 * @param spans where it is in the text, one a feature
 * @param owners the feature that each token belongs to, one a token; {@link #NOBODY} if the token
 *     is always present
 */
record Features(List<String> names, List<Span> spans, int[] owners) {
  static final int NOBODY = -1;

  /** Number of features. */
  int count() {
    return names.size();
  }

  /** The chosen features, numbered anew; the tokens of the others are always present. */
  Features only(boolean[] chosen) {
    int[] numbers = new int[count()];
    List<String> chosenNames = new ArrayList<>();
    List<Span> chosenSpans = new ArrayList<>();
    for (int f = 0; f < numbers.length; f++) {
      numbers[f] = chosen[f] ? chosenNames.size() : NOBODY;
      if (chosen[f]) {
        chosenNames.add(names.get(f));
        chosenSpans.add(spans.get(f));
      }
    }
    int[] chosenOwners = new int[owners.length];
    for (int t = 0; t < owners.length; t++) {
      chosenOwners[t] = owners[t] == NOBODY ? NOBODY : numbers[owners[t]];
    }
    return new Features(List.copyOf(chosenNames), List.copyOf(chosenSpans), chosenOwners);
  }
}
