package dev.ablate.backend;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ablate.backend.Screening.Hits;
import dev.ablate.backend.Screening.Search;
import dev.ablate.backend.host.HostBackend;
import dev.ablate.code.Philox;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.TreeMap;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class ScreeningContractTest {
  /** Sums of some thousand doubles in another order. */
  private static final double ROUNDING = 1e-12;

  /**
   * The planes of an output with an outlier take more local memory than a stretch of rows has; all
   * parities of pairs, 383 KB, more than the small devices allocate.
   */
  private static final int[] MANY_ROWS = {20_000, 24, 18, 1, 3};

  static Stream<Arguments> shapes() {
    int[][] shapes = {
      // rows, features, active, least order, largest order
      {1, 1, 1, 1, 1},
      {63, 5, 5, 1, 5},
      {64, 7, 3, 1, 4},
      {65, 70, 9, 2, 4},
      {200, 12, 12, 1, 6},
      {129, 130, 11, 3, 3},
      {500, 10, 10, 1, 2},
      {77, 9, 9, 9, 12},
      {300, 64, 1, 1, 6}
    };
    return Stream.concat(
        Stream.of(shapes).flatMap(s -> BackendsUnderTest.all().map(b -> arguments(b, s))),
        Stream.of(
                BackendsUnderTest.all(),
                KernelBackends.withLocalMemory(20_000, Map.of("screening.tensor", 0)),
                KernelBackends.withLargestAllocation(330_000, Map.of("screening.tensor", 1)))
            .flatMap(backends -> backends)
            .map(b -> arguments(b, MANY_ROWS)));
  }

  private static Arguments arguments(Backend backend, int[] s) {
    return Arguments.of(backend, s[0], s[1], s[2], s[3], s[4]);
  }

  /** Every set is compared with its definition: each comes once, and none above is missing. */
  @ParameterizedTest
  @MethodSource("shapes")
  void findsWhatTheDefinitionFinds(
      Backend backend, int rows, int features, int active, int least, int largest) {
    Philox.Stream random = Philox.stream(rows, features);
    long[] masks = backend.sampling().uniform(3, 0, 0, rows, features).toHost().words();
    int[] chosen =
        IntStream.range(0, features)
            .boxed()
            .sorted(Comparator.comparingInt(i -> (i * 37 + 11) % 131))
            .limit(active)
            .mapToInt(i -> i)
            .sorted()
            .toArray();
    double[] values = new double[2 * rows];
    for (int r = 0; r < rows; r++) {
      values[2 * r] = random.nextGaussian();
      values[2 * r + 1] = random.nextGaussian() * (r == rows / 2 ? 50 : 1);
    }
    for (int o = 0; o < 2; o++) {
      TreeMap<int[], Double> all = all(masks, rows, features, values, o, chosen, least, largest);
      double[] sorted = all.values().stream().mapToDouble(Math::abs).sorted().toArray();
      // Between two magnitudes, so that rounding decides nothing.
      int cut = sorted.length / 2;
      double threshold =
          sorted.length == 0 ? 1 : cut == 0 ? sorted[0] / 2 : (sorted[cut - 1] + sorted[cut]) / 2;
      Search search = new Search(chosen, least, largest, threshold, Integer.MAX_VALUE);
      Hits hits =
          backend
              .screening()
              .screen(
                  HostBuffer.of(masks),
                  rows,
                  features,
                  HostBuffer.of(values),
                  2,
                  List.of(search, search))
              .get(o);
      List<int[]> expected =
          all.entrySet().stream()
              .filter(e -> Math.abs(e.getValue()) >= threshold)
              .map(Map.Entry::getKey)
              .toList();
      assertEquals(expected.size(), hits.sets().size());
      assertEquals(expected.size(), hits.found());
      for (int s = 0; s < expected.size(); s++) {
        assertArrayEquals(expected.get(s), hits.sets().get(s));
        assertEquals(all.get(expected.get(s)), hits.coefficients()[s], 50 * ROUNDING);
      }
    }
  }

  private static TreeMap<int[], Double> all(
      long[] masks,
      int rows,
      int features,
      double[] values,
      int output,
      int[] chosen,
      int least,
      int largest) {
    TreeMap<int[], Double> all = new TreeMap<>(Sets::compare);
    int words = (features + 63) >>> 6;
    for (int subset = 1; subset < 1 << chosen.length; subset++) {
      int order = Integer.bitCount(subset);
      if (order < least || order > largest) {
        continue;
      }
      int bits = subset;
      int[] set =
          IntStream.range(0, chosen.length)
              .filter(k -> (bits >>> k & 1) != 0)
              .map(k -> chosen[k])
              .toArray();
      double sum = 0;
      for (int r = 0; r < rows; r++) {
        int odd = 0;
        for (int f : set) {
          odd ^= (int) (masks[r * words + (f >>> 6)] >>> f & 1);
        }
        sum += odd == 0 ? values[2 * r + output] : -values[2 * r + output];
      }
      all.put(set, sum / rows);
    }
    return all;
  }

  @ParameterizedTest
  @MethodSource("backends")
  void keepsTheLargestWhereHitsAreMany(Backend backend) {
    int rows = 100;
    long[] masks = backend.sampling().uniform(1, 0, 0, rows, 16).toHost().words();
    double[] values = new double[rows];
    Philox.Stream random = Philox.stream(5, 5);
    Arrays.setAll(values, r -> random.nextGaussian());
    int[] all = IntStream.range(0, 16).toArray();
    List<Hits> hits = new ArrayList<>();
    for (int most : new int[] {Integer.MAX_VALUE, 10}) {
      hits.addAll(
          backend
              .screening()
              .screen(
                  HostBuffer.of(masks),
                  rows,
                  16,
                  HostBuffer.of(values),
                  1,
                  List.of(new Search(all, 1, 3, 0.05, most))));
    }
    double[] largest =
        Arrays.stream(hits.get(0).coefficients())
            .map(c -> -Math.abs(c))
            .sorted()
            .limit(10)
            .toArray();
    double[] kept =
        Arrays.stream(hits.get(1).coefficients()).map(c -> -Math.abs(c)).sorted().toArray();
    assertArrayEquals(largest, kept);
    assertEquals(hits.get(0).found(), hits.get(1).found());
    assertEquals(hits.get(0).sets().size(), hits.get(0).found());
  }

  @ParameterizedTest
  @MethodSource("backends")
  void constantValuesHaveNoHits(Backend backend) {
    Search search = new Search(new int[] {0, 1, 2}, 1, 3, 1e-9, 10);
    Hits hits =
        backend
            .screening()
            .screen(
                HostBuffer.of(new long[] {1, 2, 5}),
                3,
                3,
                HostBuffer.of(new double[3]),
                1,
                List.of(search))
            .get(0);
    assertEquals(0, hits.sets().size());
  }

  @ParameterizedTest
  @MethodSource("backends")
  void refusesTheEmptySet(Backend backend) {
    Search search = new Search(new int[] {0}, 0, 1, 1, 10);
    assertThrows(
        IllegalArgumentException.class,
        () ->
            backend
                .screening()
                .screen(
                    HostBuffer.of(new long[] {1}),
                    1,
                    1,
                    HostBuffer.of(new double[1]),
                    1,
                    List.of(search)));
  }

  /** The host's rate is that of the checked-in table, in millions, whatever the threads. */
  @Test
  void theHostsRateDoesNotDependOnThreads() throws IOException {
    Properties table = new Properties();
    try (var in = Files.newBufferedReader(Path.of("kernels", "tuning", "host.properties"))) {
      table.load(in);
    }
    double rate = 1e6 * Integer.parseInt(table.getProperty("screening.rate"));
    for (int threads : new int[] {1, 2, 5}) {
      try (Backend host = new HostBackend(threads)) {
        assertEquals(rate, host.screening().candidateMasksPerSecond());
      }
    }
  }

  @ParameterizedTest
  @MethodSource("backends")
  void everyBackendHasARate(Backend backend) {
    double rate = backend.screening().candidateMasksPerSecond();
    assertTrue(rate >= 1e8 && rate < 1e15, "rate " + rate);
  }

  static Stream<Backend> backends() {
    return BackendsUnderTest.all();
  }
}
