package dev.ablate.model;

import dev.ablate.code.InputException;
import dev.ablate.model.TextTokenizer.Tokens;
import dev.ablate.model.onnx.SampleRows;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.Set;

/** Finds tokens of a vocabulary on which a network can be tried. */
final class SampleTexts {
  /** Tokens to choose from; enough that no two rows are alike. */
  private static final int MOST = 4096;

  private SampleTexts() {}

  /**
   * Texts for trials.
   *
   * @param json the content of {@code tokenizer.json}
   * @param tokenizer the same, opened
   * @param vocabulary tokens from this number on are not taken
   */
  static SampleRows of(byte[] json, TextTokenizer tokenizer, int vocabulary) {
    Vocabulary known = new Vocabulary(json);
    Set<Integer> tokens = new LinkedHashSet<>();
    known.visit(
        (token, id) -> {
          tokens.add(id);
          return tokens.size() < MOST;
        });
    tokens.removeAll(known.special());
    tokens.removeIf(token -> token < 0 || token >= vocabulary);
    Tokens around = around(tokenizer);
    return new SampleRows(
        specials(around, true),
        tokens.isEmpty() ? new int[] {0} : tokens.stream().mapToInt(Integer::intValue).toArray(),
        specials(around, false));
  }

  /** A short text, for the special tokens around it. */
  private static Tokens around(TextTokenizer tokenizer) {
    try {
      return tokenizer.tokenize("a");
    } catch (InputException e) {
      // A vocabulary without unknown words may not even have this one.
      return new Tokens(new String[0], new int[0], new boolean[0], new int[0], new int[0]);
    }
  }

  private static int[] specials(Tokens tokens, boolean front) {
    int count = 0;
    while (count < tokens.count() && tokens.special()[front ? count : tokens.count() - 1 - count]) {
      count++;
    }
    int from = front ? 0 : tokens.count() - count;
    return Arrays.copyOfRange(tokens.ids(), from, from + count);
  }
}
