package dev.ablate.backend;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

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
    {1, 1, 1}, {63, 5, 7}, {64, 64, 64}, {65, 65, 130}, {200, 130, 33}, {1000, 300, 70}
  };

  private static final int PARTS = 3;
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
    // Sums of up to 1000 standard normal values in doubles: rounding stays far below 1e-10.
    assertArrayEquals(expected, products.toHost().doubles(), 1e-10);
  }

  /** Random masks, sets of orders 0 to 6, values, and parts: random rows, none, a range. */
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
        int order = Math.min(features, s % 7);
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
