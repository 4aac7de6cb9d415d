package dev.ablate.run;

import dev.ablate.code.InputException;
import dev.ablate.mask.Masks;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;

/**
 * Values by mask: what is known already. A mask of up to 256 features is its own key; a longer one
 * has the SHA-256 of its packed words, little-endian, as its key.
 */
final class KnownValues {
  private static final int MOST_WORDS = 4;
  private static final int FIRST = 256;

  private final int words;
  private final int outputs;
  private long[] keys;
  private double[] values;
  private int count;
  // Open addressing on row numbers, -1 where empty; at most half full.
  private int[] slots = emptySlots(4 * FIRST);

  KnownValues(int features, int outputs) {
    this.words = keyWords(features);
    this.outputs = outputs;
    this.keys = new long[FIRST * words];
    this.values = new double[Math.multiplyExact(FIRST, outputs)];
  }

  /** Words a key of so many features takes. */
  static int keyWords(int features) {
    return Math.min(Masks.words(features), MOST_WORDS);
  }

  /** The keys {@code (masks, keyWords) row-major} of masks. */
  static long[] keys(Masks masks) {
    int words = masks.words();
    if (words <= MOST_WORDS) {
      return masks.hostWords();
    }
    MessageDigest digest = sha256();
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

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }

  /** How many masks are known. */
  int count() {
    return count;
  }

  /** The number of the mask with the key that begins at {@code at}, or -1. */
  int find(long[] from, int at) {
    int slot = slot(from, at);
    return slots[slot];
  }

  /**
   * Remembers the values of a mask; one that is known keeps what it has.
   *
   * @param key holds the key from {@code at} on
   * @param row holds a value for each output from {@code first} on
   * @throws InputException if more masks come than an array holds
   */
  void add(long[] key, int at, double[] row, int first) {
    int slot = slot(key, at);
    if (slots[slot] >= 0) {
      return;
    }
    reserve();
    System.arraycopy(key, at, keys, count * words, words);
    System.arraycopy(row, first, values, count * outputs, outputs);
    // Growing moves the slots.
    slots[slot(key, at)] = count++;
  }

  /** Copies the values of a known mask to {@code to}, from {@code at} on. */
  void copy(int known, double[] to, int at) {
    System.arraycopy(values, known * outputs, to, at, outputs);
  }

  private void reserve() {
    if ((long) (count + 1) * Math.max(words, outputs) > Integer.MAX_VALUE - 8) {
      throw new InputException(
          "more than "
              + count
              + " masks with their values do not fit in memory: lower "
              + RunSettings.BUDGET);
    }
    if ((count + 1) * words > keys.length) {
      keys = Arrays.copyOf(keys, grown(keys.length));
    }
    if ((count + 1) * outputs > values.length) {
      values = Arrays.copyOf(values, grown(values.length));
    }
    if (2L * (count + 1) > slots.length && slots.length < 1 << 30) {
      slots = emptySlots(2 * slots.length);
      for (int row = 0; row < count; row++) {
        slots[slot(keys, row * words)] = row;
      }
    }
  }

  private static int grown(int length) {
    return (int) Math.min(2L * length, Integer.MAX_VALUE - 8);
  }

  private static int[] emptySlots(int length) {
    int[] slots = new int[length];
    Arrays.fill(slots, -1);
    return slots;
  }

  /** Where a key is, or the empty slot where it belongs. */
  private int slot(long[] from, int at) {
    long hash = 0;
    for (int w = at; w < at + words; w++) {
      hash = (hash ^ from[w]) * 0x9E3779B97F4A7C15L;
      hash ^= hash >>> 32;
    }
    int slot = (int) hash & (slots.length - 1);
    while (slots[slot] >= 0 && !isKey(slots[slot], from, at)) {
      slot = (slot + 1) & (slots.length - 1);
    }
    return slot;
  }

  private boolean isKey(int row, long[] from, int at) {
    return Arrays.equals(keys, row * words, (row + 1) * words, from, at, at + words);
  }
}
