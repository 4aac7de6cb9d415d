package dev.ablate.lens.text;

import dev.ablate.code.Characters;
import dev.ablate.code.InputException;
import dev.ablate.game.Span;
import dev.ablate.lens.Names;
import dev.ablate.model.TextTokenizer.Tokens;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;

/**
 * Cuts the parts of a prompt into features such that neither a token nor a character is in two:
 * pieces that share a token are one feature, because no mask can hide one of them alone. What a
 * token shares with text outside of its part stays, as all there does.
 */
final class Cutter {
  private final Prompt prompt;
  private final String text;
  private final Unit unit;
  private final Tokens tokens;

  /** Where a cut halves no character. */
  private final BitSet borders;

  /** What the tokens stand for, white space at their ends left out. */
  private final Span[] visible;

  private final BitSet covered = new BitSet();

  /** What may be cut, one a part. */
  private final List<Span> whole;

  /**
   * Cuts a prompt.
   *
   * @throws InputException if the unit is a message and there are none
   */
  Cutter(Prompt prompt, Unit unit, Tokens tokens) {
    this.prompt = prompt;
    this.text = prompt.text();
    this.unit = unit;
    this.tokens = tokens;
    this.borders = Characters.borders(text);
    this.visible = new Span[tokens.count()];
    for (int t = 0; t < visible.length; t++) {
      visible[t] = Splitter.strip(text, tokens.starts()[t], tokens.ends()[t]);
      covered.set(visible[t].start(), visible[t].end());
    }
    this.whole = prompt.parts().stream().map(part -> whole(part.span())).toList();
    if (unit == Unit.MESSAGE
        && prompt.parts().stream().anyMatch(part -> part.message() == Prompt.NO_MESSAGE)) {
      throw new InputException(
          "there are no messages, so that "
              + TextLens.UNIT
              + " message has nothing to take; give another unit, or a prompt with messages");
    }
  }

  /** A part without the tokens and characters that reach over its ends. */
  private Span whole(Span part) {
    int start = part.start();
    int end = part.end();
    boolean moved = true;
    while (moved && start < end) {
      int oldStart = start;
      int oldEnd = end;
      start = borders.nextSetBit(start);
      end = borders.previousSetBit(end);
      for (Span token : visible) {
        start = token.overlap(start - 1, start + 1) == 2 ? token.end() : start;
        end = token.overlap(end - 1, end + 1) == 2 ? token.start() : end;
      }
      moved = start != oldStart || end != oldEnd;
    }
    return new Span(start, Math.max(start, end));
  }

  /** The pieces that the unit asks for, whatever the tokens are. */
  List<Span> pieces() {
    return whole.stream().flatMap(part -> spans(part, starts(part)).stream()).toList();
  }

  /** The features. Pieces that the tokenizer drops are none. */
  Features features() {
    List<Span> spans = new ArrayList<>();
    List<String> names = new ArrayList<>();
    int[] owners = new int[tokens.count()];
    Arrays.fill(owners, Features.NOBODY);
    int message = Prompt.NO_MESSAGE;
    for (int p = 0; p < whole.size(); p++) {
      Prompt.Part part = prompt.parts().get(p);
      List<Span> pieces = joined(whole.get(p));
      if (!pieces.isEmpty() && unit == Unit.MESSAGE && part.message() == message) {
        int last = spans.size() - 1;
        give(owners, whole.get(p), pieces, last);
        spans.set(last, new Span(spans.get(last).start(), pieces.get(0).end()));
        names.set(
            last, part.name() == null ? names.get(last) + " " + name(pieces.get(0)) : part.name());
      } else if (!pieces.isEmpty()) {
        give(owners, whole.get(p), pieces, spans.size());
        pieces.forEach(piece -> names.add(name(piece, part)));
        spans.addAll(pieces);
        message = part.message();
      }
    }
    boolean[] present = new boolean[spans.size()];
    Arrays.stream(owners).filter(owner -> owner != Features.NOBODY).forEach(o -> present[o] = true);
    return new Features(names, spans, owners).only(present);
  }

  /** The pieces of a part, those that share a token as one. */
  private List<Span> joined(Span part) {
    BitSet starts = starts(part);
    for (Span token : visible) {
      if (token.start() < token.end()) {
        starts.clear(token.start() + 1, token.end());
      }
    }
    starts.set(part.start());
    return spans(part, starts);
  }

  /** Gives the tokens of a part to its pieces, whose features are numbered from the first on. */
  private void give(int[] owners, Span part, List<Span> pieces, int first) {
    int[] ends = pieces.stream().mapToInt(Span::end).toArray();
    for (int t = 0; t < owners.length; t++) {
      if (!tokens.special()[t] && owners[t] == Features.NOBODY && isIn(part, t)) {
        owners[t] = first + owner(ends, visible[t].start());
      }
    }
  }

  /** Of a token that shows something, white space may be anywhere. */
  private boolean isIn(Span part, int t) {
    boolean blank = visible[t].start() == visible[t].end();
    int start = blank ? tokens.starts()[t] : visible[t].start();
    int end = blank ? tokens.ends()[t] : visible[t].end();
    return start >= part.start() && end <= part.end();
  }

  /** White space between features belongs to the next one, and to the last one at the end. */
  private static int owner(int[] ends, int start) {
    int at = Arrays.binarySearch(ends, start + 1);
    return Math.min(at >= 0 ? at : -at - 1, ends.length - 1);
  }

  private BitSet starts(Span part) {
    String own = part.of(text);
    BitSet starts = new BitSet();
    switch (unit) {
      case WORD -> {
        mark(Splitter.words(own), part, starts);
        BitSet ofTokens = startsOfTokens();
        Splitter.withoutSpaces(own).stream()
            .map(at -> part.start() + at)
            .filter(ofTokens::get)
            .forEach(starts::set);
      }
      case SENTENCE -> mark(Splitter.sentences(own), part, starts);
      case LINE -> mark(Splitter.lines(own), part, starts);
      case PARAGRAPH -> mark(Splitter.paragraphs(own), part, starts);
      case TOKEN -> starts.or(startsOfTokens());
      case SEGMENT, MESSAGE -> {
        // A part is one piece.
      }
    }
    starts.and(borders);
    starts.set(part.start());
    return starts;
  }

  private static void mark(List<Span> pieces, Span part, BitSet starts) {
    pieces.forEach(piece -> starts.set(part.start() + piece.start()));
  }

  private BitSet startsOfTokens() {
    BitSet starts = new BitSet();
    for (Span token : visible) {
      starts.set(token.start(), Math.min(token.start() + 1, token.end()));
    }
    return starts;
  }

  private List<Span> spans(Span part, BitSet starts) {
    List<Span> spans = new ArrayList<>();
    int from = part.start();
    while (from >= 0 && from < part.end()) {
      int next = starts.nextSetBit(from + 1);
      Span span = trimmed(from, next < 0 ? part.end() : Math.min(next, part.end()));
      if (span.start() < span.end()) {
        spans.add(span);
      }
      from = next;
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

  /** Parts that somebody named are called so. */
  private String name(Span span, Prompt.Part part) {
    boolean named = part.name() != null && (unit == Unit.SEGMENT || unit == Unit.MESSAGE);
    return named ? part.name() : name(span);
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
