package dev.ablate.lens.text;

import dev.ablate.code.Characters;
import dev.ablate.game.Span;
import dev.ablate.lens.Names;
import dev.ablate.model.TextTokenizer.Tokens;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;

/**
 * Cuts a text into features such that neither a token nor a character is in two: pieces that share
 * a token are one feature, because no mask can hide one of them alone.
 */
final class Cutter {
  private final String text;
  private final Unit unit;
  private final Tokens tokens;

  /** Where a cut halves no character. */
  private final BitSet borders;

  /** What the tokens stand for, white space at their ends left out. */
  private final Span[] visible;

  private final BitSet covered = new BitSet();

  Cutter(String text, Unit unit, Tokens tokens) {
    this.text = text;
    this.unit = unit;
    this.tokens = tokens;
    this.borders = Characters.borders(text);
    this.visible = new Span[tokens.count()];
    for (int t = 0; t < visible.length; t++) {
      visible[t] = Splitter.strip(text, tokens.starts()[t], tokens.ends()[t]);
      covered.set(visible[t].start(), visible[t].end());
    }
  }

  /** The pieces that the unit asks for, whatever the tokens are. */
  List<Span> pieces() {
    return spans(starts());
  }

  /** The features. Pieces that the tokenizer drops are none. */
  Features features() {
    BitSet starts = starts();
    for (Span token : visible) {
      if (token.start() < token.end()) {
        starts.clear(token.start() + 1, token.end());
      }
    }
    List<Span> spans = spans(starts);
    int[] owners = new int[tokens.count()];
    boolean[] present = new boolean[spans.size()];
    int[] ends = spans.stream().mapToInt(Span::end).toArray();
    for (int t = 0; t < owners.length; t++) {
      owners[t] = Features.NOBODY;
      if (!tokens.special()[t] && ends.length > 0) {
        owners[t] = owner(ends, visible[t].start());
        present[owners[t]] = true;
      }
    }
    List<String> names = spans.stream().map(this::name).toList();
    return new Features(names, spans, owners).only(present);
  }

  /** White space between features belongs to the next one, and to the last one at the end. */
  private static int owner(int[] ends, int start) {
    int at = Arrays.binarySearch(ends, start + 1);
    return Math.min(at >= 0 ? at : -at - 1, ends.length - 1);
  }

  private BitSet starts() {
    BitSet starts = new BitSet();
    switch (unit) {
      case WORD -> {
        Splitter.words(text).forEach(word -> starts.set(word.start()));
        BitSet withoutSpaces = Splitter.withoutSpaces(text);
        withoutSpaces.and(startsOfTokens());
        starts.or(withoutSpaces);
      }
      case SENTENCE -> Splitter.sentences(text).forEach(piece -> starts.set(piece.start()));
      case TOKEN -> starts.or(startsOfTokens());
    }
    starts.and(borders);
    starts.set(0);
    return starts;
  }

  private BitSet startsOfTokens() {
    BitSet starts = new BitSet();
    for (Span token : visible) {
      starts.set(token.start(), Math.min(token.start() + 1, token.end()));
    }
    return starts;
  }

  private List<Span> spans(BitSet starts) {
    List<Span> spans = new ArrayList<>();
    for (int from = 0; from >= 0; from = starts.nextSetBit(from + 1)) {
      int next = starts.nextSetBit(from + 1);
      Span span = trimmed(from, next < 0 ? text.length() : next);
      if (span.start() < span.end()) {
        spans.add(span);
      }
    }
    return spans;
  }

  private Span trimmed(int from, int to) {
    int start = from;
    int end = to;
    while (start < end && isSpare(start, borders.nextSetBit(start + 1))) {
      start = borders.nextSetBit(start + 1);
    }
    while (end > start && isSpare(borders.previousSetBit(end - 1), end)) {
      end = borders.previousSetBit(end - 1);
    }
    return new Span(start, end);
  }

  /** Whether a character is nothing to anybody at the end of a feature. */
  private boolean isSpare(int from, int to) {
    if (Characters.isSpace(text.charAt(from))) {
      return true;
    }
    int token = covered.nextSetBit(from);
    boolean ofToken = token >= 0 && token < to;
    return !ofToken
        && (unit == Unit.TOKEN
            || text.substring(from, to).codePoints().allMatch(Characters::isInvisible));
  }

  private String name(Span span) {
    String raw = Names.SPACES.matcher(span.of(text)).replaceAll(" ");
    List<String> characters = Characters.of(raw);
    int first = 0;
    int last = characters.size();
    while (first < last && isUnseen(characters.get(first))) {
      first++;
    }
    while (last > first && isUnseen(characters.get(last - 1))) {
      last--;
    }
    return first == last
        ? Characters.line(raw)
        : String.join("", characters.subList(first, last)).strip();
  }

  private static boolean isUnseen(String character) {
    return character.codePoints().allMatch(c -> Characters.isInvisible(c) || c == ' ');
  }
}
