package dev.ablate.backend.host;

import dev.ablate.backend.Buffer;
import dev.ablate.backend.HostBuffer;
import dev.ablate.backend.Parity;
import dev.ablate.backend.Sets;
import java.util.Arrays;

/**
 * Parity columns and their products on the host's cores.
 *
 * <p>Columns are XORs of feature columns, 64 rows a step. Within a row subset only the words that
 * hold some of its rows are read, so subsets that are contiguous ranges cost no more together than
 * all rows at once.
 */
final class HostParity implements Parity {
  /** Columns a task: two blocks of 64 columns with a few thousand rows stay in the L1 cache. */
  private static final int BLOCK = 64;

  private static final int NIBBLE = 4;
  private static final int SUBSETS = 1 << NIBBLE;

  private final Workers workers;

  HostParity(Workers workers) {
    this.workers = workers;
  }

  @Override
  public Buffer columns(Sets sets, Buffer masks, int rows, int features) {
    int words = (rows + 63) >>> 6;
    long[] bits = featureColumns(masks.toHost().words(), rows, features);
    long[] columns = new long[Math.multiplyExact(sets.size(), words)];
    workers.forBlocks(
        sets.size(),
        BLOCK,
        (from, to) -> {
          for (int s = from; s < to; s++) {
            for (int k = 0; k < sets.order(s); k++) {
              xor(columns, s * words, bits, sets.feature(s, k) * words, words);
            }
          }
        });
    return HostBuffer.of(columns);
  }

  private static void xor(long[] to, int toBase, long[] from, int fromBase, int words) {
    for (int w = 0; w < words; w++) {
      to[toBase + w] ^= from[fromBase + w];
    }
  }

  /** The masks transposed: U64 {@code (features rounded up to 64, ceil(rows/64)) row-major}. */
  private long[] featureColumns(long[] mask, int rows, int features) {
    int words = (rows + 63) >>> 6;
    int maskWords = (features + 63) >>> 6;
    long[] columns = new long[Math.multiplyExact(64 * maskWords, words)];
    workers.forEach(
        words,
        w -> {
          long[] square = new long[64];
          for (int m = 0; m < maskWords; m++) {
            for (int r = 0; r < 64; r++) {
              int row = 64 * w + r;
              square[r] = row < rows ? mask[row * maskWords + m] : 0;
            }
            transpose(square);
            for (int f = 0; f < 64; f++) {
              columns[(64 * m + f) * words + w] = square[f];
            }
          }
        });
    return columns;
  }

  /** Transposes 64 x 64 bits by swapping ever smaller quarters. */
  private static void transpose(long[] square) {
    long low = 0x00000000FFFFFFFFL;
    for (int half = 32; half > 0; half >>>= 1) {
      for (int r = 0; r < 64; r = (r + half + 1) & ~half) {
        long swap = (square[r] >>> half ^ square[r + half]) & low;
        square[r] ^= swap << half;
        square[r + half] ^= swap;
      }
      low ^= low << (half >>> 1);
    }
  }

  @Override
  public Buffer gram(Buffer columns, int sets, int rows, Buffer parts, int partCount) {
    int size = Math.multiplyExact(sets, sets);
    double[] gram = new double[Math.multiplyExact(partCount, size)];
    for (int p = 0; p < partCount; p++) {
      Part part = new Part(parts.toHost().words(), p, rows);
      long[] packed = part.pack(columns.toHost().words(), sets);
      new HostParityGram(workers, packed, sets, part.words(), part.rows).write(gram, p * size);
    }
    return HostBuffer.of(gram);
  }

  @Override
  public Buffer products(
      Buffer columns, int sets, int rows, Buffer parts, int partCount, Buffer values, int outputs) {
    double[] y = values.toHost().doubles();
    double[] products =
        new double[Math.multiplyExact(Math.multiplyExact(partCount, outputs), sets)];
    for (int p = 0; p < partCount; p++) {
      Part part = new Part(parts.toHost().words(), p, rows);
      long[] packed = part.pack(columns.toHost().words(), sets);
      for (int o = 0; o < outputs; o++) {
        double[] sums = subsetSums(part, y, rows, outputs, o);
        double total = sumOver(part.bits, 0, part.words(), sums);
        int out = (p * outputs + o) * sets;
        workers.forBlocks(
            sets,
            BLOCK,
            (from, to) -> {
              for (int s = from; s < to; s++) {
                products[out + s] = total - 2 * sumOver(packed, s, part.words(), sums);
              }
            });
      }
    }
    return HostBuffer.of(products);
  }

  /** For every four rows of a part the sums of their values over all 16 subsets. */
  private static double[] subsetSums(Part part, double[] y, int rows, int outputs, int output) {
    int groups = part.words() * 64 / NIBBLE;
    double[] sums = new double[Math.multiplyExact(groups, SUBSETS)];
    for (int g = 0; g < groups; g++) {
      int row = 64 * part.at[g * NIBBLE / 64] + g * NIBBLE % 64;
      for (int subset = 1; subset < SUBSETS; subset++) {
        int r = row + Integer.numberOfTrailingZeros(subset);
        double value = r < rows ? y[r * outputs + output] : 0;
        sums[g * SUBSETS + subset] = sums[g * SUBSETS + (subset & (subset - 1))] + value;
      }
    }
    return sums;
  }

  /** The sum of the values of the rows whose bits are set in a packed column. */
  private static double sumOver(long[] packed, int column, int words, double[] sums) {
    double sum = 0;
    for (int w = 0; w < words; w++) {
      long bits = packed[column * words + w];
      int base = w * 64 / NIBBLE * SUBSETS;
      double even = 0;
      double odd = 0;
      for (int g = 0; g < 64 / NIBBLE; g += 2) {
        even += sums[base + g * SUBSETS + (int) (bits >>> g * NIBBLE & SUBSETS - 1)];
        odd += sums[base + (g + 1) * SUBSETS + (int) (bits >>> (g + 1) * NIBBLE & SUBSETS - 1)];
      }
      sum += even + odd;
    }
    return sum;
  }

  /** The words of a row subset that hold any of its rows. */
  private static final class Part {
    private final int stride;
    private final int[] at;
    private final long[] bits;
    private final int rows;
    private final boolean whole;

    Part(long[] parts, int part, int all) {
      this.stride = (all + 63) >>> 6;
      int base = part * stride;
      int[] positions = new int[stride];
      int count = 0;
      int size = 0;
      for (int w = 0; w < stride; w++) {
        if (parts[base + w] != 0) {
          positions[count++] = w;
          size += Long.bitCount(parts[base + w]);
        }
      }
      this.at = Arrays.copyOf(positions, count);
      this.bits = new long[count];
      for (int i = 0; i < count; i++) {
        bits[i] = parts[base + at[i]];
      }
      this.rows = size;
      this.whole = size == all;
    }

    int words() {
      return at.length;
    }

    /**
     * The columns on these rows alone: {@code (sets, words()) row-major}; not a copy where the part
     * has all rows, beyond which no column has bits.
     */
    long[] pack(long[] columns, int sets) {
      if (whole) {
        return columns;
      }
      long[] packed = new long[Math.multiplyExact(sets, at.length)];
      for (int s = 0; s < sets; s++) {
        for (int i = 0; i < at.length; i++) {
          packed[s * at.length + i] = columns[s * stride + at[i]] & bits[i];
        }
      }
      return packed;
    }
  }
}
