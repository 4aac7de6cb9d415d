package dev.ablate.io;

import dev.ablate.code.InputException;
import dev.ablate.code.JavaMemory;
import dev.ablate.mask.MaskRows;
import dev.ablate.mask.Masks;
import dev.ablate.table.NpyInput;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Arrays;

/** Masks in an NPY array, which is read again each time. */
final class NpyMasks implements MaskRows {
  private static final String PACKED = "<u8";

  /** Eight bytes of one each. */
  private static final long ONES = 0x0101010101010101L;

  /** Times eight bytes of 0 or 1, the first of them lowest: the highest byte has their bits. */
  private static final long GATHER = 0x0102040810204080L;

  private final Path path;
  private final int count;
  private final int features;
  private final boolean packed;

  private NpyMasks(Path path, int count, int features, boolean packed) {
    this.path = path;
    this.count = count;
    this.features = features;
    this.packed = packed;
  }

  /**
   * Looks at the header.
   *
   * @param known number of features, null if nobody said
   * @throws InputException if these are no masks, or those of another number of features
   */
  static NpyMasks open(Path path, Integer known) {
    try (NpyInput in = NpyInput.open(path)) {
      long[] shape = in.header().shape();
      if (shape.length != 2 || shape[0] < 1 || shape[1] < 1) {
        throw new InputException(
            in.where()
                + " has shape "
                + in.header().shownShape()
                + ": masks need (masks, features), at least one of each");
      }
      boolean packed = in.header().type().equals(PACKED);
      long features =
          switch (in.header().type()) {
            case "|b1", "|u1" -> columns(in, known);
            case PACKED -> packed(in, known);
            default ->
                throw new InputException(
                    in.where()
                        + " has type "
                        + in.header().shownType()
                        + ": masks are bool or uint8, or packed little-endian uint64; "
                        + "save masks.astype('uint8')");
          };
      if (features > Integer.MAX_VALUE - 64 || shape[0] > Integer.MAX_VALUE) {
        throw new InputException(what(in) + ": too many for one table");
      }
      in.requireLength(shape[0] * (packed ? 8L * Masks.words((int) features) : features));
      return new NpyMasks(path, (int) shape[0], (int) features, packed);
    }
  }

  private static String what(NpyInput in) {
    return in.where() + " has shape " + in.header().shownShape();
  }

  private static long columns(NpyInput in, Integer known) {
    long columns = in.header().shape()[1];
    if (known != null && columns != known) {
      throw new InputException(
          in.where() + " has " + columns + " columns for " + known + " features: use its masks");
    }
    return columns;
  }

  private static int packed(NpyInput in, Integer known) {
    if (known == null) {
      throw new InputException(
          in.where()
              + " holds packed masks: say how many features they have with "
              + InputException.setting("features"));
    }
    if (in.header().shape()[1] != Masks.words(known)) {
      throw new InputException(
          in.where()
              + " has "
              + in.header().shape()[1]
              + " words a mask and "
              + known
              + " features take "
              + Masks.words(known)
              + ": check "
              + InputException.setting("features"));
    }
    return known;
  }

  @Override
  public int count() {
    return count;
  }

  @Override
  public int features() {
    return features;
  }

  @Override
  public Masks all() {
    try (NpyInput in = NpyInput.open(path)) {
      JavaMemory.length(what(in), (long) count * Masks.words(features), Long.BYTES);
      Masks masks = Masks.none(count, features);
      fill(in, masks, 0);
      return masks;
    }
  }

  @Override
  public void blocks(int rows, Block sink) {
    Masks block = Masks.none(Math.min(rows, count), features);
    try (NpyInput in = NpyInput.open(path)) {
      for (int from = 0; from < count; from += rows) {
        if (count - from < block.count()) {
          block = Masks.none(count - from, features);
        }
        fill(in, block, from);
        sink.take(from, block);
      }
    }
  }

  /** Reads as many masks as there is room for; {@code from} is the number of the first one. */
  private void fill(NpyInput in, Masks masks, int from) {
    for (int r = 0; r < masks.count(); r++) {
      if (packed) {
        words(in, masks, r, from + r);
      } else {
        bytes(in, masks, r, from + r);
      }
    }
  }

  private void bytes(NpyInput in, Masks masks, int r, int number) {
    ByteBuffer row = in.next(features);
    long[] words = masks.hostWords();
    int base = r * masks.words();
    Arrays.fill(words, base, base + masks.words(), 0);
    long seen = 0;
    int at = 0;
    for (; at + Long.BYTES <= features; at += Long.BYTES) {
      long eight = row.getLong(at);
      seen |= eight;
      words[base + (at >>> 6)] |= (eight * GATHER >>> 56) << at;
    }
    for (; at < features; at++) {
      seen |= row.get(at);
      words[base + (at >>> 6)] |= (long) row.get(at) << at;
    }
    if ((seen & ~ONES) != 0) {
      throw notABit(row, in, number);
    }
  }

  private static InputException notABit(ByteBuffer row, NpyInput in, int number) {
    int i = 0;
    while ((row.get(i) & ~1) == 0) {
      i++;
    }
    return new InputException(
        in.where()
            + " holds "
            + (row.get(i) & 0xFF)
            + " in row "
            + number
            + ", column "
            + i
            + ": masks are 0 (ablated) or 1 (kept)");
  }

  private void words(NpyInput in, Masks masks, int r, int number) {
    long[] words = masks.hostWords();
    in.next(8 * masks.words()).asLongBuffer().get(words, r * masks.words(), masks.words());
    long beyond = ~(-1L >>> (64 * masks.words() - features));
    if ((words[(r + 1) * masks.words() - 1] & beyond) != 0) {
      throw new InputException(
          in.where()
              + " has bits beyond feature "
              + (features - 1)
              + " in row "
              + number
              + ": check "
              + InputException.setting("features")
              + ", or clear them");
    }
  }
}
