package dev.ablate.lens.text;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ablate.code.Characters;
import dev.ablate.game.Span;
import dev.ablate.model.TextTokenizer;
import dev.ablate.model.TextTokenizer.Tokens;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Random;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/** What holds for every tokenizer, prompt and unit: nothing outside of parts is ever ablated. */
class PromptPartsTest {
  private static final int PROMPTS = 200;

  /** Texts with cuts anywhere, between the halves of characters too; every other is a part. */
  private static Prompt prompt(Random random) {
    String text = TokenizerFamiliesTest.text(random) + TokenizerFamiliesTest.text(random);
    TreeSet<Integer> cuts = new TreeSet<>();
    for (int c = random.nextInt(7); c >= 0; c--) {
      cuts.add(random.nextInt(text.length() + 1));
    }
    List<Prompt.Part> parts = new ArrayList<>();
    Integer from = null;
    int message = 0;
    for (int cut : cuts) {
      if (from != null && random.nextInt(3) > 0) {
        message += random.nextInt(2);
        parts.add(new Prompt.Part(new Span(from, cut), random.nextBoolean() ? "n" : null, message));
      }
      from = cut;
    }
    return new Prompt(text, parts, random.nextBoolean(), List.of(), null);
  }

  @Test
  void nothingOutsideOfPartsIsAblated() {
    TestTokenizers.all()
        .forEach(
            (name, tokenizer) -> {
              try (tokenizer) {
                check(name, tokenizer);
              }
            });
  }

  private static void check(String name, TextTokenizer tokenizer) {
    Random random = new Random(11);
    int owned = 0;
    for (int trial = 0; trial < PROMPTS; trial++) {
      Prompt prompt = prompt(random);
      Tokens tokens = tokenizer.tokenize(prompt.text(), prompt.special());
      for (Unit unit : Unit.values()) {
        String where =
            name
                + ", "
                + unit
                + ", trial "
                + trial
                + ": "
                + prompt.parts()
                + " of "
                + TokenizerFamiliesTest.escaped(prompt.text());
        Features features = new Cutter(prompt, unit, tokens).features();
        checkSpans(prompt, unit, features, where);
        owned += checkOwners(prompt, unit, tokens, features, where);
      }
    }
    assertTrue(owned > PROMPTS, name + " owns only " + owned + " tokens");
  }

  private static void checkSpans(Prompt prompt, Unit unit, Features features, String where) {
    int end = 0;
    for (Span span : features.spans()) {
      assertTrue(span.start() >= end && span.start() < span.end(), where);
      end = span.end();
      boolean inside =
          prompt.parts().stream()
              .anyMatch(p -> span.start() >= p.span().start() && span.end() <= p.span().end());
      assertTrue(inside || unit == Unit.MESSAGE, where + ": " + span + " is in no part");
    }
  }

  private static int checkOwners(
      Prompt prompt, Unit unit, Tokens tokens, Features features, String where) {
    BitSet owning = new BitSet();
    BitSet borders = Characters.borders(prompt.text());
    int owned = 0;
    for (int t = 0; t < tokens.count(); t++) {
      Span token = Splitter.strip(prompt.text(), tokens.starts()[t], tokens.ends()[t]);
      int owner = features.owners()[t];
      Prompt.Part home = home(prompt, token);
      if (tokens.special()[t] || home == null) {
        assertEquals(Features.NOBODY, owner, where + ": token " + t + " is in no part");
      } else if (owner == Features.NOBODY) {
        boolean whole = !isShared(prompt, tokens, home, borders);
        assertTrue(!whole || token.start() == token.end(), where + ": nobody has token " + t);
      } else {
        owned++;
        owning.set(owner);
        Span span = features.spans().get(owner);
        boolean covered =
            token.start() == token.end()
                || span.start() <= token.start() && span.end() >= token.end()
                || isUnseen(prompt.text(), token, span);
        assertTrue(covered, where + ": token " + t + " is not in its feature " + owner);
      }
    }
    assertEquals(features.count(), owning.cardinality(), where + ": a feature hides nothing");
    return owned;
  }

  /** At the ends of features what Java calls white space may be left out. */
  private static boolean isUnseen(String text, Span token, Span span) {
    return token.of(text).chars().allMatch(Characters::isSpace)
        || text.substring(token.start(), Math.max(token.start(), span.start())).isBlank()
            && text.substring(Math.min(token.end(), span.end()), token.end()).isBlank();
  }

  private static Prompt.Part home(Prompt prompt, Span token) {
    return prompt.parts().stream()
        .filter(p -> token.start() >= p.span().start() && token.end() <= p.span().end())
        .findFirst()
        .orElse(null);
  }

  /** Whether a token or a character reaches over an end of a part. */
  private static boolean isShared(Prompt prompt, Tokens tokens, Prompt.Part part, BitSet borders) {
    boolean shared = !borders.get(part.span().start()) || !borders.get(part.span().end());
    for (int t = 0; t < tokens.count(); t++) {
      Span token = Splitter.strip(prompt.text(), tokens.starts()[t], tokens.ends()[t]);
      for (int edge : new int[] {part.span().start(), part.span().end()}) {
        shared |= token.start() < edge && token.end() > edge;
      }
    }
    return shared;
  }
}
