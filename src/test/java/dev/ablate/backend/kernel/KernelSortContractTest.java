package dev.ablate.backend.kernel;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.ablate.backend.HostBuffer;
import dev.ablate.backend.KernelBackends;
import dev.ablate.code.Philox;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Sorting and prefix sums on devices against the host's, at group sizes that are odd too. */
class KernelSortContractTest {
  private static final List<Integer> COUNTS =
      List.of(0, 1, 2, 3, 255, 256, 257, 2815, 2817, 5000, 40_001);

  /** Bits of each word of a key: within a digit, across digits, many words, none. */
  private static final int[][] BITS = {{64}, {57}, {3}, {8}, {13, 64}, {9, 1, 20}, {0}};

  static Stream<Runtime> runtimes() {
    return KernelBackends.tuned()
        .flatMap(
            backend ->
                Stream.of(1, 7, 32, 64, 100, 256)
                    .map(
                        size ->
                            new Runtime(
                                ((KernelBackend) backend).deviceHandle(),
                                new Tuning(Map.of("group", size)))));
  }

  @ParameterizedTest
  @MethodSource("runtimes")
  void keysAreSortedStably(Runtime runtime) {
    for (int[] bits : BITS) {
      for (int count : COUNTS) {
        // Few distinct values in every other case, so that equal keys keep their order.
        check(runtime, keys(count, bits, count % 2 == 0 ? -1L : 0x8000000000001003L), count, bits);
      }
    }
  }

  private static long[] keys(int count, int[] bits, long kept) {
    Philox.Stream random = Philox.stream(count, bits.length);
    long[] keys = new long[bits.length * count];
    for (int i = 0; i < keys.length; i++) {
      int width = bits[i / count];
      long all = width == 64 ? -1 : (1L << width) - 1;
      keys[i] = ((long) random.nextInt(1 << 30) << 34 ^ (long) random.nextInt(1 << 30) << 17) & all;
      keys[i] = (keys[i] ^ random.nextInt(1 << 17)) & all & kept;
    }
    return keys;
  }

  private static void check(Runtime runtime, long[] keys, int count, int[] bits) {
    Comparator<Integer> byKey =
        (a, b) -> {
          for (int w = 0; w < bits.length; w++) {
            int order = Long.compareUnsigned(keys[w * count + a], keys[w * count + b]);
            if (order != 0) {
              return order;
            }
          }
          return 0;
        };
    int[] expected =
        IntStream.range(0, count).boxed().sorted(byKey).mapToInt(Integer::intValue).toArray();
    long before = runtime.device().allocated();
    try (Runtime.Scope scope = runtime.scope()) {
      KernelBuffer onDevice = scope.in(keys);
      KernelSort.Sorted sorted = new KernelSort(runtime).sort(scope, onDevice, count, bits);
      String what = count + " keys of " + Arrays.toString(bits) + " bits";
      assertArrayEquals(expected, sorted.numbers().toHost().ints(), what);
      long[] first = Arrays.stream(expected).mapToLong(i -> keys[i]).toArray();
      assertArrayEquals(first, sorted.firstWords().toHost().words(), what);
      assertArrayEquals(keys, onDevice.toHost().words(), "the keys stay");
    }
    assertEquals(before, runtime.device().allocated());
  }

  @ParameterizedTest
  @MethodSource("runtimes")
  void prefixSumsAreExact(Runtime runtime) {
    for (int count : COUNTS) {
      Philox.Stream random = Philox.stream(count, 9);
      int[] values =
          IntStream.range(0, count).map(i -> random.nextInt(Integer.MAX_VALUE)).toArray();
      long[] expected = new long[count + 1];
      for (int i = 0; i < count; i++) {
        expected[i + 1] = expected[i] + values[i];
      }
      try (Runtime.Scope scope = runtime.scope()) {
        KernelBuffer sums =
            new KernelSort(runtime).prefix(scope, scope.in(HostBuffer.of(values)), count);
        assertArrayEquals(expected, sums.toHost().words());
      }
    }
  }
}
