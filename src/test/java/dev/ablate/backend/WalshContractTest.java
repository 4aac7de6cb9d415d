package dev.ablate.backend;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.ablate.code.Philox;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
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
    // The definition sums up to 8192 normal numbers one by one: some 1e-13 of their size.
    assertArrayEquals(expected, transformed(backend, x, rows, length, 1.0 / length), 1e-12);
    if (rows > 0) {
      // In single precision each of the log2(length) stages rounds once, and an error of 2^-24 of
      // the row's norm in a stage is as large at the end: the rest of the transform is sqrt(length)
      // times a rotation. The input and the scale round once too.
      double norm = Math.sqrt(Arrays.stream(x).map(v -> v * v).sum());
      double stages = 2 + Integer.numberOfTrailingZeros(length);
      double tolerance = stages * 0x1p-24 * norm / Math.sqrt(length);
      assertArrayEquals(expected, single(backend, x, rows, length, 1.0 / length), tolerance);
    }
    backend.close();
  }

  /** The transform of doubles in the memory of the backend. */
  private static double[] transformed(
      Backend backend, double[] x, int rows, int length, double scale) {
    try (Buffer data = backend.upload(HostBuffer.of(x.clone()))) {
      backend.walsh().transform(data, rows, length, scale);
      return data.toHost().doubles();
    }
  }

  /** The transform in the precision of the backend, of values that come with outputs last. */
  private static double[] single(Backend backend, double[] x, int rows, int length, double scale) {
    double[] outputsLast = new double[x.length];
    for (int r = 0; r < rows; r++) {
      for (int l = 0; l < length; l++) {
        outputsLast[l * rows + r] = x[r * length + l];
      }
    }
    try (Buffer data = backend.walsh().byOutput(HostBuffer.of(outputsLast), length, rows)) {
      assertEquals(x.length, data.length());
      backend.walsh().transform(data, rows, length, scale);
      return numbers(data.toHost());
    }
  }

  private static double[] numbers(HostBuffer buffer) {
    if (buffer.element() == Buffer.Element.F64) {
      return buffer.doubles();
    }
    float[] floats = buffer.floats();
    return IntStream.range(0, floats.length).mapToDouble(i -> floats[i]).toArray();
  }

  /** Rows that take several passes over memory, or several threads, come back undone exactly. */
  @ParameterizedTest
  @MethodSource("longRows")
  void undoesItselfOnLongRows(Backend backend, int rows, int power) {
    int length = 1 << power;
    double[] x = new double[rows * length];
    for (int i = 0; i < x.length; i++) {
      x[i] = (i * 2654435761L >>> 7) % 8 - 3;
    }
    int row = rows - 1;
    int odd = 0x2A5A5A5 & length - 1;
    double sum = 0;
    double alternating = 0;
    for (int i = 0; i < length; i++) {
      double value = x[row * length + i];
      sum += value;
      alternating += (Integer.bitCount(i & odd) & 1) == 0 ? value : -value;
    }
    try (Buffer doubles = backend.upload(HostBuffer.of(x.clone()));
        Buffer own = backend.walsh().byOutput(HostBuffer.of(x), rows * length, 1)) {
      for (Buffer data : List.of(doubles, own)) {
        // Integers below 2^24 and powers of two: every sum is exact, in single precision too.
        backend.walsh().transform(data, rows, length, 1);
        double[] once = numbers(data.toHost());
        assertEquals(sum, once[row * length]);
        assertEquals(alternating, once[row * length + odd]);
        backend.walsh().transform(data, rows, length, 1.0 / length);
        assertArrayEquals(x, numbers(data.toHost()), 0);
      }
    }
    backend.close();
  }

  static Stream<Arguments> longRows() {
    int[][] shapes = {{2, 11}, {3, 13}, {3, 14}, {2, 15}, {7, 15}, {3, 16}, {1, 18}, {1, 20}};
    return Stream.of(shapes).flatMap(s -> ofManyKinds().map(b -> Arguments.of(b, s[0], s[1])));
  }

  /** All backends, large and odd groups, and chunks so small that long rows take many passes. */
  private static Stream<Backend> ofManyKinds() {
    return Stream.of(
            BackendsUnderTest.all(),
            KernelBackends.tuned(),
            KernelBackends.with(Map.of("group", 48, "walsh.strip_tile_bits", 15)),
            KernelBackends.with(Map.of("group", 7, "walsh_tiles.tile_bits", 8)),
            KernelBackends.with(Map.of("group", 1024, "walsh.low_bits_over_half", 1)),
            KernelBackends.with(
                Map.of("group", 1024, "walsh.low_bits_over_half", 5, "walsh.strip_tile_bits", 15)),
            KernelBackends.with(Map.of("group", 1024, "walsh.group_a_chunk_bits", 15)))
        .flatMap(backends -> backends);
  }

  /** All kernels do the stages in one order: groups and passes of any size give the same bits. */
  @Test
  void groupSizesDoNotChangeABit() {
    Philox.Stream random = Philox.stream(5, 5);
    double[] x = IntStream.range(0, 3 << 15).mapToDouble(i -> random.nextGaussian()).toArray();
    for (int power : new int[] {0, 3, 10, 12, 14, 15}) {
      int rows = x.length >> power;
      Map<String, double[]> first = new HashMap<>();
      ofManyKinds()
          .forEach(
              backend -> {
                double[] found = single(backend, x, rows, 1 << power, 0.7);
                double[] expected = first.computeIfAbsent(backend.device(), d -> found);
                assertArrayEquals(expected, found, "2^" + power + " on " + backend.device());
                backend.close();
              });
    }
  }

  /** Any number of rows, also fewer than there are groups, against sums of floats in order. */
  @Test
  void rowsOfTheLargestChunkHaveTheBitsOfTheirStages() {
    int length = 1 << 15;
    float scale = 0.7f;
    for (int rows : new int[] {1, 2, 3, 9}) {
      Philox.Stream random = Philox.stream(rows, 15);
      float[] x = new float[rows * length];
      for (int i = 0; i < x.length; i++) {
        // Every eighth is small and whole, so that some results are zeros of either sign.
        x[i] = i % 8 == 0 ? random.nextInt(2) : (i / length) % 2 * (float) random.nextGaussian();
      }
      float[] expected = x.clone();
      for (int step = 1; step < length; step *= 2) {
        for (int i = 0; i < x.length; i++) {
          if ((i & step) == 0) {
            float sum = expected[i] + expected[i + step];
            expected[i + step] = expected[i] - expected[i + step];
            expected[i] = sum;
          }
        }
      }
      for (int i = 0; i < x.length; i++) {
        expected[i] *= -scale;
      }
      Stream.of(
              KernelBackends.with(Map.of("group", 1024)),
              KernelBackends.with(
                  Map.of(
                      "group", 1024, "walsh.low_bits_over_half", 5, "walsh.strip_tile_bits", 15)),
              KernelBackends.with(Map.of("group", 1024, "walsh.group_a_chunk_bits", 15)))
          .flatMap(backends -> backends)
          .forEach(
              backend -> {
                try (backend;
                    Buffer data = backend.upload(HostBuffer.of(x.clone()))) {
                  backend.walsh().transform(data, rows, length, -scale);
                  assertArrayEquals(expected, data.toHost().floats(), backend.device());
                }
              });
    }
  }

  /** Values with outputs first: tiles that are cut off on both sides. */
  @ParameterizedTest
  @MethodSource("backends")
  void byOutputTransposes(Backend backend) {
    for (int[] shape : new int[][] {{0, 3}, {1, 1}, {1000, 1}, {7, 5}, {33, 31}, {100, 70}}) {
      double[] values = new double[shape[0] * shape[1]];
      double[] expected = new double[values.length];
      for (int r = 0; r < shape[0]; r++) {
        for (int o = 0; o < shape[1]; o++) {
          values[r * shape[1] + o] = 128 * r + o;
          expected[o * shape[0] + r] = 128 * r + o;
        }
      }
      try (Buffer found = backend.walsh().byOutput(HostBuffer.of(values), shape[0], shape[1])) {
        assertArrayEquals(expected, numbers(found.toHost()));
      }
    }
    backend.close();
  }

  static Stream<Backend> backends() {
    return BackendsUnderTest.all();
  }

  @ParameterizedTest
  @MethodSource("backends")
  void refusesOtherLengths(Backend backend) {
    try (backend;
        Buffer data = backend.upload(HostBuffer.of(new double[6]))) {
      assertThrows(IllegalArgumentException.class, () -> backend.walsh().transform(data, 1, 6, 1));
    }
  }
}
