package dev.ablate.lens.text;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ablate.game.Span;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SplitterTest {
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "Her acting never fails.        | Her;acting;never;fails.",
        "It isn't, isn\u2019t it?       | It;isn't,;isn\u2019t;it?",
        "a well-known anti\u2010hero    | a;well-known;anti\u2010hero",
        "good--bad and/or better        | good--;bad;and/;or;better",
        "good - bad -- worse            | good -;bad --;worse",
        "He said (very \"loud\") no...  | He;said;(very;\"loud\");no...",
        "3.5 stars, $1,000 or 20% off.  | 3.5;stars,;$1,000;or;20%;off.",
        "version 2.                     | version;2.",
        "... well                       | ... well",
        ":-) fine                       | :-) fine",
        "!?                             | !?",
        "caf\u00e9 nai\u0308ve          | caf\u00e9;nai\u0308ve",
        "so \uD83D\uDE00 good\uD83D\uDC4D\uD83C\uDFFD! |"
            + " so;\uD83D\uDE00;good;\uD83D\uDC4D\uD83C\uDFFD!",
        "\u6211\u7231\u4f60\u3002 ok    | \u6211;\u7231;\u4f60\u3002;ok",
        "'tis rock 'n' roll             | 'tis;rock;'n';roll",
        "never\u00a0fails\u202fto\u2007go  | never;fails;to;go",
        "un\u00adbelievable \u0645\u06cc\u200c\u062e\u0648  |"
            + " un\u00adbelievable;\u0645\u06cc\u200c\u062e\u0648",
        "\u0e20\u0e32\u0e29\u0e32\u0e44\u0e17\u0e22\u0e44\u0e21\u0e48\u0e21\u0e35 |"
            + " \u0e20\u0e32\u0e29\u0e32;\u0e44\u0e17\u0e22;\u0e44\u0e21\u0e48;\u0e21\u0e35",
        "\u6771\u306f\u30bf\u30efX.         | \u6771;\u306f;\u30bf\u30efX.",
        "\u845b\udb40\udd00\u98fe           | \u845b\udb40\udd00;\u98fe",
      })
  void cutsWords(String text, String expected) {
    assertEquals(Arrays.asList(expected.split(";")), pieces(text, Splitter.words(text)));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "It was good. Was it? Yes! | It was good.;Was it?;Yes!",
        "no end                    | no end",
      })
  void cutsSentences(String text, String expected) {
    assertEquals(Arrays.asList(expected.split(";")), pieces(text, Splitter.sentences(text)));
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5})
  void loseNothingButWhiteSpace(long seed) {
    Random random = new Random(seed);
    String alphabet = "ab1'-.,!(\" \n\t\u4f60\uD83D\uDE00\u0301\u00a0\u3000\u200d";
    for (int trial = 0; trial < 500; trial++) {
      StringBuilder text = new StringBuilder();
      for (int c = random.nextInt(20); c >= 0; c--) {
        text.appendCodePoint(
            alphabet.codePoints().skip(random.nextInt(19)).findFirst().orElseThrow());
      }
      checkCover(text.toString(), Splitter.words(text.toString()));
      checkCover(text.toString(), Splitter.sentences(text.toString()));
    }
  }

  @Test
  void blankTextsHaveNoPieces() {
    assertTrue(Splitter.words(" \n").isEmpty());
    assertTrue(Splitter.sentences("").isEmpty());
  }

  @Test
  void longTextsWithoutSpacesAreQuick() {
    String text = "\u6211".repeat(100_000);
    assertEquals(100_000, Splitter.words(text).size());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"a-", "a", "1,", "\u0e01", "\u306f", "\ud83d\ude00", "a\u200d", "(", "\u0301"})
  void longWordsAreNotTooDeep(String part) {
    String text = part.repeat(50_000);
    checkCover(text, Splitter.words(text));
  }

  private static void checkCover(String text, List<Span> pieces) {
    int end = 0;
    for (Span piece : pieces) {
      assertTrue(isWhite(text.substring(end, piece.start())), text);
      assertTrue(piece.end() > piece.start(), text);
      end = piece.end();
    }
    assertTrue(isWhite(text.substring(end)), text);
  }

  private static boolean isWhite(String text) {
    return text.matches("\\p{IsWhite_Space}*");
  }

  private static List<String> pieces(String text, List<Span> spans) {
    return spans.stream().map(span -> span.of(text)).toList();
  }
}
