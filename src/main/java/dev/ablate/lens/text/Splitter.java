package dev.ablate.lens.text;

import dev.ablate.game.Span;
import java.text.BreakIterator;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Splits texts into the pieces that become features. Together they hold all but white space. */
final class Splitter {
  private static final String LETTER = "[\\p{L}\\p{M}\\p{N}&&\\P{IsIdeographic}]";

  /**
   * What makes a word: an ideograph; letters and digits, joined by single apostrophes or hyphens or
   * by the separators of a number; or symbols such as emoji.
   */
  private static final Pattern CORE =
      Pattern.compile(
          "\\p{IsIdeographic}"
              + ("|" + LETTER + "+")
              + ("(?:(?:['\u2019\u2010\u2011-]|(?<=\\p{Nd})[.,](?=\\p{Nd}))" + LETTER + "+)*")
              + "|\\p{So}[\\p{So}\\p{Sk}\\p{M}\\p{Cf}]*");

  private Splitter() {}

  /**
   * Words. Punctuation belongs to the word before it, unless white space or the start of the text
   * is before it and a word directly behind it. A text without words is one piece.
   */
  static List<Span> words(String text) {
    List<Integer> starts = new ArrayList<>();
    Matcher core = CORE.matcher(text);
    int end = 0;
    while (core.find()) {
      starts.add(withOpening(text, core.start(), end));
      end = core.end();
    }
    return pieces(text, starts);
  }

  /** Sentences by the rules for English. */
  static List<Span> sentences(String text) {
    BreakIterator breaks = BreakIterator.getSentenceInstance(Locale.ENGLISH);
    breaks.setText(text);
    List<Integer> starts = new ArrayList<>();
    for (int at = breaks.first(); at != BreakIterator.DONE; at = breaks.next()) {
      starts.add(at);
    }
    return pieces(text, starts);
  }

  /** Where a word begins if the punctuation that opens it, such as a bracket, is part of it. */
  private static int withOpening(String text, int core, int previousEnd) {
    int start = core;
    while (start > previousEnd && !Character.isWhitespace(text.charAt(start - 1))) {
      start--;
    }
    return start == previousEnd && start > 0 ? core : start;
  }

  /** Cuts a text at each start but the first; white space around a piece is left out. */
  private static List<Span> pieces(String text, List<Integer> starts) {
    List<Span> pieces = new ArrayList<>();
    int from = 0;
    for (int next = 1; next <= Math.max(1, starts.size()); next++) {
      int to = next < starts.size() ? starts.get(next) : text.length();
      Span piece = strip(text, from, to);
      if (piece.start() < piece.end()) {
        pieces.add(piece);
      }
      from = to;
    }
    return pieces;
  }

  private static Span strip(String text, int from, int to) {
    int start = from;
    int end = to;
    while (start < end && Character.isWhitespace(text.charAt(start))) {
      start++;
    }
    while (end > start && Character.isWhitespace(text.charAt(end - 1))) {
      end--;
    }
    return new Span(start, end);
  }
}
