package dev.ablate.model;

import ai.djl.engine.EngineException;
import ai.djl.huggingface.tokenizers.Encoding;
import ai.djl.huggingface.tokenizers.HuggingFaceTokenizer;
import ai.djl.huggingface.tokenizers.jni.CharSpan;
import dev.ablate.code.InputException;
import dev.ablate.model.onnx.OnnxSession;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.Map;
import java.util.OptionalInt;

/** A Hugging Face tokenizer, read from {@code tokenizer.json}. Several threads may use it. */
public final class TextTokenizer implements AutoCloseable {
  private final HuggingFaceTokenizer tokenizer;
  private final Vocabulary vocabulary;
  private final String origin;

  private TextTokenizer(HuggingFaceTokenizer tokenizer, Vocabulary vocabulary, String origin) {
    this.tokenizer = tokenizer;
    this.vocabulary = vocabulary;
    this.origin = origin;
  }

  /**
   * Reads a tokenizer. Limits on length and padding that the file asks for are dropped: a text is
   * never cut short.
   *
   * @param json the content of {@code tokenizer.json}
   * @param origin where it came from, for messages
   * @throws InputException if it is no tokenizer, or if its native library does not load
   */
  public static TextTokenizer of(byte[] json, String origin) {
    Map<String, String> options = Map.of("truncation", "false", "padding", "false");
    try {
      TokenizerLibrary.place();
      return new TextTokenizer(
          HuggingFaceTokenizer.newInstance(new ByteArrayInputStream(json), options),
          new Vocabulary(json),
          origin);
    } catch (InputException e) {
      throw e;
    } catch (EngineException | LinkageError e) {
      throw new InputException(
          "the tokenizer's native library does not load: "
              + OnnxSession.firstLine(e)
              + "; where its folder forbids programs, name another with the environment variable"
              + " ABLATE_CACHE_DIR",
          e);
    } catch (IOException | RuntimeException e) {
      throw new InputException(
          origin
              + " is no tokenizer: "
              + OnnxSession.firstLine(e)
              + "; save it with tokenizer.save_pretrained() of a fast tokenizer",
          e);
    }
  }

  /**
   * Splits a text into tokens and adds the special tokens around it.
   *
   * @throws InputException if the vocabulary lacks what the text needs
   */
  public Tokens tokenize(String text) {
    Encoding encoding;
    try {
      encoding = tokenizer.encode(text, true, false);
    } catch (RuntimeException e) {
      throw new InputException(
          "the tokenizer "
              + origin
              + " cannot split the text: "
              + OnnxSession.firstLine(e)
              + "; save it again with its whole vocabulary",
          e);
    }
    long[] ids = encoding.getIds();
    long[] special = encoding.getSpecialTokenMask();
    CharSpan[] spans = encoding.getCharTokenSpans();
    Tokens tokens =
        new Tokens(
            encoding.getTokens(),
            new int[ids.length],
            new boolean[ids.length],
            new int[ids.length],
            new int[ids.length]);
    int[] offsets = codePointOffsets(text);
    for (int t = 0; t < ids.length; t++) {
      tokens.ids()[t] = Math.toIntExact(ids[t]);
      tokens.special()[t] = special[t] != 0;
      if (spans[t] != null) {
        tokens.starts()[t] = offsets[spans[t].getStart()];
        tokens.ends()[t] = offsets[spans[t].getEnd()];
      }
    }
    return tokens;
  }

  /** The number of a token that stands in the vocabulary as it is, such as {@code [MASK]}. */
  public OptionalInt id(String token) {
    try {
      Encoding encoding = tokenizer.encode(token, false, false);
      return encoding.getIds().length == 1 && encoding.getTokens()[0].equals(token)
          ? OptionalInt.of(Math.toIntExact(encoding.getIds()[0]))
          : vocabulary.id(token);
    } catch (RuntimeException e) {
      // A vocabulary without a token for unknown words refuses what it does not hold.
      return vocabulary.id(token);
    }
  }

  /** The number of the token that the tokenizer itself puts for what it does not know. */
  public OptionalInt unknownId() {
    return vocabulary.unknownId();
  }

  /** Where each code point of a text starts, and its end. The library counts code points. */
  private static int[] codePointOffsets(String text) {
    int[] offsets = new int[text.codePointCount(0, text.length()) + 1];
    for (int c = 1; c < offsets.length; c++) {
      offsets[c] = text.offsetByCodePoints(offsets[c - 1], 1);
    }
    return offsets;
  }

  @Override
  public void close() {
    tokenizer.close();
  }

  /**
   * The tokens of a text, special ones included; all arrays have one entry a token.
   *
   * @param pieces the tokens as the vocabulary spells them
   * @param ids their numbers
   * @param special whether the tokenizer added them around the text
   * @param starts where in the text they start, in UTF-16 units; 0 for special ones
   * @param ends where in the text they end (exclusive); 0 for special ones
   */
  public record Tokens(String[] pieces, int[] ids, boolean[] special, int[] starts, int[] ends) {
    /** Number of tokens. */
    public int count() {
      return ids.length;
    }
  }
}
