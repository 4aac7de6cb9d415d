package dev.ablate.backend.host;

import dev.ablate.backend.Buffer;
import dev.ablate.backend.Evaluation;
import dev.ablate.backend.HostBuffer;
import dev.ablate.backend.Sets;
import java.util.Arrays;

/**
 * Spectra on masks, on the host's cores. The parities of 64 sets over 64 masks are made as columns,
 * by XOR, and transposed: then a mask's eight bytes of parities each name the sum of eight signed
 * terms in a table (the method of four Russians). The order of the sums depends on the sets alone.
 */
final class HostEvaluation implements Evaluation {
  /** Masks a block, in words: enough to make the tables' cost small. */
  private static final int MOST_BLOCK_WORDS = 32;

  /** Words of bit columns a block, so that they stay in the cache. */
  private static final int MOST_COLUMN_WORDS = 1 << 16;

  private static final int TABLE = 256;
  private static final int TABLES = 8;
  private final Workers workers;

  HostEvaluation(Workers workers) {
    this.workers = workers;
  }

  @Override
  public Buffer evaluate(
      Sets sets, Buffer coefficients, int outputs, Buffer masks, int rows, int features) {
    double[] values = new double[Math.multiplyExact(rows, outputs)];
    HostBitColumns columns = new HostBitColumns(sets, features);
    double[] coefficient = coefficients.toHost().doubles();
    long[] mask = masks.toHost().words();
    workers.forBlocks(
        rows,
        64 * blockWords(rows, columns.count()),
        (from, to) -> {
          long[] bits = columns.of(mask, from, to);
          double[] tables = new double[outputs * TABLES * TABLE];
          for (int first = 0; first < sets.size(); first += 64) {
            int count = Math.min(64, sets.size() - first);
            for (int o = 0; o < outputs; o++) {
              fillTables(coefficient, o * sets.size() + first, count, tables, o);
            }
            addTerms(columns, bits, first, count, tables, values, from, to);
          }
        });
    return HostBuffer.of(values);
  }

  private int blockWords(int rows, int columns) {
    int share = rows / (64 * 4 * workers.threads());
    int fitting = MOST_COLUMN_WORDS / Math.max(1, columns);
    return Math.max(1, Math.min(MOST_BLOCK_WORDS, Math.min(share, fitting)));
  }

  /** The signed sums of up to 64 terms, eight a table; bit k of the place = term k is negative. */
  private static void fillTables(
      double[] coefficient, int first, int count, double[] tables, int output) {
    for (int t = 0; t < TABLES; t++) {
      int base = (output * TABLES + t) * TABLE;
      tables[base] = 0;
      for (int k = 0; k < 8; k++) {
        double term = 8 * t + k < count ? coefficient[first + 8 * t + k] : 0;
        for (int place = 0; place < 1 << k; place++) {
          double sum = tables[base + place];
          tables[base + place] = sum + term;
          tables[base + place + (1 << k)] = sum - term;
        }
      }
    }
  }

  /** Adds up to 64 terms to the values of the masks {@code from} to {@code to}. */
  private static void addTerms(
      HostBitColumns columns,
      long[] bits,
      int first,
      int count,
      double[] tables,
      double[] values,
      int from,
      int to) {
    int outputs = tables.length / (TABLES * TABLE);
    long[] square = new long[64];
    for (int row = from; row < to; row += 64) {
      Arrays.fill(square, count, 64, 0);
      for (int s = 0; s < count; s++) {
        square[s] = columns.parity(first + s, bits, (row - from) >>> 6);
      }
      HostBitSquare.transpose(square);
      for (int r = row; r < Math.min(row + 64, to); r++) {
        for (int o = 0; o < outputs; o++) {
          values[r * outputs + o] += lookUp(tables, o * TABLES * TABLE, square[r - row]);
        }
      }
    }
  }

  private static double lookUp(double[] tables, int base, long parities) {
    double sum = 0;
    for (int t = 0; t < TABLES; t++) {
      sum += tables[base + t * TABLE + (int) (parities >>> 8 * t & 0xFF)];
    }
    return sum;
  }
}
