package dev.ablate.lens.text;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.ablate.code.InputException;
import dev.ablate.game.Span;
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

  private static Features cut(Prompt prompt, Unit unit, int... bounds) {
    return new Cutter(prompt, unit, tokens(bounds)).features();
  }

  /** Parts by where each starts and ends, one a message. */
  private static Prompt parts(String text, int... bounds) {
    List<Prompt.Part> parts =
        IntStream.range(0, bounds.length / 2)
            .mapToObj(
                p -> new Prompt.Part(new Span(bounds[2 * p], bounds[2 * p + 1]), "part " + p, p))
            .toList();
    return new Prompt(text, parts, false, List.of(), null);
  }

  @Test
  void onlyTokensOfPartsHaveOwners() {
    Prompt prompt = parts("<u>red key</u><a>no</a>", 3, 10, 17, 19);
    int[] bounds = {0, 3, 3, 6, 6, 10, 10, 14, 14, 17, 17, 19, 19, 23};
    Features words = cut(prompt, Unit.WORD, bounds);
    assertEquals(List.of("red", "key", "no"), words.names());
    assertEquals(List.of(3, 6, 7, 10, 17, 19), bounds(words));
    assertArrayEquals(new int[] {-1, 0, 1, -1, -1, 2, -1}, words.owners());
    Features segments = cut(prompt, Unit.SEGMENT, bounds);
    assertEquals(List.of("part 0", "part 1"), segments.names());
    assertArrayEquals(new int[] {-1, 0, 0, -1, -1, 1, -1}, segments.owners());
  }

  @Test
  void whatATokenSharesWithTheFrameStays() {
    // The first token holds the frame's colon, the last the frame's stop.
    Features features = cut(parts("u:Hello you.", 2, 11), Unit.WORD, 0, 5, 5, 7, 7, 9, 9, 12);
    assertEquals(List.of("lo", "y"), features.names());
    assertEquals(List.of(5, 7, 8, 9), bounds(features));
    assertArrayEquals(new int[] {-1, 0, 1, -1}, features.owners());
    assertEquals(0, cut(parts("u:no.", 2, 4), Unit.WORD, 0, 5).count());
  }

  @Test
  void whiteSpaceOfTheFrameMayBeInATokenOfAPart() {
    Features features = cut(parts("a: red\n\nb", 3, 6), Unit.WORD, 0, 2, 2, 6, 6, 8, 8, 9);
    assertEquals(List.of("red"), features.names());
    assertArrayEquals(new int[] {-1, 0, -1, -1}, features.owners());
    // The second token is the stop and both ends of lines.
    Features stop = cut(parts("red.\n\nb", 0, 4), Unit.TOKEN, 0, 3, 3, 6, 6, 7);
    assertArrayEquals(new int[] {0, 1, -1}, stop.owners());
  }

  @Test
  void noCharacterOfAPartAndTheFrameIsCut() {
    // An accent at the beginning of the part stands on the frame's letter.
    Features features = cut(parts("e\u0301a b", 1, 5), Unit.TOKEN, 0, 1, 1, 2, 2, 3, 3, 5);
    assertEquals(List.of("a", "b"), features.names());
    assertArrayEquals(new int[] {-1, -1, 0, 1}, features.owners());
  }

  @Test
  void aMessageIsAllOfItsParts() {
    List<Prompt.Part> parts =
        List.of(
            new Prompt.Part(new Span(1, 4), null, 0),
            new Prompt.Part(new Span(6, 9), null, 0),
            new Prompt.Part(new Span(10, 12), null, 1));
    Prompt prompt = new Prompt("[one][two]no", parts, false, List.of(), null);
    int[] bounds = {0, 1, 1, 4, 4, 5, 5, 6, 6, 9, 9, 10, 10, 12};
    Features messages = cut(prompt, Unit.MESSAGE, bounds);
    assertEquals(List.of("one two", "no"), messages.names());
    assertEquals(List.of(1, 9, 10, 12), bounds(messages));
    assertArrayEquals(new int[] {-1, 0, -1, -1, 0, -1, 1}, messages.owners());
    assertEquals(3, cut(prompt, Unit.SEGMENT, bounds).count());
    InputException e =
        assertThrows(InputException.class, () -> cut("no chat", Unit.MESSAGE, 0, 2, 2, 7));
    assertEquals(
        "there are no messages, so that unit message has nothing to take; give another unit, or a"
            + " prompt with messages",
        e.getMessage());
  }

  @Test
  void linesAndParagraphs() {
    String text = "one\r\ntwo\n \n\nthree\u2028four\r\rfive";
    int[] bounds = {0, 3, 5, 8, 12, 17, 18, 22, 24, 28};
    assertEquals(
        List.of("one", "two", "three", "four", "five"), cut(text, Unit.LINE, bounds).names());
    assertEquals(
        List.of("one two", "three four", "five"), cut(text, Unit.PARAGRAPH, bounds).names());
    // A token over the end of a line joins two lines.
    assertEquals(List.of("one two"), cut("one\ntwo", Unit.LINE, 0, 7).names());
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
