package dev.ablate.backend;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;

import dev.ablate.code.Philox;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Masks against their definitions, bit for bit. */
class SamplingContractTest {
  static Stream<Arguments> shapes() {
    int[][] shapes = {
      {1, 0, 1, 1}, {1, 1, 1, 1}, {3, 3, 4, 5}, {2, 5, 3, 64}, {3, 4, 7, 65}, {1, 6, 2, 200}
    };
    // A backend is closed after the test it was given to, so each gets its own.
    return Stream.of(shapes)
        .flatMap(s -> BackendsUnderTest.all().map(b -> Arguments.of(b, s[0], s[1], s[2], s[3])));
  }

  static Stream<Arguments> uniform() {
    long far = (1L << 32) - 2;
    long[][] shapes = {
      {0, 0, 5}, {0, 1, 1}, {7, 3, 64}, {far, 5, 65}, {0, 17, 128}, {1, 9, 129}, {far, 300, 1000}
    };
    return Stream.of(shapes)
        .flatMap(
            s -> BackendsUnderTest.all().map(b -> Arguments.of(b, s[0], (int) s[1], (int) s[2])));
  }

  @ParameterizedTest
  @MethodSource("uniform")
  void uniformMasksArePhilox(Backend backend, long first, int rows, int features) {
    long seed = 0x0123456789abcdefL;
    int words = (features + 63) / 64;
    long tail = -1L >>> (64 * words - features);
    long[] expected = new long[rows * words];
    int[] output = new int[4];
    for (int r = 0; r < rows; r++) {
      for (int w = 0; w < words; w++) {
        Philox.generate(seed, w / 2, (int) (first + r), (int) ((first + r) >>> 32), 6, output);
        long word = (long) output[w % 2 * 2 + 1] << 32 | output[w % 2 * 2] & 0xffffffffL;
        expected[r * words + w] = w == words - 1 ? word & tail : word;
      }
    }
    try (Buffer masks = backend.sampling().uniform(seed, 6, first, rows, features)) {
      assertArrayEquals(expected, masks.toHost().words());
    }
  }

  @ParameterizedTest
  @MethodSource("shapes")
  void subspacesEqualTheDefinition(
      Backend backend, int groups, int dimension, int delays, int features) {
    int words = (features + 63) / 64;
    long tail = -1L >>> (64 * words - features);
    long[] columns = random(groups * dimension, words, tail, 1);
    long[] shifts = random(delays, words, tail, 2);
    int points = 1 << dimension;
    long[] expected = new long[groups * delays * points * words];
    for (int r = 0; r < groups * delays * points; r++) {
      int l = r % points;
      int delay = r / points % delays;
      int group = r / points / delays;
      for (int w = 0; w < words; w++) {
        long word = shifts[delay * words + w];
        for (int k = 0; k < dimension; k++) {
          word ^= (l >> k & 1) == 0 ? 0 : columns[(group * dimension + k) * words + w];
        }
        expected[r * words + w] = word;
      }
    }
    Buffer masks =
        backend
            .sampling()
            .subspaces(
                HostBuffer.of(columns), groups, dimension, HostBuffer.of(shifts), delays, features);
    assertArrayEquals(expected, masks.toHost().words());
  }

  private static long[] random(int rows, int words, long tail, int stream) {
    Philox.Stream random = Philox.stream(rows, stream);
    long[] all = new long[rows * words];
    for (int i = 0; i < all.length; i++) {
      all[i] = i % words == words - 1 ? random.nextLong() & tail : random.nextLong();
    }
    return all;
  }
}
