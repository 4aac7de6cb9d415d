package dev.ablate.backend.host;

import dev.ablate.backend.Buffer;
import dev.ablate.backend.HostBuffer;
import dev.ablate.backend.Walsh;

/**
 * The Walsh-Hadamard transform on the host's cores, two stages a pass over memory (radix 4). Rows
 * that fit the cache are tasks. Longer rows are taken apart: their high stages run on strips of
 * columns, their low stages on pieces, both of cache size and both as tasks.
 */
final class HostWalsh implements Walsh {
  /** Numbers a task keeps in the cache: 64 KiB. */
  private static final int PIECE = 1 << 13;

  /** Neighbouring columns of a strip: whole cache lines. */
  private static final int STRIP = 64;

  /** Short rows are grouped to tasks of about this many numbers. */
  private static final int TASK = 1 << 12;

  private final Workers workers;

  HostWalsh(Workers workers) {
    this.workers = workers;
  }

  @Override
  public Buffer byOutput(Buffer values, int rows, int outputs) {
    double[] all = values.toHost().doubles();
    double[] columns = new double[Math.multiplyExact(rows, outputs)];
    workers.forBlocks(
        rows,
        PIECE,
        (from, to) -> {
          for (int r = from; r < to; r++) {
            for (int o = 0; o < outputs; o++) {
              columns[o * rows + r] = all[r * outputs + o];
            }
          }
        });
    return HostBuffer.of(columns);
  }

  @Override
  public void transform(Buffer data, int rows, int length, double scale) {
    if (Integer.bitCount(length) != 1) {
      throw new IllegalArgumentException("length " + length + " is not a power of two");
    }
    double[] x = data.toHost().doubles();
    if (length <= PIECE) {
      workers.forBlocks(
          rows,
          Math.max(1, TASK / length),
          (from, to) -> {
            for (int r = from; r < to; r++) {
              piece(x, r * length, length, scale);
            }
          });
      return;
    }
    int pieces = length / PIECE;
    int strips = PIECE / STRIP;
    for (int r = 0; r < rows; r++) {
      int base = r * length;
      workers.forEach(strips, s -> strip(x, base + s * STRIP, pieces));
      workers.forEach(pieces, p -> piece(x, base + p * PIECE, PIECE, scale));
    }
  }

  /** All stages of a piece that fits the cache, then the scale. */
  private static void piece(double[] x, int base, int length, double scale) {
    int half = 1;
    if ((Integer.numberOfTrailingZeros(length) & 1) != 0) {
      for (int i = base; i < base + length; i += 2) {
        double a = x[i];
        double b = x[i + 1];
        x[i] = a + b;
        x[i + 1] = a - b;
      }
      half = 2;
    }
    for (; half < length; half *= 4) {
      for (int block = base; block < base + length; block += 4 * half) {
        radix4(x, block, half, half);
      }
    }
    if (scale != 1) {
      for (int i = base; i < base + length; i++) {
        x[i] *= scale;
      }
    }
  }

  /** The stages across the pieces of a long row, for {@value #STRIP} neighbouring columns. */
  private static void strip(double[] x, int base, int pieces) {
    int half = 1;
    if ((Integer.numberOfTrailingZeros(pieces) & 1) != 0) {
      for (int p = 0; p < pieces; p += 2) {
        int from = base + p * PIECE;
        for (int i = from; i < from + STRIP; i++) {
          double a = x[i];
          double b = x[i + PIECE];
          x[i] = a + b;
          x[i + PIECE] = a - b;
        }
      }
      half = 2;
    }
    for (; half < pieces; half *= 4) {
      for (int block = 0; block < pieces; block += 4 * half) {
        for (int p = block; p < block + half; p++) {
          radix4(x, base + p * PIECE, half * PIECE, STRIP);
        }
      }
    }
  }

  /** Two stages on {@code count} neighbours: numbers {@code half} apart, then {@code 2 half}. */
  private static void radix4(double[] x, int from, int half, int count) {
    for (int i = from; i < from + count; i++) {
      double a = x[i];
      double b = x[i + half];
      double c = x[i + 2 * half];
      double d = x[i + 3 * half];
      double ab = a + b;
      double cd = c + d;
      double aMinus = a - b;
      double cMinus = c - d;
      x[i] = ab + cd;
      x[i + half] = aMinus + cMinus;
      x[i + 2 * half] = ab - cd;
      x[i + 3 * half] = aMinus - cMinus;
    }
  }
}
