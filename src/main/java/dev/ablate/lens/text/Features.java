package dev.ablate.lens.text;

import dev.ablate.game.Span;
import dev.ablate.model.TextTokenizer.Tokens;
import java.util.ArrayList;
import java.util.List;

/**
 * The features of a text and the tokens that each of them owns.
 *
 * @param names what a feature says, one a feature
 * @param spans where it is in the text, one a feature
 * @param owners the feature that each token belongs to, one a token; {@link #NOBODY} if the token
 *     is always present
 */
record Features(List<String> names, List<Span> spans, int[] owners) {
  static final int NOBODY = -1;

  /** Splits a text. Pieces that the tokenizer drops are no features. */
  static Features of(String text, Unit unit, Tokens tokens) {
    return switch (unit) {
      case WORD -> ofPieces(text, Splitter.words(text), tokens);
      case SENTENCE -> ofPieces(text, Splitter.sentences(text), tokens);
      case TOKEN -> ofTokens(text, tokens);
    };
  }

  private static Features ofTokens(String text, Tokens tokens) {
    List<String> names = new ArrayList<>();
    List<Span> spans = new ArrayList<>();
    int[] owners = new int[tokens.count()];
    for (int t = 0; t < owners.length; t++) {
      owners[t] = tokens.special()[t] ? NOBODY : names.size();
      if (!tokens.special()[t]) {
        Span span = new Span(tokens.starts()[t], tokens.ends()[t]);
        String name = span.of(text).strip();
        names.add(name.isEmpty() ? tokens.pieces()[t] : name);
        spans.add(span);
      }
    }
    return new Features(names, spans, owners);
  }

  private static Features ofPieces(String text, List<Span> pieces, Tokens tokens) {
    int[] owners = new int[tokens.count()];
    boolean[] present = new boolean[pieces.size()];
    int piece = 0;
    for (int t = 0; t < owners.length; t++) {
      owners[t] = NOBODY;
      if (!tokens.special()[t]) {
        int start = tokens.starts()[t];
        while (piece < pieces.size() - 1 && pieces.get(piece).end() <= start) {
          piece++;
        }
        owners[t] = mostOverlapping(pieces, piece, start, tokens.ends()[t]);
        present[owners[t]] = true;
      }
    }
    List<String> names = pieces.stream().map(s -> s.of(text).replaceAll("\\s+", " ")).toList();
    return new Features(names, pieces, owners).only(present);
  }

  /** A token may reach over several pieces; one that is white space alone goes to the next. */
  private static int mostOverlapping(List<Span> pieces, int first, int start, int end) {
    int best = first;
    for (int p = first + 1; p < pieces.size() && pieces.get(p).start() < end; p++) {
      if (pieces.get(p).overlap(start, end) > pieces.get(best).overlap(start, end)) {
        best = p;
      }
    }
    return best;
  }

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
