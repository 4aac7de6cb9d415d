package dev.ablate.backend;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class EvaluationContractTest {
  /** Rows, features, sets, largest order, outputs: around the sizes of words, tables and blocks. */
  private static final int[][] SIZES = {
    {1, 1, 1, 1, 1},
    {1, 1, 2, 1, 3},
    {3, 64, 7, 5, 1},
    {63, 65, 63, 3, 1},
    {64, 63, 64, 3, 2},
    {65, 128, 65, 2, 1},
    {127, 5, 32, 5, 1},
    {129, 200, 129, 100, 3},
    {2049, 70, 500, 4, 1},
    {4500, 20, 8, 3, 2},
    {70, 100_000, 300, 6, 1},
  };

  /** What the first backend of a device gave. */
  private static final Map<String, double[]> BY_DEVICE = new HashMap<>();

  static Stream<Backend> backends() {
    return BackendsUnderTest.all();
  }

  @ParameterizedTest
  @MethodSource("backends")
  void valuesAreSumsOfSignedCoefficients(Backend backend) {
    try (backend) {
      for (int[] size : SIZES) {
        Case random = new Case(size, 17);
        double[] actual = random.evaluate(backend);
        // Sums of up to 500 terms of size at most 1, in another order.
        assertArrayEquals(random.reference(), actual, 1e-12, "size " + List.of(size[0], size[1]));
      }
    }
  }

  @ParameterizedTest
  @MethodSource("backends")
  void noSetsGiveZeros(Backend backend) {
    try (backend) {
      double[] values = new Case(new int[] {100, 10, 0, 0, 2}, 1).evaluate(backend);
      assertArrayEquals(new double[200], values);
    }
  }

  @ParameterizedTest
  @MethodSource("backends")
  void noMasksGiveNothing(Backend backend) {
    try (backend) {
      assertEquals(0, new Case(new int[] {0, 10, 5, 2, 1}, 1).evaluate(backend).length);
    }
  }

  /** The empty set alone, three times, in two equal spectra: no mask is read. */
  @ParameterizedTest
  @MethodSource("backends")
  void constantsReadNoMask(Backend backend) {
    try (backend) {
      Case constant = new Case(new int[] {45, 130, 3, 0, 2}, 5);
      System.arraycopy(constant.coefficients, 0, constant.coefficients, 3, 3);
      double[] values = constant.evaluate(backend);
      // Three terms of size at most 1.
      assertArrayEquals(constant.reference(), values, 1e-15 * 3);
      for (int r = 0; r < 45; r++) {
        assertEquals(values[2 * r], values[2 * r + 1]);
      }
    }
  }

  /** Masks in batches, from the host and from the device, give what one batch gives. */
  @Test
  void batchesDoNotChangeABit() {
    Case wide = new Case(new int[] {5000, 70, 200, 4, 2}, 11);
    Map<String, double[]> once = new HashMap<>();
    KernelBackends.tuned().forEach(b -> once.put(b.device(), wide.evaluateInPlace(b)));
    // Sums of 200 terms of size at most 1, in another order.
    once.values().forEach(found -> assertArrayEquals(wide.reference(), found, 1e-12));
    long[] before = KernelBackends.allocated();
    // The values take 80,000 bytes; the partial sums of all masks more.
    Stream.concat(
            KernelBackends.with(Map.of("evaluation.column_kibibytes", 16, "group", 7)),
            KernelBackends.withLargestAllocation(80_000, Map.of("group", 64)))
        .forEach(
            backend -> {
              assertArrayEquals(once.get(backend.device()), wide.evaluate(backend));
              assertArrayEquals(once.get(backend.device()), wide.evaluateInPlace(backend));
            });
    assertArrayEquals(before, KernelBackends.allocated());
  }

  @ParameterizedTest
  @MethodSource("backends")
  void groupSizesDoNotChangeABit(Backend backend) {
    try (backend) {
      Case large = new Case(new int[] {999, 90, 300, 5, 2}, 3);
      double[] found = large.evaluateInPlace(backend);
      double[] expected = BY_DEVICE.computeIfAbsent(backend.device(), d -> found);
      assertArrayEquals(expected, found);
    }
  }

  @Test
  void threadsDoNotChangeABit() {
    List<double[]> results = new ArrayList<>();
    Case large = new Case(new int[] {5000, 90, 700, 5, 1}, 3);
    BackendsUnderTest.all()
        .filter(backend -> backend.name().equals("host"))
        .forEach(
            backend -> {
              results.add(large.evaluate(backend));
              backend.close();
            });
    for (double[] result : results) {
      assertArrayEquals(results.get(0), result);
    }
  }

  /** Random sets (the empty one and repeats too), coefficients and masks. */
  private static final class Case {
    private final int rows;
    private final int features;
    private final int outputs;
    private final List<int[]> sets = new ArrayList<>();
    private final double[] coefficients;
    private final boolean[][] masks;

    Case(int[] size, long seed) {
      SplittableRandom random = new SplittableRandom(seed);
      rows = size[0];
      features = size[1];
      outputs = size[4];
      for (int s = 0; s < size[2]; s++) {
        int order = random.nextInt(Math.min(size[3], features) + 1);
        sets.add(random.ints(0, features).distinct().limit(order).toArray());
      }
      coefficients = random.doubles((long) outputs * sets.size(), -1, 1).toArray();
      masks = new boolean[rows][features];
      for (boolean[] mask : masks) {
        for (int i = 0; i < features; i++) {
          mask[i] = random.nextBoolean();
        }
      }
    }

    double[] evaluate(Backend backend) {
      try (Buffer values =
          backend
              .evaluation()
              .evaluate(
                  Sets.of(sets),
                  HostBuffer.of(coefficients),
                  outputs,
                  HostBuffer.of(packed()),
                  rows,
                  features)) {
        return values.toHost().doubles();
      }
    }

    /** The same with masks and coefficients in the memory of the backend. */
    double[] evaluateInPlace(Backend backend) {
      try (Buffer masks = backend.upload(HostBuffer.of(packed()));
          Buffer own = backend.upload(HostBuffer.of(coefficients));
          Buffer values =
              backend.evaluation().evaluate(Sets.of(sets), own, outputs, masks, rows, features)) {
        return values.toHost().doubles();
      }
    }

    private long[] packed() {
      int words = (features + 63) / 64;
      long[] packed = new long[rows * words];
      for (int r = 0; r < rows; r++) {
        for (int i = 0; i < features; i++) {
          packed[r * words + i / 64] |= masks[r][i] ? 1L << i % 64 : 0;
        }
      }
      return packed;
    }

    double[] reference() {
      double[] values = new double[rows * outputs];
      for (int r = 0; r < rows; r++) {
        for (int s = 0; s < sets.size(); s++) {
          double sign = 1;
          for (int feature : sets.get(s)) {
            sign = masks[r][feature] ? -sign : sign;
          }
          for (int o = 0; o < outputs; o++) {
            values[r * outputs + o] += sign * coefficients[o * sets.size() + s];
          }
        }
      }
      return values;
    }
  }
}
