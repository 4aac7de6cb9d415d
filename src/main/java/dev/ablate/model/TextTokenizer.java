package dev.ablate.model;

import dev.ablate.code.InputException;
import dev.ablate.model.tokenizer.CharacterEncoder;
import dev.ablate.model.tokenizer.Encoded;
import dev.ablate.model.tokenizer.Encoder;
import dev.ablate.model.tokenizer.Encoders;
import java.util.Arrays;
import java.util.OptionalInt;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;

/**
 * A Hugging Face tokenizer, read from {@code tokenizer.json}, or one of characters. Several threads
 * may use it.
 */
public final class TextTokenizer implements AutoCloseable {
  /** Characters of a text, far more than any model takes. */
  private static final int LONGEST = 1 << 20;

  private final Encoder encoder;
  private final Vocabulary vocabulary;
  private final String origin;

  /** Held for reading by those who split, for writing by {@link #close}. */
  private final ReadWriteLock use = new ReentrantReadWriteLock();

  private boolean closed;

  private TextTokenizer(Encoder encoder, Vocabulary vocabulary, String origin) {
    this.encoder = encoder;
    this.vocabulary = vocabulary;
    this.origin = origin;
  }

  /**
   * Reads a tokenizer. Limits on length and padding that the file asks for are dropped: a text is
   * never cut short. A file that could end the process runs in one of its own, with the same
   * answers.
   *
   * @param json the content of {@code tokenizer.json}
   * @param origin where it came from, for messages
   * @throws InputException if it is no tokenizer, or if its native library does not load
   */
  public static TextTokenizer of(byte[] json, String origin) {
    return new TextTokenizer(Encoders.open(json, origin), new Vocabulary(json), origin);
  }

  /** Reads a tokenizer that the tests of this program have read, without looking at it first. */
  static TextTokenizer ofTested(byte[] json, String origin) {
    return new TextTokenizer(Encoders.openTested(json, origin), new Vocabulary(json), origin);
  }

  /** A tokenizer whose tokens are the code points of a text, numbered as Unicode numbers them. */
  static TextTokenizer ofCharacters() {
    return new TextTokenizer(
        new CharacterEncoder(), new Vocabulary(new byte[] {'{', '}'}), "of characters");
  }

  /** Splits a text into tokens and adds the special tokens around it. */
  public Tokens tokenize(String text) {
    return tokenize(text, true);
  }

  /**
   * Splits a text into tokens.
   *
   * @param special whether the special tokens are added around it
   * @throws InputException if the vocabulary lacks what the text needs, if the library fails over
   *     the text or answers with nonsense, or if the text has more than a million characters
   * @throws IllegalStateException if the tokenizer is closed
   */
  public Tokens tokenize(String text, boolean special) {
    if (text.length() > LONGEST) {
      throw new InputException(
          "the text has "
              + text.length()
              + " characters and may have at most "
              + LONGEST
              + "; shorten it, or explain its parts one by one");
    }
    Encoded encoded;
    try {
      encoded = encode(text, special);
    } catch (Encoder.Refusal e) {
      throw cannotSplit(e.getMessage(), "save it again with its whole vocabulary");
    }
    int count = encoded.ids().length;
    if (encoded.pieces().length != count || encoded.special().length != count) {
      throw cannotSplit(
          "it gives " + encoded.pieces().length + " tokens and " + count + " numbers of them",
          "see the special tokens of its post_processor");
    }
    Tokens tokens =
        new Tokens(
            encoded.pieces(), new int[count], new boolean[count], new int[count], new int[count]);
    int[] offsets = codePointOffsets(text);
    for (int t = 0; t < count; t++) {
      tokens.ids()[t] = id(encoded, t);
      tokens.special()[t] = encoded.special()[t] != 0;
      if (encoded.ends()[t] >= 0) {
        tokens.starts()[t] = place(encoded.starts()[t], offsets, encoded.pieces()[t]);
        tokens.ends()[t] = place(encoded.ends()[t], offsets, encoded.pieces()[t]);
      }
    }
    return tokens;
  }

  private int id(Encoded encoded, int t) {
    long id = encoded.ids()[t];
    if (id < 0 || id > Integer.MAX_VALUE) {
      throw cannotSplit(
          "it gives the token \"" + encoded.pieces()[t] + "\" the number " + id,
          "number tokens from 0 to " + Integer.MAX_VALUE);
    }
    return (int) id;
  }

  private int place(long codePoint, int[] offsets, String piece) {
    if (codePoint < 0 || codePoint >= offsets.length) {
      throw cannotSplit(
          "it puts the token \"" + piece + "\" where the text has no characters",
          "take out of the text what is odd there");
    }
    return offsets[(int) codePoint];
  }

  private InputException cannotSplit(String reason, String remedy) {
    return new InputException(
        "the tokenizer " + origin + " cannot split the text: " + reason + "; " + remedy);
  }

  /**
   * The text of tokens, special ones left out. Bytes that are no characters, such as the first of
   * several tokens that spell one, become U+FFFD.
   *
   * @param ids their numbers; one that no token has is left out
   * @throws InputException if the library fails over them
   * @throws IllegalStateException if the tokenizer is closed
   */
  public String decode(int[] ids) {
    if (ids.length == 0) {
      return "";
    }
    try {
      long[] numbers = Arrays.stream(ids).asLongStream().toArray();
      return withEncoder(library -> library.decode(numbers));
    } catch (Encoder.Refusal e) {
      throw new InputException(
          "the tokenizer "
              + origin
              + " cannot make a text of tokens: "
              + e.getMessage()
              + "; save it again with its decoder");
    }
  }

  private Encoded encode(String text, boolean special) throws Encoder.Refusal {
    return withEncoder(library -> library.encode(text, special));
  }

  private interface Question<T> {
    T ask(Encoder library) throws Encoder.Refusal;
  }

  private <T> T withEncoder(Question<T> question) throws Encoder.Refusal {
    use.readLock().lock();
    try {
      if (closed) {
        throw new IllegalStateException("the tokenizer " + origin + " is closed");
      }
      return question.ask(encoder);
    } finally {
      use.readLock().unlock();
    }
  }

  /**
   * The number of a token that stands in the vocabulary as it is, such as {@code [MASK]}.
   *
   * @throws InputException if the library fails over it
   */
  public OptionalInt id(String token) {
    try {
      Encoded encoded = encode(token, false);
      return encoded.ids().length == 1 && encoded.pieces()[0].equals(token)
          ? OptionalInt.of(id(encoded, 0))
          : vocabulary.id(token);
    } catch (Encoder.Refusal e) {
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

  /** Frees the native memory, or ends the process; waits for texts in progress. */
  @Override
  public void close() {
    use.writeLock().lock();
    try {
      if (!closed) {
        closed = true;
        encoder.close();
      }
    } finally {
      use.writeLock().unlock();
    }
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

    /** The same without the special tokens behind the text: something may follow it. */
    public Tokens open() {
      int end = count();
      while (end > 0 && special[end - 1]) {
        end--;
      }
      return new Tokens(
          Arrays.copyOf(pieces, end),
          Arrays.copyOf(ids, end),
          Arrays.copyOf(special, end),
          Arrays.copyOf(starts, end),
          Arrays.copyOf(ends, end));
    }
  }
}
