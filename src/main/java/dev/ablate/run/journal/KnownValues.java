package dev.ablate.run.journal;

import dev.ablate.code.InputException;
import dev.ablate.code.JavaMemory;
import dev.ablate.code.Sha256;
import dev.ablate.mask.MaskTable;
import dev.ablate.mask.Masks;
import dev.ablate.run.RunSettings;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.security.MessageDigest;
import java.util.Arrays;

/**
 * Values by mask: what is known already. A mask of up to 256 features is its own key; a longer one
 * has the SHA-256 of its packed words, little-endian, as its key.
 */
public final class KnownValues {
  private static final int MOST_WORDS = 4;
  private static final int FIRST = 256;

  private final int words;
  private final int outputs;
  private final MaskTable keys;
  private double[] values;

  /** Nothing is known yet. */
  public KnownValues(int features, int outputs) {
    this.words = keyWords(features);
    this.outputs = outputs;
    this.keys = new MaskTable(words);
    this.values = new double[Math.multiplyExact(FIRST, outputs)];
  }

  /** Words a key of so many features takes. */
  public static int keyWords(int features) {
    return Math.min(Masks.words(features), MOST_WORDS);
  }

  /** The keys {@code (masks, keyWords) row-major} of masks. */
  public static long[] keys(Masks masks) {
    int words = masks.words();
    if (words <= MOST_WORDS) {
      return masks.hostWords();
    }
    MessageDigest digest = Sha256.digest();
    ByteBuffer packed = ByteBuffer.allocate(words * Long.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    long[] keys = new long[Math.multiplyExact(masks.count(), MOST_WORDS)];
    for (int r = 0; r < masks.count(); r++) {
      packed.clear().asLongBuffer().put(masks.hostWords(), r * words, words);
      ByteBuffer hash =
          ByteBuffer.wrap(digest.digest(packed.array())).order(ByteOrder.LITTLE_ENDIAN);
      hash.asLongBuffer().get(keys, r * MOST_WORDS, MOST_WORDS);
    }
    return keys;
  }

  /** How many masks are known. */
  public int count() {
    return keys.count();
  }

  /** The number of the mask with the key that begins at {@code at}, or -1. */
  public int find(long[] from, int at) {
    return keys.find(from, at);
  }

  /**
   * Remembers the values of a mask; one that is known keeps what it has.
   *
   * @param key holds the key from {@code at} on
   * @param row holds a value for each output from {@code first} on
   * @throws InputException if more masks come than an array holds
   */
  public void add(long[] key, int at, double[] row, int first) {
    int before = keys.count();
    if (keys.find(key, at) >= 0) {
      return;
    }
    reserve(before + 1);
    keys.add(key, at);
    System.arraycopy(row, first, values, before * outputs, outputs);
  }

  /** Copies the values of a known mask to {@code to}, from {@code at} on. */
  public void copy(int known, double[] to, int at) {
    System.arraycopy(values, known * outputs, to, at, outputs);
  }

  private void reserve(int count) {
    if ((long) count * Math.max(words, outputs) > JavaMemory.LONGEST) {
      throw new InputException(
          "more than "
              + (count - 1)
              + " masks with their values do not fit in memory: lower "
              + RunSettings.BUDGET);
    }
    if (count * outputs > values.length) {
      values = Arrays.copyOf(values, (int) Math.min(2L * values.length, JavaMemory.LONGEST));
    }
  }
}
