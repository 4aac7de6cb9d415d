package dev.ablate.backend.check;

import dev.ablate.backend.Backend;
import dev.ablate.backend.Buffer;
import dev.ablate.backend.HostBuffer;
import dev.ablate.backend.Sets;
import java.util.List;

/** Parity columns, their Gram matrix and their products, row by row. */
final class ParityChecks {
  private static final int FEATURES = 70;
  private static final int ROWS = 1001;
  private static final int PARTS = 3;
  private static final int OUTPUTS = 2;
  private static final int WORDS = (ROWS + 63) / 64;

  private ParityChecks() {}

  static List<Check> all() {
    return List.of(
        new Check("parity.columns", "definition", 0, ParityChecks::columns),
        new Check("parity.gram", "definition", 0, ParityChecks::gram),
        // Sums of some 500 normal numbers in doubles, in any order.
        new Check("parity.products", "definition", 1e-10, ParityChecks::products));
  }

  private static Sets sets() {
    return Inputs.sets(37, FEATURES, 4, 6);
  }

  /** {@code (sets, ceil(rows/64))} by the definition. */
  private static long[] expectedColumns() {
    Sets sets = sets();
    long[] masks = Inputs.masks(ROWS, FEATURES, 8);
    long[] columns = new long[sets.size() * WORDS];
    for (int s = 0; s < sets.size(); s++) {
      for (int r = 0; r < ROWS; r++) {
        boolean odd = Inputs.sign(sets, s, masks, 2, r) < 0;
        columns[s * WORDS + (r >>> 6)] |= odd ? 1L << r : 0;
      }
    }
    return columns;
  }

  /** All rows, and two halves by chance. */
  private static long[] parts() {
    long[] parts = Inputs.masks(PARTS, ROWS, 9);
    for (int w = 0; w < WORDS; w++) {
      parts[w] |= ~parts[w];
      parts[2 * WORDS + w] = ~parts[WORDS + w];
    }
    long tail = -1L >>> (64 * WORDS - ROWS);
    for (int k = 0; k < PARTS; k++) {
      parts[k * WORDS + WORDS - 1] &= tail;
    }
    return parts;
  }

  private static boolean bit(long[] words, int list, int row) {
    return (words[list * WORDS + (row >>> 6)] >>> row & 1) != 0;
  }

  private static double columns(Backend backend) {
    Buffer columns =
        backend
            .parity()
            .columns(sets(), HostBuffer.of(Inputs.masks(ROWS, FEATURES, 8)), ROWS, FEATURES);
    return Inputs.differences(expectedColumns(), Inputs.words(columns));
  }

  private static double gram(Backend backend) {
    long[] columns = expectedColumns();
    long[] parts = parts();
    int size = columns.length / WORDS;
    double[] expected = new double[PARTS * size * size];
    for (int r = 0; r < ROWS; r++) {
      for (int k = 0; k < PARTS; k++) {
        for (int s = 0; s < size && bit(parts, k, r); s++) {
          for (int t = 0; t < size; t++) {
            expected[(k * size + s) * size + t] +=
                bit(columns, s, r) == bit(columns, t, r) ? 1 : -1;
          }
        }
      }
    }
    Buffer gram =
        backend.parity().gram(HostBuffer.of(columns), size, ROWS, HostBuffer.of(parts), PARTS);
    return Inputs.distance(expected, Inputs.doubles(gram));
  }

  private static double products(Backend backend) {
    long[] columns = expectedColumns();
    long[] parts = parts();
    double[] values = Inputs.normal(ROWS * OUTPUTS, 10);
    int size = columns.length / WORDS;
    double[] expected = new double[PARTS * OUTPUTS * size];
    for (int r = 0; r < ROWS; r++) {
      for (int k = 0; k < PARTS; k++) {
        for (int s = 0; s < size && bit(parts, k, r); s++) {
          for (int o = 0; o < OUTPUTS; o++) {
            double value = values[r * OUTPUTS + o];
            expected[(k * OUTPUTS + o) * size + s] += bit(columns, s, r) ? -value : value;
          }
        }
      }
    }
    Buffer products =
        backend
            .parity()
            .products(
                HostBuffer.of(columns),
                size,
                ROWS,
                HostBuffer.of(parts),
                PARTS,
                HostBuffer.of(values),
                OUTPUTS);
    return Inputs.distance(expected, Inputs.doubles(products));
  }
}
