package dev.ablate.model.tokenizer;

import ai.djl.engine.EngineException;
import ai.djl.huggingface.tokenizers.Encoding;
import ai.djl.huggingface.tokenizers.HuggingFaceTokenizer;
import ai.djl.huggingface.tokenizers.jni.CharSpan;
import dev.ablate.code.InputException;
import dev.ablate.code.OneLine;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.Map;

/**
 * The library in this process. Where it panics it aborts the process, so that only files that
 * {@link SafeParts} knows come here, or the process is one that nobody needs.
 */
final class NativeEncoder implements Encoder {
  private final HuggingFaceTokenizer tokenizer;

  private NativeEncoder(HuggingFaceTokenizer tokenizer) {
    this.tokenizer = tokenizer;
  }

  /**
   * Reads a tokenizer. Limits on length and padding that the file asks for are dropped.
   *
   * @param json the content of {@code tokenizer.json}
   * @param origin where it came from, for messages
   * @throws InputException if it is no tokenizer, or if the native library does not load
   */
  static NativeEncoder of(byte[] json, String origin) {
    Map<String, String> options = Map.of("truncation", "false", "padding", "false");
    try {
      TokenizerLibrary.place();
      return new NativeEncoder(
          HuggingFaceTokenizer.newInstance(new ByteArrayInputStream(json), options));
    } catch (InputException e) {
      throw e;
    } catch (EngineException | LinkageError e) {
      throw TokenizerLibrary.notLoaded(e);
    } catch (IOException | RuntimeException e) {
      throw TokenizerFile.noTokenizer(origin, OneLine.first(e), e);
    }
  }

  @Override
  public Encoded encode(String text, boolean special) throws Refusal {
    Encoding encoding;
    try {
      encoding = tokenizer.encode(text, special, false);
    } catch (RuntimeException e) {
      throw new Refusal(OneLine.first(e));
    }
    CharSpan[] spans = encoding.getCharTokenSpans();
    long[] starts = new long[spans.length];
    long[] ends = new long[spans.length];
    for (int t = 0; t < spans.length; t++) {
      starts[t] = spans[t] == null ? -1 : spans[t].getStart();
      ends[t] = spans[t] == null ? -1 : spans[t].getEnd();
    }
    return new Encoded(
        encoding.getTokens(), encoding.getIds(), encoding.getSpecialTokenMask(), starts, ends);
  }

  @Override
  public String decode(long[] ids) throws Refusal {
    try {
      return tokenizer.decode(ids, true);
    } catch (RuntimeException e) {
      throw new Refusal(OneLine.first(e));
    }
  }

  @Override
  public void close() {
    tokenizer.close();
  }
}
