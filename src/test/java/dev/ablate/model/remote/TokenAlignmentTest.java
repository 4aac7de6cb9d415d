package dev.ablate.model.remote;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class TokenAlignmentTest {
  private static TokenAlignment.Fit fit(String text, String... said) {
    double[] values = IntStream.range(0, said.length).mapToDouble(i -> -i).toArray();
    return TokenAlignment.align(text, Arrays.asList(said), values);
  }

  /** Each token as its place and its value, such as {@code 0-3:1}. */
  private static String places(String text, String... said) {
    TokenAlignment.Fit fit = fit(text, said);
    assertTrue(fit.covers(text), () -> "reached " + fit.reached());
    StringBuilder places = new StringBuilder();
    for (ScoredToken token : fit.tokens()) {
      places.append(' ').append(token.from()).append('-').append(token.to()).append(':');
      places.append(Math.round(-token.logProbability()));
    }
    return places.toString().strip();
  }

  @Test
  void tokensStandWhereTheyBegin() {
    assertEquals("0-3:0 3-8:1 8-9:2", places("The king.", "The", " king", "."));
  }

  @Test
  void specialTokensInFrontAreLeftOut() {
    assertEquals("0-3:1 3-8:2", places("The king", "<s>", "The", " king"));
    assertEquals("0-3:2 3-8:3", places("The king", "[gMASK]", "<sop>", "The", " king"));
    assertEquals("0-3:1 3-8:2", places("The king", "", "The", " king"));
    assertEquals("0-3:1 3-6:2", places("<s>abc", "<s>", "<s>", "abc"));
    assertEquals("0-3:0 3-6:1", places("<s>abc", "<s>", "abc"));
  }

  @Test
  void aFirstTokenThatIsNotToldIsSpecialOrWhatIsLeft() {
    assertEquals("0-3:1 3-8:2", places("The king", null, "The", " king"));
    assertEquals("0-3:0 3-8:1", places("The king", null, " king"));
  }

  @Test
  void marksOfBlanksAreBlanks() {
    assertEquals("0-3:1 3-8:2", places("The king", "<s>", "\u2581The", "\u2581king"));
    assertEquals("0-3:0 3-8:1 8-9:2", places("The king\n", "The", "\u0120king", "\u010A"));
    assertEquals("0-4:0 4-9:1", places(" The king", "The", " king"));
    assertEquals("0-1:0", places("\u2581", "\u2581"));
  }

  @Test
  void partsOfACharacterHaveItsPlace() {
    String text = "a \uD83D\uDE00b";
    assertEquals("0-1:0 1-4:1 1-4:2 4-5:3", places(text, "a", " \uFFFD", "\uFFFD", "b"));
    assertEquals("0-1:0 1-2:1 2-4:2 2-4:3 4-5:4", places(text, "a", " ", "<0xF0>", "<0x9F>", "b"));
    assertEquals("0-1:0 1-4:1 1-4:2", places("a\u00E9!x", "a", "bytes:\\xc3", "bytes:\\xa9!x"));
    assertEquals("0-1:0 1-1:1 1-4:2", places("a \uD83D\uDE00", "a", "", " \uD83D\uDE00"));
  }

  @Test
  void anotherTextIsNotCovered() {
    assertFalse(fit("The king", "[INST]", " The", " king", "[/INST]").covers("The queen"));
    TokenAlignment.Fit fit = fit("The queen", "The", " king");
    assertEquals(1, fit.used());
    assertEquals(3, fit.reached());
  }

  @Test
  void tokensThatAreMadeBehindTheTextAreNotUsed() {
    TokenAlignment.Fit fit = fit("The king", "The", " king", " is");
    assertTrue(fit.covers("The king"));
    assertEquals(2, fit.used());
  }

  @Test
  void anyCutOfAnyTextIsFound() {
    Random random = new Random(3);
    for (int trial = 0; trial < 300; trial++) {
      StringBuilder text = new StringBuilder();
      while (text.length() < 30) {
        text.appendCodePoint("ab  .\u00E9\u6F22".codePointAt(random.nextInt(7)));
      }
      String[] said = new String[30];
      int count = 0;
      for (int at = 0; at < text.length(); count++) {
        int end = Math.min(text.length(), at + 1 + random.nextInt(4));
        said[count] = text.substring(at, end);
        at = end;
      }
      List<ScoredToken> tokens = fit(text.toString(), Arrays.copyOf(said, count)).tokens();
      assertEquals(count, tokens.size());
      for (ScoredToken token : tokens) {
        assertEquals(token.text(), text.substring(token.from(), token.to()));
      }
    }
  }
}
