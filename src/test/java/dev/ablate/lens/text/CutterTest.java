package dev.ablate.lens.text;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.ablate.model.TextTokenizer.Tokens;
import java.util.BitSet;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Cuts of texts whose tokens are written down by hand. */
class CutterTest {
  /** Tokens by where each starts and ends. */
  private static Tokens tokens(int... bounds) {
    int count = bounds.length / 2;
    String[] pieces = new String[count];
    IntStream.range(0, count).forEach(t -> pieces[t] = "piece" + t);
    return new Tokens(
        pieces,
        IntStream.range(0, count).toArray(),
        new boolean[count],
        IntStream.range(0, count).map(t -> bounds[2 * t]).toArray(),
        IntStream.range(0, count).map(t -> bounds[2 * t + 1]).toArray());
  }

  private static Features cut(String text, Unit unit, int... bounds) {
    return new Cutter(Prompt.of(text), unit, tokens(bounds)).features();
  }

  private static List<Integer> bounds(Features features) {
    return features.spans().stream().flatMap(s -> List.of(s.start(), s.end()).stream()).toList();
  }

  @Test
  void ideographsThatShareATokenAreOneFeature() {
    Features features = cut("\u4f60\u597d \u4e16\u754c", Unit.WORD, 0, 2, 2, 5);
    assertEquals(List.of("\u4f60\u597d", "\u4e16\u754c"), features.names());
    assertEquals(List.of(0, 2, 3, 5), bounds(features));
    assertArrayEquals(new int[] {0, 1}, features.owners());
  }

  @Test
  void ideographsOfTheirOwnTokensStayApart() {
    Features features = cut("\u4f60\u597d\u3002", Unit.WORD, 0, 1, 1, 2, 2, 3);
    assertEquals(List.of("\u4f60", "\u597d\u3002"), features.names());
    assertArrayEquals(new int[] {0, 1, 1}, features.owners());
  }

  @Test
  void noBreakSpacesPartWordsAndBelongToNone() {
    String text = "It never\u00a0fails\u202fto\u2007ok";
    Features features =
        cut(text, Unit.WORD, 0, 2, 2, 8, 8, 9, 9, 14, 14, 15, 15, 17, 17, 18, 18, 20);
    assertEquals(List.of("It", "never", "fails", "to", "ok"), features.names());
    assertEquals(List.of(0, 2, 3, 8, 9, 14, 15, 17, 18, 20), bounds(features));
    assertArrayEquals(new int[] {0, 1, 2, 2, 3, 3, 4, 4}, features.owners());
  }

  @Test
  void tokensOfOneCharacterAreOneFeature() {
    // Three bytes of one ideograph, then two of an accent on the letter before it.
    Features features = cut("\u4f60e\u0301x", Unit.TOKEN, 0, 1, 0, 1, 0, 1, 1, 2, 2, 3, 2, 3, 3, 4);
    assertEquals(List.of("\u4f60", "e\u0301", "x"), features.names());
    assertArrayEquals(new int[] {0, 0, 0, 1, 1, 1, 2}, features.owners());
  }

  @Test
  void tokensThatOverlapAreOneFeature() {
    Features features = cut("abcd", Unit.TOKEN, 0, 2, 1, 3, 3, 4);
    assertEquals(List.of("abc", "d"), features.names());
    assertArrayEquals(new int[] {0, 0, 1}, features.owners());
  }

  @Test
  void aTokenOverTwoSentencesJoinsThem() {
    Features features = cut("Good. Bad. No.", Unit.SENTENCE, 0, 4, 4, 9, 9, 10, 11, 14);
    assertEquals(List.of("Good. Bad.", "No."), features.names());
    assertEquals(List.of("Good.", "Bad.", "No."), pieces("Good. Bad. No.", Unit.SENTENCE));
  }

  private static List<String> pieces(String text, Unit unit) {
    return new Cutter(Prompt.of(text), unit, tokens())
        .pieces().stream().map(span -> span.of(text)).toList();
  }

  @Test
  void whatTheTokenizerDropsIsNoFeature() {
    Features features = cut("\ufeffa \u0000 b\u200b", Unit.WORD, 1, 2, 5, 6);
    assertEquals(List.of("a", "b"), features.names());
    assertEquals(List.of(1, 2, 5, 6), bounds(features));
  }

  @Test
  void whatTheTokenizerKeepsIsPartOfAFeatureEvenUnseen() {
    Features words = cut("\ufeffa b\u200b", Unit.WORD, 0, 1, 1, 2, 3, 4, 4, 5);
    assertEquals(List.of("a", "b"), words.names());
    assertEquals(List.of(0, 2, 3, 5), bounds(words));
    Features tokens = cut("\ufeffa", Unit.TOKEN, 0, 1, 1, 2);
    assertEquals(List.of("<U+FEFF>", "a"), tokens.names());
  }

  @Test
  void whiteSpaceBelongsToTheNextFeatureAndAtTheEndToTheLast() {
    Features features = cut(" a  b ", Unit.TOKEN, 0, 1, 1, 2, 2, 3, 3, 5, 5, 6);
    assertEquals(List.of("a", "b"), features.names());
    assertArrayEquals(new int[] {0, 0, 1, 1, 1}, features.owners());
    Features sentence = cut("a b", Unit.SENTENCE, 0, 1, 1, 2, 2, 3);
    assertArrayEquals(new int[] {0, 0, 0}, sentence.owners());
  }

  @Test
  void scriptsWithoutSpacesAreCutByTokens() {
    String burmese = "\u1019\u103c\u1014\u103a\u1019\u102c";
    assertEquals(
        List.of("\u1019\u103c\u1014\u103a", "\u1019\u102c"),
        cut(burmese, Unit.WORD, 0, 4, 4, 6).names());
    assertEquals(List.of(burmese), cut(burmese, Unit.WORD, 0, 6).names());
    // The second token begins within a character.
    assertEquals(List.of(burmese), cut(burmese, Unit.WORD, 0, 1, 1, 6).names());
    assertEquals(
        List.of("\u308f\u305f\u3057", "\u306f", "\u6771"),
        cut("\u308f\u305f\u3057\u306f\u6771", Unit.WORD, 0, 3, 3, 4, 4, 5).names());
  }

  @Test
  void aStretchOfTheTextNamesTheFeaturesThatHideIt() {
    String text = "\u4f60\u597d \u4e16\u754c never, fails";
    Cutter cutter =
        new Cutter(Prompt.of(text), Unit.WORD, tokens(0, 2, 2, 5, 5, 11, 11, 12, 12, 18));
    Features features = cutter.features();
    assertEquals(4, features.count());
    TextNames names = new TextNames(text, cutter.pieces(), features);
    assertEquals(BitSet.valueOf(new long[] {0b0010}), names.find("\u754c"));
    assertEquals(BitSet.valueOf(new long[] {0b0011}), names.find("\u597d \u4e16"));
    assertEquals(BitSet.valueOf(new long[] {0b1100}), names.find("NEVER,  fails"));
    assertEquals(new BitSet(), names.find("fail"));
    assertEquals(new BitSet(), names.find(""));
  }
}
