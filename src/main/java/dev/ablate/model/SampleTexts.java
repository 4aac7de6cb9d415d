package dev.ablate.model;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import dev.ablate.code.InputException;
import dev.ablate.model.TextTokenizer.Tokens;
import dev.ablate.model.onnx.SampleRows;
import java.io.IOException;
import java.util.Arrays;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.Set;

/** Finds tokens of a vocabulary on which a network can be tried. */
final class SampleTexts {
  /** Tokens to choose from; enough that no two rows are alike. */
  private static final int MOST = 4096;

  private final Set<Integer> tokens = new LinkedHashSet<>();
  private final Set<Integer> special = new HashSet<>();

  private SampleTexts() {}

  /**
   * Texts for trials.
   *
   * @param json the content of {@code tokenizer.json}
   * @param tokenizer the same, opened
   * @param vocabulary tokens from this number on are not taken
   */
  static SampleRows of(byte[] json, TextTokenizer tokenizer, int vocabulary) {
    SampleTexts found = new SampleTexts();
    try (JsonParser in = new JsonFactory().createParser(json)) {
      found.read(in);
    } catch (IOException e) {
      // The tokenizer is open, so its file is good: what was read up to here must do.
    }
    found.tokens.removeAll(found.special);
    found.tokens.removeIf(token -> token >= vocabulary);
    Tokens around = around(tokenizer);
    boolean none = found.tokens.isEmpty();
    return new SampleRows(
        specials(around, true),
        none ? new int[] {0} : found.tokens.stream().mapToInt(Integer::intValue).toArray(),
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

  private void read(JsonParser in) throws IOException {
    in.nextToken();
    while (in.nextToken() == JsonToken.FIELD_NAME) {
      String key = in.currentName();
      in.nextToken();
      if (key.equals("added_tokens")) {
        readAdded(in);
      } else if (key.equals("model") && in.currentToken() == JsonToken.START_OBJECT) {
        readModel(in);
      } else {
        in.skipChildren();
      }
    }
  }

  private void readAdded(JsonParser in) throws IOException {
    while (in.nextToken() == JsonToken.START_OBJECT) {
      int id = -1;
      boolean isSpecial = false;
      while (in.nextToken() == JsonToken.FIELD_NAME) {
        String key = in.currentName();
        in.nextToken();
        id = key.equals("id") ? in.getValueAsInt(-1) : id;
        isSpecial |= key.equals("special") && in.getValueAsBoolean();
        in.skipChildren();
      }
      if (isSpecial) {
        special.add(id);
      }
    }
  }

  private void readModel(JsonParser in) throws IOException {
    while (in.nextToken() == JsonToken.FIELD_NAME) {
      boolean vocabulary = in.currentName().equals("vocab");
      JsonToken value = in.nextToken();
      if (vocabulary && value == JsonToken.START_OBJECT) {
        readNumbers(in);
      } else if (vocabulary && value == JsonToken.START_ARRAY) {
        countPieces(in);
      } else {
        in.skipChildren();
      }
    }
  }

  /** Piece by number, as most models have it. */
  private void readNumbers(JsonParser in) throws IOException {
    while (in.nextToken() == JsonToken.FIELD_NAME) {
      in.nextToken();
      add(in.getValueAsInt(-1));
    }
  }

  /** A list of pieces with their weights: the place is the number. */
  private void countPieces(JsonParser in) throws IOException {
    for (int id = 0; in.nextToken() == JsonToken.START_ARRAY; id++) {
      in.skipChildren();
      add(id);
    }
  }

  private void add(int id) {
    if (id >= 0 && tokens.size() < MOST) {
      tokens.add(id);
    }
  }
}
