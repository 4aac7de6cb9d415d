package dev.ablate.backend;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.ablate.backend.host.HostBackend;
import dev.ablate.code.Philox;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Parity columns, Gram matrices and products against sums over rows of plus and minus ones. */
class ParityContractTest {
  /** Shapes {@code (rows, features, sets)}: single ones, word borders and odd sizes. */
  private static final int[][] SHAPES = {
    {0, 5, 3},
    {1, 1, 1},
    {63, 5, 7},
    {64, 64, 64},
    {65, 65, 130},
    {200, 130, 33},
    {1000, 300, 70},
    {4001, 70, 67},
    {130, 40, 301},
    {66_000, 9, 5}
  };

  private static final int PARTS = 4;
  private static final int OUTPUTS = 2;

  static Stream<Arguments> shapes() {
    // A backend is closed after the test it was given to, so each gets its own.
    return Stream.of(SHAPES)
        .flatMap(s -> BackendsUnderTest.all().map(b -> Arguments.of(b, s[0], s[1], s[2])));
  }

  @ParameterizedTest
  @MethodSource("shapes")
  void columnsHoldTheParities(Backend backend, int rows, int features, int count) {
    Case c = new Case(backend, rows, features, count);
    long[] columns = c.columns.toHost().words();
    int words = (rows + 63) / 64;
    assertEquals(count * words, columns.length);
    for (int s = 0; s < count; s++) {
      for (int r = 0; r < 64 * words; r++) {
        boolean odd = (columns[s * words + r / 64] >>> r & 1) != 0;
        assertEquals(r < rows && c.chi[s][r] < 0, odd, "set " + s + " row " + r);
      }
    }
  }

  @ParameterizedTest
  @MethodSource("shapes")
  void gramCountsAgreements(Backend backend, int rows, int features, int count) {
    Case c = new Case(backend, rows, features, count);
    double[] expected = new double[PARTS * count * count];
    for (int p = 0; p < PARTS; p++) {
      for (int s = 0; s < count; s++) {
        for (int t = 0; t < count; t++) {
          for (int r = 0; r < rows; r++) {
            expected[(p * count + s) * count + t] += c.inPart[p][r] ? c.chi[s][r] * c.chi[t][r] : 0;
          }
        }
      }
    }
    Buffer gram = backend.parity().gram(c.columns, count, rows, HostBuffer.of(c.parts), PARTS);
    assertArrayEquals(expected, gram.toHost().doubles(), "exact integers");
  }

  @ParameterizedTest
  @MethodSource("shapes")
  void productsSumSignedValues(Backend backend, int rows, int features, int count) {
    Case c = new Case(backend, rows, features, count);
    double[] expected = new double[PARTS * OUTPUTS * count];
    for (int p = 0; p < PARTS; p++) {
      for (int o = 0; o < OUTPUTS; o++) {
        for (int s = 0; s < count; s++) {
          for (int r = 0; r < rows; r++) {
            double term = c.inPart[p][r] ? c.chi[s][r] * c.values[r * OUTPUTS + o] : 0;
            expected[(p * OUTPUTS + o) * count + s] += term;
          }
        }
      }
    }
    Buffer products =
        backend
            .parity()
            .products(
                c.columns,
                count,
                rows,
                HostBuffer.of(c.parts),
                PARTS,
                HostBuffer.of(c.values),
                OUTPUTS);
    // Sums of up to 4001 standard normal values in doubles: rounding stays far below 1e-10.
    assertArrayEquals(expected, products.toHost().doubles(), 1e-10);
  }

  @ParameterizedTest
  @MethodSource("shapes")
  void productsAreTheSameBitsOnEveryBackend(Backend backend, int rows, int features, int count) {
    Case c = new Case(backend, rows, features, count);
    Buffer parts = backend.upload(HostBuffer.of(c.parts));
    Buffer values = backend.upload(HostBuffer.of(c.values));
    Buffer products =
        backend.parity().products(c.columns, count, rows, parts, PARTS, values, OUTPUTS);
    try (Backend host = new HostBackend(1)) {
      Buffer expected =
          host.parity()
              .products(
                  c.columns.toHost(),
                  count,
                  rows,
                  HostBuffer.of(c.parts),
                  PARTS,
                  HostBuffer.of(c.values),
                  OUTPUTS);
      assertArrayEquals(expected.toHost().doubles(), products.toHost().doubles());
    }
  }

  @ParameterizedTest
  @MethodSource("backends")
  void nothingGivesNothing(Backend backend) {
    Buffer masks = backend.sampling().uniform(1, 0, 0, 70, 5);
    Buffer columns = backend.parity().columns(Sets.of(List.of()), masks, 70, 5);
    assertEquals(0, columns.length());
    Buffer parts = HostBuffer.of(new long[] {~0L, 63});
    assertEquals(0, backend.parity().gram(columns, 0, 70, parts, 1).length());
    Buffer values = HostBuffer.of(new double[70]);
    assertEquals(0, backend.parity().products(columns, 0, 70, parts, 1, values, 1).length());
  }

  static Stream<Backend> backends() {
    return BackendsUnderTest.all();
  }

  /**
   * Random masks, sets of orders 0 to 6 and 30 or 38, values, and parts: random rows, none, a
   * range, rows of the first and the last word alone.
   */
  private static final class Case {
    private final double[][] chi;
    private final boolean[][] inPart;
    private final long[] parts;
    private final double[] values;
    private final Buffer columns;

    Case(Backend backend, int rows, int features, int count) {
      Philox.Stream random = Philox.stream(rows, features);
      Buffer masks = backend.sampling().uniform(rows, 0, 0, rows, features);
      List<int[]> list = new ArrayList<>();
      for (int s = 0; s < count; s++) {
        int order = Math.min(features, s % 8 == 7 ? 23 + s % 16 : s % 8);
        int[] all = random.permutation(features);
        list.add(Arrays.copyOf(all, order));
      }
      Sets sets = Sets.of(list);
      columns = backend.parity().columns(sets, masks, rows, features);
      chi = chi(sets, masks.toHost().words(), rows, (features + 63) / 64);
      inPart = new boolean[PARTS][rows];
      int words = (rows + 63) / 64;
      parts = new long[PARTS * words];
      values = new double[rows * OUTPUTS];
      for (int r = 0; r < rows; r++) {
        inPart[0][r] = random.nextInt(3) == 0;
        inPart[2][r] = r >= rows / 3 && r <= rows / 2;
        inPart[3][r] = r < 2 || r / 64 == words - 1;
        for (int p = 0; p < PARTS; p++) {
          parts[p * words + r / 64] |= inPart[p][r] ? 1L << r : 0;
        }
        for (int o = 0; o < OUTPUTS; o++) {
          values[r * OUTPUTS + o] = random.nextGaussian();
        }
      }
    }

    private static double[][] chi(Sets sets, long[] masks, int rows, int words) {
      double[][] chi = new double[sets.size()][rows];
      for (int s = 0; s < sets.size(); s++) {
        for (int r = 0; r < rows; r++) {
          chi[s][r] = 1;
          for (int feature : sets.get(s)) {
            if ((masks[r * words + feature / 64] >>> feature & 1) != 0) {
              chi[s][r] = -chi[s][r];
            }
          }
        }
      }
      return chi;
    }
  }
}
