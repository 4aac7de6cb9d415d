package dev.ablate.backend.check;

import dev.ablate.backend.Backend;
import dev.ablate.backend.Buffer;
import dev.ablate.backend.HostBuffer;
import dev.ablate.code.Philox;
import java.util.List;

/** Masks are bits: no word may differ. */
final class SamplingChecks {
  private SamplingChecks() {}

  static List<Check> all() {
    return List.of(
        new Check("sampling.uniform", "published vector", 0, SamplingChecks::published),
        new Check("sampling.uniform", "definition", 0, SamplingChecks::uniform),
        new Check("sampling.subspaces", "definition", 0, SamplingChecks::subspaces));
  }

  /** Random123's known answer of Philox 4x32-10 for counter 0 and key 0. */
  private static double published(Backend backend) {
    long[] words = Inputs.words(backend.sampling().uniform(0, 0, 0, 1, 128));
    return Inputs.differences(new long[] {0xe169c58d_6627e8d5L, 0x9b00dbd8_bc57ac4cL}, words);
  }

  /** Rows on both sides of 2^32, and a last word that is not full. */
  private static double uniform(Backend backend) {
    long seed = 0x0123456789abcdefL;
    long first = (1L << 32) - 500;
    int rows = 1001;
    int features = 130;
    long[] expected = new long[rows * 3];
    int[] output = new int[4];
    for (int r = 0; r < rows; r++) {
      long row = first + r;
      for (int w = 0; w < 3; w++) {
        Philox.generate(seed, w / 2, (int) row, (int) (row >>> 32), 7, output);
        int at = w % 2 * 2;
        long word = (long) output[at + 1] << 32 | output[at] & 0xffffffffL;
        expected[r * 3 + w] = w == 2 ? word & 3 : word;
      }
    }
    return Inputs.differences(
        expected, Inputs.words(backend.sampling().uniform(seed, 7, first, rows, features)));
  }

  private static double subspaces(Backend backend) {
    int groups = 3;
    int dimension = 5;
    int delays = 7;
    int features = 100;
    int words = 2;
    long[] columns = Inputs.masks(groups * dimension, features, 1);
    long[] shifts = Inputs.masks(delays, features, 2);
    long[] expected = new long[groups * delays * words << dimension];
    for (int i = 0; i < expected.length; i++) {
      int row = i / words;
      int block = row >> dimension;
      long word = shifts[block % delays * words + i % words];
      for (int k = 0; k < dimension; k++) {
        int column = block / delays * dimension + k;
        word ^= (row >> k & 1) == 0 ? 0 : columns[column * words + i % words];
      }
      expected[i] = word;
    }
    Buffer masks =
        backend
            .sampling()
            .subspaces(
                HostBuffer.of(columns), groups, dimension, HostBuffer.of(shifts), delays, features);
    return Inputs.differences(expected, Inputs.words(masks));
  }
}
