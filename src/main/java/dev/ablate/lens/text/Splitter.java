package dev.ablate.lens.text;

import dev.ablate.code.Characters;
import dev.ablate.game.Span;
import java.text.BreakIterator;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Splits texts into the pieces that become features. Together they hold all but white space, and no
 * character is in two.
 */
final class Splitter {
  /** Has no spaces between words; Java has a dictionary of it. */
  private static final String THAI = "\\p{IsThai}[\\p{IsThai}\\p{M}]*";

  /** Have no spaces between words either, and Java has no dictionary of them. */
  private static final String UNSPACED_LETTER =
      "\\p{IsHiragana}\\p{IsLao}\\p{IsKhmer}\\p{IsMyanmar}\\p{IsJavanese}\\p{IsBalinese}"
          + "\\p{IsTai_Tham}\\p{IsTai_Le}\\p{IsNew_Tai_Lue}";

  private static final String UNSPACED =
      "[" + UNSPACED_LETTER + "][" + UNSPACED_LETTER + "\\p{M}\u30FC]*";

  private static final String LETTER =
      "[\\p{L}\\p{M}\\p{N}&&\\P{IsIdeographic}&&[^\\p{IsThai}" + UNSPACED_LETTER + "]]";

  /** Format characters stand within a word, but for the zero-width space, which parts words. */
  private static final String LETTERS = LETTER + "[" + LETTER + "[\\p{Cf}&&[^\u200B]]]*+";

  /**
   * What makes a word: an ideograph; a run of a script without spaces; letters and digits, joined
   * by single apostrophes or hyphens or by the separators of a number; or symbols such as emoji.
   */
  private static final Pattern CORE =
      Pattern.compile(
          "\\p{IsIdeographic}"
              + ("|(?<thai>" + THAI + ")")
              + ("|(?<unspaced>" + UNSPACED + ")")
              + ("|" + LETTERS)
              + ("(?:(?:['\u2019\u2010\u2011-]|(?<=\\p{Nd})[.,](?=\\p{Nd}))" + LETTERS + ")*+")
              + "|\\p{So}[\\p{So}\\p{Sk}\\p{M}\\p{Cf}]*");

  private static final Pattern LINE_END = Pattern.compile("\\R");

  /** No end of a line of two characters is taken for two. */
  private static final Pattern PARAGRAPH_END = Pattern.compile("(?>\\R)(?:\\h*(?>\\R))+");

  private Splitter() {}

  /**
   * Words. Punctuation belongs to the word before it, unless white space or the start of the text
   * is before it and a word directly behind it. A text without words is one piece. Thai is cut by
   * Java's dictionary.
   */
  static List<Span> words(String text) {
    List<Integer> starts = new ArrayList<>();
    Matcher core = CORE.matcher(text);
    int end = 0;
    while (core.find()) {
      starts.add(withOpening(text, core.start(), end));
      if (core.group("thai") != null) {
        BreakIterator words = BreakIterator.getWordInstance(Locale.forLanguageTag("th"));
        words.setText(core.group());
        for (int at = words.next(); at < core.group().length(); at = words.next()) {
          starts.add(core.start() + at);
        }
      }
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

  /** Lines. */
  static List<Span> lines(String text) {
    return between(LINE_END, text);
  }

  /** Paragraphs: what lies between lines of white space. */
  static List<Span> paragraphs(String text) {
    return between(PARAGRAPH_END, text);
  }

  private static List<Span> between(Pattern gap, String text) {
    List<Integer> starts = new ArrayList<>(List.of(0));
    gap.matcher(text).results().forEach(end -> starts.add(end.end()));
    return pieces(text, starts);
  }

  /**
   * The positions in runs of scripts without spaces that no dictionary here knows; a word there is
   * what a token of the model holds.
   */
  static BitSet withoutSpaces(String text) {
    BitSet positions = new BitSet();
    Matcher core = CORE.matcher(text);
    while (core.find()) {
      if (core.group("unspaced") != null) {
        positions.set(core.start(), core.end());
      }
    }
    return positions;
  }

  /** Where a word begins if the punctuation that opens it, such as a bracket, is part of it. */
  private static int withOpening(String text, int core, int previousEnd) {
    int start = core;
    while (start > previousEnd && !Characters.isSpace(text.charAt(start - 1))) {
      start--;
    }
    return start == previousEnd && start > 0 ? core : start;
  }

  /** Cuts a text at each start but the first; white space around a piece is left out. */
  private static List<Span> pieces(String text, List<Integer> starts) {
    BitSet borders = Characters.borders(text);
    List<Span> pieces = new ArrayList<>();
    int from = 0;
    for (int next = 1; next <= Math.max(1, starts.size()); next++) {
      int to = next < starts.size() ? starts.get(next) : text.length();
      if (borders.get(to)) {
        Span piece = strip(text, from, to);
        if (piece.start() < piece.end()) {
          pieces.add(piece);
        }
        from = to;
      }
    }
    return pieces;
  }

  /** A part of a text without the white space around it. */
  static Span strip(String text, int from, int to) {
    int start = from;
    int end = to;
    while (start < end && Characters.isSpace(text.charAt(start))) {
      start++;
    }
    while (end > start && Characters.isSpace(text.charAt(end - 1))) {
      end--;
    }
    return new Span(start, end);
  }
}
