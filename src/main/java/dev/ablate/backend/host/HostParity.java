package dev.ablate.backend.host;

import dev.ablate.backend.Buffer;
import dev.ablate.backend.HostBuffer;
import dev.ablate.backend.Parity;
import dev.ablate.backend.Sets;

/** Parity columns and their products on the host's cores. */
final class HostParity implements Parity {
  private final Workers workers;

  HostParity(Workers workers) {
    this.workers = workers;
  }

  @Override
  public Buffer columns(Sets sets, Buffer masks, int rows, int features) {
    int words = (rows + 63) >>> 6;
    int maskWords = (features + 63) >>> 6;
    long[] mask = masks.toHost().words();
    long[] columns = new long[Math.multiplyExact(sets.size(), words)];
    workers.forEach(
        sets.size(),
        s -> {
          for (int r = 0; r < rows; r++) {
            long parity = 0;
            for (int k = 0; k < sets.order(s); k++) {
              int f = sets.feature(s, k);
              parity ^= mask[r * maskWords + (f >>> 6)] >>> f;
            }
            columns[s * words + (r >>> 6)] |= (parity & 1) << r;
          }
        });
    return HostBuffer.of(columns);
  }

  @Override
  public Buffer gram(Buffer columns, int sets, int rows, Buffer parts, int partCount) {
    int words = (rows + 63) >>> 6;
    long[] column = columns.toHost().words();
    long[] part = parts.toHost().words();
    double[] gram = new double[Math.multiplyExact(partCount, Math.multiplyExact(sets, sets))];
    for (int p = 0; p < partCount; p++) {
      int base = p * words;
      int size = 0;
      for (int w = 0; w < words; w++) {
        size += Long.bitCount(part[base + w]);
      }
      int total = size;
      int out = p * sets * sets;
      workers.forEach(
          sets,
          s -> {
            for (int t = 0; t <= s; t++) {
              int odd = 0;
              for (int w = 0; w < words; w++) {
                odd +=
                    Long.bitCount((column[s * words + w] ^ column[t * words + w]) & part[base + w]);
              }
              gram[out + s * sets + t] = total - 2.0 * odd;
              gram[out + t * sets + s] = total - 2.0 * odd;
            }
          });
    }
    return HostBuffer.of(gram);
  }

  @Override
  public Buffer products(
      Buffer columns, int sets, int rows, Buffer parts, int partCount, Buffer values, int outputs) {
    int words = (rows + 63) >>> 6;
    long[] column = columns.toHost().words();
    long[] part = parts.toHost().words();
    double[] y = values.toHost().doubles();
    double[] products = new double[partCount * outputs * sets];
    workers.forEach(
        partCount * outputs,
        po -> {
          int p = po / outputs;
          int o = po % outputs;
          for (int s = 0; s < sets; s++) {
            double sum = 0;
            for (int r = 0; r < rows; r++) {
              if ((part[p * words + (r >>> 6)] >>> r & 1) != 0) {
                double v = y[r * outputs + o];
                sum += (column[s * words + (r >>> 6)] >>> r & 1) == 0 ? v : -v;
              }
            }
            products[po * sets + s] = sum;
          }
        });
    return HostBuffer.of(products);
  }
}
