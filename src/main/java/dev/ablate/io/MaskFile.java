package dev.ablate.io;

import dev.ablate.code.InputException;
import dev.ablate.code.JavaMemory;
import dev.ablate.mask.Masks;
import dev.ablate.table.NpyHeader;
import dev.ablate.table.NpyInput;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.LongBuffer;
import java.nio.file.Path;

/**
 * Masks as NPY arrays in C order: {@code bool} or {@code uint8} {@code (masks, features)}, 1 =
 * kept; or packed, little-endian {@code uint64} {@code (masks, ceil(features/64))} with feature
 * {@code i} as bit {@code i mod 64} of word {@code i / 64}.
 */
public final class MaskFile {
  private static final int UNKNOWN = 0;

  private MaskFile() {}

  /**
   * Reads masks that are not packed.
   *
   * @param path a {@code .npy} file, or {@code archive.npz:member}
   * @throws InputException if the file does not hold masks, or packed ones
   */
  public static Masks read(Path path) {
    return readAny(path, UNKNOWN);
  }

  /**
   * Reads masks, packed or not.
   *
   * @param path a {@code .npy} file, or {@code archive.npz:member}
   * @param features number of features, at least 1
   * @throws InputException if the file does not hold masks of so many features
   */
  public static Masks read(Path path, int features) {
    if (features < 1) {
      throw new InputException(
          InputException.setting("features") + " " + features + ": masks need at least one");
    }
    return readAny(path, features);
  }

  private static Masks readAny(Path path, int features) {
    try (NpyInput in = NpyInput.open(path)) {
      long[] shape = in.header().shape();
      if (shape.length != 2 || shape[0] < 1 || shape[1] < 1) {
        throw new InputException(
            in.where()
                + " has shape "
                + in.header().shownShape()
                + ": masks need (masks, features), at least one of each");
      }
      return switch (in.header().type()) {
        case "|b1", "|u1" -> plain(in, features);
        case "<u8" -> packed(in, features);
        default ->
            throw new InputException(
                in.where()
                    + " has type "
                    + in.header().shownType()
                    + ": masks are bool or uint8, or packed little-endian uint64; "
                    + "save masks.astype('uint8')");
      };
    }
  }

  private static Masks plain(NpyInput in, int features) {
    long columns = in.header().shape()[1];
    if (features != UNKNOWN && columns != features) {
      throw new InputException(
          in.where() + " has " + columns + " columns for " + features + " features: use its masks");
    }
    Masks masks = empty(in, columns, columns);
    for (int r = 0; r < masks.count(); r++) {
      byte[] row = in.next((int) columns).array();
      pack(row, masks.hostWords(), r * masks.words());
      requireBits(row, in, r);
    }
    return masks;
  }

  private static void pack(byte[] row, long[] words, int base) {
    for (int start = 0; start < row.length; start += 64) {
      int end = Math.min(start + 64, row.length);
      long word = 0;
      for (int i = start; i < end; i++) {
        word |= (long) row[i] << i;
      }
      words[base + (start >>> 6)] = word;
    }
  }

  private static void requireBits(byte[] row, NpyInput in, int r) {
    int seen = 0;
    for (byte bit : row) {
      seen |= bit;
    }
    for (int i = 0; i < row.length && (seen & ~1) != 0; i++) {
      if ((row[i] & ~1) != 0) {
        throw new InputException(
            in.where()
                + " holds "
                + (row[i] & 0xFF)
                + " in row "
                + r
                + ", column "
                + i
                + ": masks are 0 (ablated) or 1 (kept)");
      }
    }
  }

  private static Masks packed(NpyInput in, int features) {
    if (features == UNKNOWN) {
      throw new InputException(
          in.where()
              + " holds packed masks: say how many features they have with "
              + InputException.setting("features"));
    }
    if (in.header().shape()[1] != Masks.words(features)) {
      throw new InputException(
          in.where()
              + " has "
              + in.header().shape()[1]
              + " words a mask and "
              + features
              + " features take "
              + Masks.words(features)
              + ": check "
              + InputException.setting("features"));
    }
    Masks masks = empty(in, features, 8L * Masks.words(features));
    long[] words = masks.hostWords();
    long beyond = ~(-1L >>> (64 * masks.words() - features));
    for (int r = 0; r < masks.count(); r++) {
      LongBuffer row = in.next(8 * masks.words()).asLongBuffer();
      row.get(words, r * masks.words(), masks.words());
      if ((words[(r + 1) * masks.words() - 1] & beyond) != 0) {
        throw new InputException(
            in.where()
                + " has bits beyond feature "
                + (features - 1)
                + " in row "
                + r
                + ": check "
                + InputException.setting("features")
                + ", or clear them");
      }
    }
    return masks;
  }

  private static Masks empty(NpyInput in, long features, long rowBytes) {
    long count = in.header().shape()[0];
    String what = in.where() + " has shape " + in.header().shownShape();
    if (features > Integer.MAX_VALUE - 64 || count > Integer.MAX_VALUE) {
      throw new InputException(what + ": too many for one table");
    }
    in.requireLength(count * rowBytes);
    JavaMemory.length(what, count * Masks.words((int) features), Long.BYTES);
    return Masks.none((int) count, (int) features);
  }

  /**
   * Writes masks as {@code uint8}.
   *
   * @throws InputException if the file cannot be written
   */
  public static void write(Path path, Masks masks) {
    AtomicFiles.write(path, plainWriter(masks));
  }

  static AtomicFiles.Writer plainWriter(Masks masks) {
    NpyHeader header = new NpyHeader("|u1", false, new long[] {masks.count(), masks.features()});
    long[] words = masks.hostWords();
    return out -> {
      out.write(header.bytes());
      byte[] row = new byte[masks.features()];
      for (int r = 0; r < masks.count(); r++) {
        int base = r * masks.words();
        for (int i = 0; i < row.length; i++) {
          row[i] = (byte) (words[base + (i >>> 6)] >>> i & 1);
        }
        out.write(row);
      }
    };
  }

  /**
   * Writes packed masks.
   *
   * @throws InputException if the file cannot be written
   */
  public static void writePacked(Path path, Masks masks) {
    AtomicFiles.write(path, packedWriter(masks));
  }

  static AtomicFiles.Writer packedWriter(Masks masks) {
    NpyHeader header = new NpyHeader("<u8", false, new long[] {masks.count(), masks.words()});
    long[] words = masks.hostWords();
    return out -> {
      out.write(header.bytes());
      ByteBuffer row = ByteBuffer.allocate(8 * masks.words()).order(ByteOrder.LITTLE_ENDIAN);
      for (int r = 0; r < masks.count(); r++) {
        row.asLongBuffer().put(words, r * masks.words(), masks.words());
        out.write(row.array());
      }
    };
  }
}
