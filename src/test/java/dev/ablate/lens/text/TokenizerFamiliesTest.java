package dev.ablate.lens.text;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ablate.game.Span;
import dev.ablate.model.TextTokenizer;
import dev.ablate.model.TextTokenizer.Tokens;
import java.util.EnumSet;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/**
 * What holds for every tokenizer, text and unit: each token of the text belongs to one feature or
 * to the kept text, and the spans of features say what a mask hides.
 */
class TokenizerFamiliesTest {
  /** All that a plain text has. */
  private static final Set<Unit> UNITS = EnumSet.complementOf(EnumSet.of(Unit.MESSAGE));

  private static final int TEXTS = 150;

  private static final Pattern WHITE_SPACE = Pattern.compile("\\p{IsWhite_Space}");

  /** Parts of a character behind its first one: marks, joiners and what they join. */
  private static final Pattern GOES_ON = Pattern.compile("^[\\p{M}\u200D\\x{1F3FB}-\\x{1F3FF}].*");

  private static final String[] PARTS = {
    "a",
    "ab",
    "b",
    "never",
    "fails",
    "isn't",
    "1",
    "3.5",
    "1,000",
    ".",
    ",",
    "(",
    "\u201c",
    "!",
    "-",
    " ",
    " ",
    " ",
    "  ",
    "\n",
    "\r\n",
    "\t",
    "\u00a0",
    "\u2007",
    "\u202f",
    "\u3000",
    "\u0085",
    "\u2028",
    "\u200b",
    "\u2060",
    "\ufeff",
    "\u00ad",
    "\u200e",
    "\u202e",
    "\u0000",
    "\u0007",
    "\u4f60\u597d",
    "\u4e16\u754c",
    "\u4f60",
    "\u3002",
    "\uff0c",
    "\u3042\u3044\u3057",
    "\u30bf\u30ef\u30fc",
    "\u0e20\u0e32\u0e29\u0e32\u0e44\u0e17\u0e22",
    "\u0ea5\u0eb2\u0ea7",
    "\u1781\u17d2\u1798\u17c2\u179a",
    "\u1019\u103c\u1014\u103a",
    "\u0928\u092e\u0938\u094d\u0924\u0947",
    "\u05e9\u05dc\u05d5\u05dd",
    "\u0645\u06cc\u200c\u062e\u0648\u0627",
    "\ud55c\uad6d\uc5b4",
    "\u1112\u1161\u11ab",
    "cafe\u0301",
    "CAF\u00c9",
    "\u0130stanbul",
    "stra\u00dfe",
    "\ufb01ne",
    "\u00bd",
    "\uff21\uff22",
    "\u2122",
    "e\u0301\u0323\u0302",
    "\ud83d\ude00",
    "\ud83d\udc69\u200d\u2764\ufe0f\u200d\ud83d\udc68",
    "\ud83d\udc4d\ud83c\udffd",
    "\ud83c\udde9\ud83c\uddea",
    "1\ufe0f\u20e3",
    "\ud835\udd38",
    "\ud840\udc00",
    "\ue000",
    "\ufffd",
  };

  static String text(Random random) {
    StringBuilder text = new StringBuilder();
    for (int part = random.nextInt(14); part >= 0; part--) {
      text.append(PARTS[random.nextInt(PARTS.length)]);
    }
    return text.toString();
  }

  @Test
  void featuresCoverWhatTheyHideWithEveryFamily() {
    check(TestTokenizers.all());
  }

  @Test
  void featuresCoverWhatTheyHideWithTokenizersOfRealModels() {
    check(TestTokenizers.ofRealModels());
  }

  private static void check(Map<String, TextTokenizer> tokenizers) {
    tokenizers.forEach(
        (name, tokenizer) -> {
          try (tokenizer) {
            Random random = new Random(7);
            for (int trial = 0; trial < TEXTS; trial++) {
              String text = text(random);
              Tokens tokens = tokenizer.tokenize(text);
              for (Unit unit : UNITS) {
                String where = name + ", " + unit + ", trial " + trial + ": " + escaped(text);
                Cutter cutter = new Cutter(Prompt.of(text), unit, tokens);
                Features features = cutter.features();
                checkNames(new TextNames(text, cutter.pieces(), features), where);
                checkSpans(text, features, where);
                checkOwners(text, tokens, features, true, where);
                Features some = features.only(chosen(features.count(), random));
                checkSpans(text, some, where);
                checkOwners(text, tokens, some, false, where);
              }
            }
          }
        });
  }

  /** Whatever a feature is called, it is found by. */
  private static void checkNames(TextNames readings, String where) {
    for (int f = 0; f < readings.features().count(); f++) {
      String name = readings.features().names().get(f);
      assertTrue(readings.find(name).get(f), where + ": " + escaped(name) + " is not found");
    }
  }

  private static boolean[] chosen(int features, Random random) {
    boolean[] chosen = new boolean[features];
    IntStream.range(0, features).forEach(f -> chosen[f] = random.nextBoolean());
    return chosen;
  }

  private static void checkSpans(String text, Features features, String where) {
    assertEquals(features.count(), features.spans().size(), where);
    int end = 0;
    for (int f = 0; f < features.count(); f++) {
      Span span = features.spans().get(f);
      assertTrue(span.start() >= end && span.start() < span.end(), where);
      end = span.end();
      assertFalse(
          WHITE_SPACE.matcher(text.substring(span.start(), span.start() + 1)).find(), where);
      assertFalse(WHITE_SPACE.matcher(text.substring(end - 1, end)).find(), where);
      assertTrue(isBorder(text, span.start()), where + " cut at " + span.start());
      assertTrue(isBorder(text, end), where + " cut at " + end);
      assertFalse(features.names().get(f).isBlank(), where);
      assertEquals(features.names().get(f).strip(), features.names().get(f), where);
    }
  }

  private static boolean isBorder(String text, int at) {
    if (at == 0 || at == text.length()) {
      return true;
    }
    boolean halves = Character.isSurrogatePair(text.charAt(at - 1), text.charAt(at));
    // An accent on white space stands alone: spans begin and end without white space.
    boolean goesOn =
        GOES_ON.matcher(text.substring(at)).matches()
            && !WHITE_SPACE.matcher(text.substring(at - 1, at)).find()
            && !Character.isISOControl(text.charAt(at - 1))
            && Character.getType(text.charAt(at - 1)) != Character.FORMAT;
    return !halves && !goesOn;
  }

  private static void checkOwners(
      String text, Tokens tokens, Features features, boolean all, String where) {
    TreeSet<Integer> owning = new TreeSet<>();
    for (int t = 0; t < tokens.count(); t++) {
      int owner = features.owners()[t];
      if (tokens.special()[t]) {
        assertEquals(Features.NOBODY, owner, where);
        continue;
      }
      assertTrue(!all || owner >= 0 || features.count() == 0, where + ": nobody has token " + t);
      owning.add(owner);
      for (int f = 0; f < features.count(); f++) {
        Span span = features.spans().get(f);
        for (int c = tokens.starts()[t]; c < tokens.ends()[t]; c++) {
          boolean inside = c >= span.start() && c < span.end();
          boolean space = WHITE_SPACE.matcher(text.substring(c, c + 1)).find();
          // A token is told from its neighbours by its visible part.
          boolean visible = !space && !isAtEdge(text, tokens, t, c);
          assertTrue(!visible || inside == (f == owner), where + ": token " + t + ", feature " + f);
        }
      }
    }
    owning.remove(Features.NOBODY);
    assertEquals(features.count(), owning.size(), where + ": a feature hides nothing");
  }

  /** White space other than the property's, which Java calls so, at the ends of a token. */
  private static boolean isAtEdge(String text, Tokens tokens, int token, int at) {
    return Character.isWhitespace(text.charAt(at))
        && (at == tokens.starts()[token] || at == tokens.ends()[token] - 1);
  }

  static String escaped(String text) {
    StringBuilder escaped = new StringBuilder();
    text.chars()
        .forEach(c -> escaped.append(c > 32 && c < 127 ? (char) c + "" : "\\u%04x".formatted(c)));
    return escaped.toString();
  }

  @Test
  void aTextOfWhiteSpaceHasNoFeatures() {
    TestTokenizers.all()
        .forEach(
            (name, tokenizer) -> {
              try (tokenizer) {
                for (Unit unit : UNITS) {
                  Tokens tokens = tokenizer.tokenize(" \u00a0\n");
                  assertEquals(
                      0, new Cutter(Prompt.of(" \u00a0\n"), unit, tokens).features().count(), name);
                }
              }
            });
  }
}
