package dev.ablate.backend;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.math.BigDecimal;
import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Selections and sums of rows against plain loops. */
class RowsContractTest {
  private static final int[] ROWS = {1, 63, 64, 65, 300, 4097};

  static Stream<Backend> backends() {
    return BackendsUnderTest.all();
  }

  private static double[] values(int count, long seed) {
    return new SplittableRandom(seed).doubles(count, -3, 5).toArray();
  }

  @ParameterizedTest
  @MethodSource("backends")
  void positionsAreTheRowsOfEachPartAscending(Backend backend) {
    for (int rows : ROWS) {
      SplittableRandom random = new SplittableRandom(rows);
      long[][] parts = new long[3][(rows + 63) / 64];
      int[] part = new int[rows];
      for (int r = 0; r < rows; r++) {
        // Of four, so that some rows are in no part; the second part stays empty.
        part[r] = new int[] {0, 2, 2, 3}[random.nextInt(4)];
        if (part[r] < 3) {
          parts[part[r]][r >>> 6] |= 1L << r;
        }
      }
      int[] expected =
          IntStream.range(0, 3)
              .flatMap(p -> IntStream.range(0, rows).filter(r -> part[r] == p))
              .toArray();
      try (Buffer found = backend.rows().positions(parts, rows)) {
        assertArrayEquals(expected, found.toHost().ints(), rows + " rows");
      }
    }
  }

  @ParameterizedTest
  @MethodSource("backends")
  void rangesHaveTheBitsOfTheirRowsAlone(Backend backend) {
    for (int rows : ROWS) {
      int[] starts = {0, rows / 3, rows / 3, rows - rows / 4};
      try (Buffer found = backend.rows().ranges(starts, rows);
          Buffer all = backend.rows().all(rows)) {
        int words = (rows + 63) / 64;
        long[] bits = found.toHost().words();
        assertEquals(3 * words, bits.length);
        for (int r = 0; r < 64 * words; r++) {
          for (int p = 0; p < 3; p++) {
            boolean inside = starts[p] <= r && r < starts[p + 1];
            assertEquals(inside, (bits[p * words + (r >>> 6)] >>> r & 1) != 0, "row " + r);
          }
          assertEquals(r < rows, (all.toHost().words()[r >>> 6] >>> r & 1) != 0);
        }
      }
    }
  }

  @ParameterizedTest
  @MethodSource("backends")
  void gatheredRowsAreWholeAndInOrder(Backend backend) {
    int rows = 200;
    int[] order = new SplittableRandom(4).ints(317, 0, rows).toArray();
    for (int width : new int[] {1, 2, 5}) {
      double[] table = values(rows * width, width);
      double[] expected =
          Arrays.stream(order)
              .boxed()
              .flatMapToDouble(r -> Arrays.stream(table, r * width, (r + 1) * width))
              .toArray();
      try (Buffer found = backend.rows().gather(HostBuffer.of(table), width, HostBuffer.of(order));
          Buffer none =
              backend.rows().gather(HostBuffer.of(table), width, HostBuffer.of(new int[0]))) {
        assertArrayEquals(expected, found.toHost().doubles());
        assertEquals(0, none.length());
      }
    }
  }

  @ParameterizedTest
  @MethodSource("backends")
  void columnsAreCopiesThatNumbersAreAddedTo(Backend backend) {
    int rows = 301;
    double[] values = values(3 * rows, 6);
    double[] others = values(rows, 7);
    try (Buffer there = backend.upload(HostBuffer.of(values.clone()));
        Buffer found = backend.rows().columns(there, rows, 3, new int[] {2, -1, 0, 2})) {
      backend.rows().shift(found, rows, 4, new double[] {0.1, -7, 0, 0});
      backend.rows().add(found, rows, 4, 3, -1, HostBuffer.of(others));
      backend.rows().add(found, rows, 4, 1, 1, HostBuffer.of(others));
      double[] expected = new double[4 * rows];
      for (int r = 0; r < rows; r++) {
        expected[4 * r] = values[3 * r + 2] + 0.1;
        expected[4 * r + 1] = -7 + others[r];
        expected[4 * r + 2] = values[3 * r];
        expected[4 * r + 3] = values[3 * r + 2] - others[r];
      }
      assertArrayEquals(expected, found.toHost().doubles());
      assertArrayEquals(values, there.toHost().doubles());
    }
  }

  /** The exact sum of numbers, rounded once. */
  private static double exact(DoubleStream numbers) {
    return numbers.mapToObj(BigDecimal::new).reduce(BigDecimal.ZERO, BigDecimal::add).doubleValue();
  }

  @ParameterizedTest
  @MethodSource("backends")
  void sumsAreRoundedOnce(Backend backend) {
    for (int rows : ROWS) {
      double[] values = values(2 * rows, rows);
      Rows.Summary[] found = backend.rows().summaries(HostBuffer.of(values), rows, 2);
      for (int o = 0; o < 2; o++) {
        int output = o;
        double[] column =
            IntStream.range(0, rows).mapToDouble(r -> values[2 * r + output]).toArray();
        double sum = exact(Arrays.stream(column));
        double squares = exact(Arrays.stream(column).map(v -> v * v));
        assertEquals(sum, found[o].sum(), Math.ulp(sum));
        assertEquals(squares, found[o].squares(), Math.ulp(squares));
        assertEquals(column[0], found[o].first());
        assertEquals(Arrays.stream(column).map(Math::abs).max().getAsDouble(), found[o].largest());
        assertEquals(
            Arrays.stream(column).map(v -> Math.abs(v - column[0])).max().getAsDouble(),
            found[o].spread());
        assertEquals(rows == 1, found[o].constant());
      }
    }
  }

  @ParameterizedTest
  @MethodSource("backends")
  void sumsOfTheFirstRowsLeaveOutTheRest(Backend backend) {
    double[] values = values(500, 3);
    Rows.Summary found = backend.rows().summaries(HostBuffer.of(values), 100, 1)[0];
    double sum = exact(Arrays.stream(values, 0, 100));
    assertEquals(sum, found.sum(), Math.ulp(sum));
  }

  @ParameterizedTest
  @MethodSource("backends")
  void errorsAreThoseOfThePlainLoop(Backend backend) {
    for (int rows : ROWS) {
      double[] values = values(rows, rows);
      double[] predictions = values(rows, rows + 1);
      Rows.Errors expected = Rows.Errors.of(values, predictions);
      Rows.Errors found = backend.rows().errors(HostBuffer.of(values), HostBuffer.of(predictions));
      // Sums of up to 4,097 squares of size up to 64, in another order.
      assertEquals(expected.mean(), found.mean(), 1e-13);
      assertEquals(expected.residual(), found.residual(), 1e-12 * expected.residual());
      assertEquals(expected.total(), found.total(), 1e-12 * (1 + expected.total()));
      assertEquals(rows == 1, found.constant());
      assertFalse(found.right());
      double[] near = Arrays.stream(values).map(v -> v * (1 + 1e-13)).toArray();
      assertTrue(backend.rows().errors(HostBuffer.of(values), HostBuffer.of(near)).right());
      double[] far = near.clone();
      far[rows - 1] *= 1 + 1e-11;
      assertFalse(backend.rows().errors(HostBuffer.of(values), HostBuffer.of(far)).right());
    }
  }

  @ParameterizedTest
  @MethodSource("backends")
  void squareDifferencesAreExactOperations(Backend backend) {
    double[] a = values(300, 1);
    double[] b = values(300, 2);
    try (Buffer found = backend.rows().squareDifferences(HostBuffer.of(a), HostBuffer.of(b))) {
      assertArrayEquals(
          IntStream.range(0, 300).mapToDouble(r -> a[r] * a[r] - b[r] * b[r]).toArray(),
          found.toHost().doubles());
    }
  }

  @ParameterizedTest
  @MethodSource("backends")
  void productsAreSummedByDistance(Backend backend) {
    for (int[] size : new int[][] {{1, 5}, {2, 64}, {130, 65}, {300, 20}, {60, 20_000}}) {
      int rows = size[0];
      int features = size[1];
      int words = (features + 63) / 64;
      double[] y = values(rows + 5, rows);
      try (Buffer masks = backend.sampling().uniform(5, 0, 0, rows + 5, features)) {
        long[] bits = masks.toHost().words();
        double[] expected = new double[features + 1];
        double magnitude = 0;
        for (int r = 0; r < rows; r++) {
          for (int q = 0; q < r; q++) {
            int distance = 0;
            for (int w = 0; w < words; w++) {
              distance += Long.bitCount(bits[r * words + w] ^ bits[q * words + w]);
            }
            expected[distance] += y[r] * y[q];
            magnitude += Math.abs(y[r] * y[q]);
          }
        }
        double[] found = backend.rows().byDistance(masks, HostBuffer.of(y), rows, features);
        // Each product is rounded to 25 (the largest square) by at most 2^-37.
        assertArrayEquals(expected, found, 1e-9 * (1 + magnitude));
      }
    }
  }

  @ParameterizedTest
  @MethodSource("backends")
  void zerosHaveNoProducts(Backend backend) {
    double[] found =
        backend
            .rows()
            .byDistance(HostBuffer.of(new long[40]), HostBuffer.of(new double[40]), 40, 9);
    assertArrayEquals(new double[10], found);
  }
}
