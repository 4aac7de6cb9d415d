package dev.ablate.backend;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.ablate.code.Philox;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class WalshContractTest {
  static Stream<Arguments> shapes() {
    int[][] shapes = {
      {0, 4}, {1, 1}, {3, 1}, {2, 2}, {5, 4}, {7, 8}, {1, 16}, {9, 32}, {3, 64}, {2, 128}, {5, 256},
      {1, 512}, {3, 2048}, {1, 4096}, {2, 8192}
    };
    // A backend is closed after the test it was given to, so each gets its own.
    return Stream.of(shapes)
        .flatMap(s -> BackendsUnderTest.all().map(b -> Arguments.of(b, s[0], s[1])));
  }

  @ParameterizedTest
  @MethodSource("shapes")
  void equalsTheDefinition(Backend backend, int rows, int length) {
    Philox.Stream random = Philox.stream(rows, length);
    double[] x = new double[rows * length];
    for (int i = 0; i < x.length; i++) {
      x[i] = random.nextGaussian();
    }
    double[] expected = new double[x.length];
    for (int r = 0; r < rows; r++) {
      for (int j = 0; j < length; j++) {
        double sum = 0;
        for (int l = 0; l < length; l++) {
          sum += (Integer.bitCount(l & j) & 1) == 0 ? x[r * length + l] : -x[r * length + l];
        }
        expected[r * length + j] = sum / length;
      }
    }
    HostBuffer data = HostBuffer.of(x);
    backend.walsh().transform(data, rows, length, 1.0 / length);
    // The definition sums up to 8192 normal numbers one by one: some 1e-13 of their size.
    assertArrayEquals(expected, data.doubles(), 1e-12);
  }

  /** A long row is split over threads; it must come back bit for bit the same, and undo itself. */
  @ParameterizedTest
  @MethodSource("backends")
  void undoesItselfOnALongRow(Backend backend) {
    int length = 1 << 18;
    double[] x = new double[length];
    for (int i = 0; i < length; i++) {
      x[i] = (i * 2654435761L >>> 7) % 1000 - 500;
    }
    HostBuffer data = HostBuffer.of(x.clone());
    backend.walsh().transform(data, 1, length, 1);
    double[] once = data.doubles().clone();
    // Integers: sums are exact, so any order of butterflies gives the same.
    double sum = 0;
    double alternating = 0;
    for (int i = 0; i < length; i++) {
      sum += x[i];
      alternating += (Integer.bitCount(i & 0x2A5A5) & 1) == 0 ? x[i] : -x[i];
    }
    assertArrayEquals(new double[] {sum, alternating}, new double[] {once[0], once[0x2A5A5]}, 0);
    backend.walsh().transform(data, 1, length, 1.0 / length);
    assertArrayEquals(x, data.doubles(), 0);
  }

  static Stream<Backend> backends() {
    return BackendsUnderTest.all();
  }

  @ParameterizedTest
  @MethodSource("backends")
  void refusesOtherLengths(Backend backend) {
    HostBuffer data = HostBuffer.of(new double[6]);
    assertThrows(IllegalArgumentException.class, () -> backend.walsh().transform(data, 1, 6, 1));
  }
}
