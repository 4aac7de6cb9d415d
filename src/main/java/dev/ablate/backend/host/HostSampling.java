package dev.ablate.backend.host;

import dev.ablate.backend.Buffer;
import dev.ablate.backend.HostBuffer;
import dev.ablate.backend.Sampling;
import dev.ablate.code.Philox;

/** Masks from seeds on the host's cores. */
final class HostSampling implements Sampling {
  private static final int BLOCK = 256;
  private final Workers workers;

  HostSampling(Workers workers) {
    this.workers = workers;
  }

  @Override
  public Buffer uniform(long seed, int stream, long first, int rows, int features) {
    int words = words(features);
    long tail = -1L >>> (64 * words - features);
    long[] masks = new long[Math.multiplyExact(rows, words)];
    workers.forBlocks(
        rows,
        BLOCK,
        (from, to) -> {
          int[] out = new int[4];
          for (int r = from; r < to; r++) {
            long row = first + r;
            int base = r * words;
            for (int w = 0; w < words; w += 2) {
              Philox.generate(seed, w / 2, (int) row, (int) (row >>> 32), stream, out);
              masks[base + w] = (out[0] & 0xFFFFFFFFL) | ((long) out[1] << 32);
              if (w + 1 < words) {
                masks[base + w + 1] = (out[2] & 0xFFFFFFFFL) | ((long) out[3] << 32);
              }
            }
            masks[base + words - 1] &= tail;
          }
        });
    return HostBuffer.of(masks);
  }

  @Override
  public Buffer subspaces(
      Buffer columns, int groups, int dimension, Buffer delays, int delayCount, int features) {
    int words = words(features);
    int points = 1 << dimension;
    long[] cols = columns.toHost().words();
    long[] shifts = delays.toHost().words();
    int rows = Math.multiplyExact(Math.multiplyExact(groups, delayCount), points);
    long[] masks = new long[Math.multiplyExact(rows, words)];
    workers.forEach(
        groups * delayCount,
        gp -> {
          int group = gp / delayCount;
          int base = gp * points * words;
          System.arraycopy(shifts, (gp % delayCount) * words, masks, base, words);
          for (int l = 1; l < points; l++) {
            // Dropping the lowest bit gives a row already made: one column is left to add.
            int from = base + (l & (l - 1)) * words;
            int column = (group * dimension + Integer.numberOfTrailingZeros(l)) * words;
            for (int w = 0; w < words; w++) {
              masks[base + l * words + w] = masks[from + w] ^ cols[column + w];
            }
          }
        });
    return HostBuffer.of(masks);
  }

  private static int words(int features) {
    return (features + 63) >>> 6;
  }
}
