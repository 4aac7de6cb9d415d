package dev.ablate.mask;

import dev.ablate.backend.Backend;
import dev.ablate.backend.Buffer;
import dev.ablate.backend.HostBuffer;
import java.util.Arrays;

/**
 * Bit-packed masks, {@code (masks, ceil(features/64)) row-major}: bit 1 keeps a feature, bit 0
 * ablates it. Feature {@code i} is bit {@code i mod 64} of word {@code i / 64}; the bits past the
 * last feature are 0.
 */
public final class Masks implements AutoCloseable {
  /** Most features of a game or a design. */
  public static final int MOST_FEATURES = 1 << 20;

  private final Buffer buffer;
  private final int count;
  private final int features;
  // Set at the first look; both copies hold the same masks.
  private volatile HostBuffer host;

  /**
   * Wraps a buffer without copying it.
   *
   * @param buffer U64 {@code (count, ceil(features/64)) row-major}
   * @throws IllegalArgumentException if the buffer's length does not fit
   */
  public Masks(Buffer buffer, int count, int features) {
    if (features < 1) {
      throw new IllegalArgumentException("masks need at least one feature");
    }
    if (buffer.element() != Buffer.Element.U64
        || buffer.length() != (long) count * words(features)) {
      throw new IllegalArgumentException(
          "a buffer of "
              + buffer.length()
              + " words does not hold "
              + count
              + " masks of "
              + features
              + " features");
    }
    this.buffer = buffer;
    this.count = count;
    this.features = features;
  }

  /** Masks from booleans {@code (masks, features)}, true = kept; at least one row. */
  public static Masks of(boolean[][] rows) {
    if (rows == null || rows.length == 0 || rows[0] == null) {
      throw new IllegalArgumentException("no masks: give at least one row");
    }
    int features = rows[0].length;
    Masks masks = none(rows.length, features);
    long[] words = masks.hostWords();
    for (int r = 0; r < rows.length; r++) {
      if (rows[r] == null || rows[r].length != features) {
        throw new IllegalArgumentException("mask " + r + " has another length than mask 0");
      }
      for (int i = 0; i < features; i++) {
        if (rows[r][i]) {
          words[r * masks.words() + (i >>> 6)] |= 1L << i;
        }
      }
    }
    return masks;
  }

  /** {@code count} host masks that keep nothing. */
  public static Masks none(int count, int features) {
    return new Masks(
        HostBuffer.of(new long[Math.multiplyExact(count, words(features))]), count, features);
  }

  /** One host mask that keeps everything. */
  public static Masks all(int features) {
    Masks masks = none(1, features);
    long[] words = masks.hostWords();
    Arrays.fill(words, -1L);
    words[words.length - 1] = -1L >>> (64 * words.length - features);
    return masks;
  }

  /** All {@code 2^features} masks; mask {@code m} has the bits of the number {@code m}. */
  public static Masks exhaustive(int features) {
    if (features > 30) {
      throw new IllegalArgumentException("2^" + features + " masks are too many to list");
    }
    long[] words = new long[1 << features];
    for (int m = 0; m < words.length; m++) {
      words[m] = m;
    }
    return new Masks(HostBuffer.of(words), words.length, features);
  }

  /** {@code (masks)} how many features each keeps; on a device the masks come to the host. */
  public int[] sizes() {
    long[] all = hostWords();
    int[] sizes = new int[count];
    for (int w = 0; w < all.length; w++) {
      sizes[w / words()] += Long.bitCount(all[w]);
    }
    return sizes;
  }

  /** {@code (features)} how many of the masks keep each feature. */
  public int[] keptBy() {
    long[] all = hostWords();
    int words = words();
    int[] counts = new int[features];
    // Counters of 64 features at a time: bit i of plane k is bit k of the count of feature i.
    long[] planes = new long[Integer.SIZE];
    for (int w = 0; w < words; w++) {
      Arrays.fill(planes, 0);
      for (int r = 0; r < count; r++) {
        long carry = all[r * words + w];
        for (int k = 0; carry != 0; k++) {
          long sum = planes[k] ^ carry;
          carry &= planes[k];
          planes[k] = sum;
        }
      }
      for (int i = 0; i < Math.min(Long.SIZE, features - Long.SIZE * w); i++) {
        for (int k = 0; k < Integer.SIZE - 1; k++) {
          counts[Long.SIZE * w + i] |= (int) (planes[k] >>> i & 1) << k;
        }
      }
    }
    return counts;
  }

  /** Words a mask of so many features takes. */
  public static int words(int features) {
    return (features + 63) >>> 6;
  }

  /** Number of masks. */
  public int count() {
    return count;
  }

  /** Number of features. */
  public int features() {
    return features;
  }

  /** Words a mask. */
  public int words() {
    return words(features);
  }

  /** The memory behind the masks. */
  public Buffer buffer() {
    return buffer;
  }

  /** The packed words on the host: no copy if they live there, otherwise one, made once. */
  public long[] hostWords() {
    if (host == null) {
      host = buffer.toHost();
    }
    return host.words();
  }

  /** Whether {@link #hostWords} copies nothing: the words are on the host, perhaps besides. */
  public boolean onHost() {
    return host != null || buffer instanceof HostBuffer;
  }

  /**
   * The same masks in the memory of a backend: these themselves if they live there. The copy knows
   * the words on the host too, if these do.
   */
  public Masks on(Backend backend) {
    Buffer there = backend.upload(buffer);
    if (there == buffer) {
      return this;
    }
    Masks masks = new Masks(there, count, features);
    masks.host = buffer instanceof HostBuffer words ? words : host;
    return masks;
  }

  /** Whether mask {@code row} keeps {@code feature}; for host masks. */
  public boolean kept(int row, int feature) {
    return (hostWords()[row * words() + (feature >>> 6)] >>> feature & 1) != 0;
  }

  /** One mask as booleans, true = kept. */
  public boolean[] row(int row) {
    boolean[] kept = new boolean[features];
    for (int i = 0; i < features; i++) {
      kept[i] = kept(row, i);
    }
    return kept;
  }

  /** All masks as booleans {@code (masks, features)}. */
  public boolean[][] toArray() {
    boolean[][] rows = new boolean[count][];
    for (int r = 0; r < count; r++) {
      rows[r] = row(r);
    }
    return rows;
  }

  /** A copy of the masks with the given positions, in that order. */
  public Masks select(int[] rows) {
    int words = words();
    long[] from = hostWords();
    long[] to = new long[Math.multiplyExact(rows.length, words)];
    for (int r = 0; r < rows.length; r++) {
      System.arraycopy(from, rows[r] * words, to, r * words, words);
    }
    return new Masks(HostBuffer.of(to), rows.length, features);
  }

  /** How many of these masks, repeats counted, are among others over the same features. */
  public int among(Masks others) {
    MaskTable table = new MaskTable(words());
    for (int r = 0; r < others.count; r++) {
      table.add(others.hostWords(), r * words());
    }
    int found = 0;
    for (int r = 0; r < count; r++) {
      found += table.find(hostWords(), r * words()) >= 0 ? 1 : 0;
    }
    return found;
  }

  /** The masks of several tables over the same features, one after another, in a copy. */
  public static Masks concat(Masks... parts) {
    int total = 0;
    for (Masks part : parts) {
      total = Math.addExact(total, part.count);
    }
    Masks all = none(total, parts[0].features);
    int at = 0;
    for (Masks part : parts) {
      if (part.features != all.features) {
        throw new IllegalArgumentException("masks of different numbers of features");
      }
      int length = part.count * part.words();
      System.arraycopy(part.hostWords(), 0, all.hostWords(), at, length);
      at += length;
    }
    return all;
  }

  /** A copy of the masks {@code from} to {@code to} (exclusive). */
  public Masks range(int from, int to) {
    return new Masks(
        HostBuffer.of(Arrays.copyOfRange(hostWords(), from * words(), to * words())),
        to - from,
        features);
  }

  @Override
  public void close() {
    buffer.close();
  }
}
