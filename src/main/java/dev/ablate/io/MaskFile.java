package dev.ablate.io;

import dev.ablate.code.InputException;
import dev.ablate.mask.Masks;
import dev.ablate.table.CsvInput;
import dev.ablate.table.NpyHeader;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.List;

/**
 * Masks as NPY arrays in C order: {@code bool} or {@code uint8} {@code (masks, features)}, 1 =
 * kept; or packed, little-endian {@code uint64} {@code (masks, ceil(features/64))} with feature
 * {@code i} as bit {@code i mod 64} of word {@code i / 64}.
 */
public final class MaskFile {
  private MaskFile() {}

  /**
   * Reads masks that are not packed.
   *
   * @param path a {@code .npy} or {@code .csv} file, or {@code archive.npz:member}
   * @throws InputException if the file does not hold masks, or packed ones
   */
  public static Masks read(Path path) {
    return open(path, null).rows().all();
  }

  /**
   * Reads masks, packed or not.
   *
   * @param path a {@code .npy} file, or {@code archive.npz:member}
   * @param features number of features, at least 1
   * @throws InputException if the file does not hold masks of so many features
   */
  public static Masks read(Path path, int features) {
    return open(path, features).rows().all();
  }

  /**
   * Opens masks, which stay in their file where it is NPY; those of CSV are read.
   *
   * @param path {@code .csv} or {@code .tsv}, else as of {@link #read(Path)}
   * @param features number of features of packed masks; null if nobody said
   * @throws InputException if the file does not hold masks, or those of another number of features
   */
  public static NamedMasks open(Path path, Integer features) {
    if (features != null && features < 1) {
      throw new InputException(
          InputException.setting("features") + " " + features + ": masks need at least one");
    }
    return CsvInput.isCsv(path)
        ? CsvMasks.read(path, features)
        : new NamedMasks(NpyMasks.open(path, features), List.of());
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
