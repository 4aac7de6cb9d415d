package dev.ablate.backend;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;

import dev.ablate.code.Philox;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** {@link Sampling#subspaces} against its definition. */
class SubspacesContractTest {
  static Stream<Arguments> shapes() {
    int[][] shapes = {
      {1, 0, 1, 1}, {1, 1, 1, 1}, {3, 3, 4, 5}, {2, 5, 3, 64}, {3, 4, 7, 65}, {1, 6, 2, 200}
    };
    // A backend is closed after the test it was given to, so each gets its own.
    return Stream.of(shapes)
        .flatMap(s -> BackendsUnderTest.all().map(b -> Arguments.of(b, s[0], s[1], s[2], s[3])));
  }

  @ParameterizedTest
  @MethodSource("shapes")
  void equalsTheDefinition(Backend backend, int groups, int dimension, int delays, int features) {
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
