package dev.ablate.backend;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ablate.backend.Boosting.Fitted;
import dev.ablate.backend.Boosting.Run;
import dev.ablate.backend.Boosting.Settings;
import dev.ablate.backend.host.HostBackend;
import dev.ablate.code.Philox;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Boosting on devices against the host, both ways that the kernels have: every array must be equal,
 * since all decisions are made on integers or on doubles in a fixed order.
 *
 * <p>OpenCL on a processor compiles each kernel anew for each group size, inside the first test.
 */
@Timeout(600)
class BoostingDevicesContractTest {
  private static final Backend HOST = new HostBackend(1);
  private long[] allocated;

  /** Both ways, at several group sizes, in few and in many launches and chunks. */
  private static List<Backend> devices() {
    List<Map<String, Integer>> tunings = new ArrayList<>();
    for (int group : new int[] {1, 32, 48}) {
      tunings.add(Map.of("group", group, "boosting_run.trees_per_launch", group == 32 ? 7 : 500));
      tunings.add(
          Map.of(
              "group",
              group,
              "boosting_run.use",
              0,
              "boosting_sum.rows",
              group == 1 ? 2048 : 64,
              "boosting_apply.rows",
              100,
              "boosting.trees_per_check",
              5));
    }
    return tunings.stream().flatMap(KernelBackends::with).toList();
  }

  @BeforeEach
  void countBefore() {
    allocated = KernelBackends.allocated();
  }

  @AfterEach
  void everythingIsFreed() {
    assertArrayEquals(allocated, KernelBackends.allocated());
  }

  /** Rows, features, depth, leaves, fewest rows a leaf, trees. */
  static Stream<int[]> shapes() {
    return Stream.of(
        new int[] {1, 1, 3, 31, 1, 3},
        new int[] {63, 5, 1, 31, 1, 12},
        new int[] {101, 64, 3, 31, 20, 12},
        new int[] {333, 65, 5, 31, 1, 12},
        new int[] {333, 65, 5, 31, 20, 12},
        new int[] {257, 20, 5, 9, 1, 12},
        new int[] {257, 20, 5, 31, 1, 12},
        new int[] {400, 8, 6, 40, 1, 8},
        new int[] {301, 130, 8, 31, 1, 8},
        new int[] {301, 30, 8, 31, 20, 8},
        new int[] {200, 12, 70, 31, 1, 6},
        new int[] {64, 200, 4, 2, 2, 8});
  }

  @ParameterizedTest
  @MethodSource("shapes")
  void theTreesAreThoseOfTheHost(int[] shape) {
    Problem problem = Problem.random(shape[0], shape[1], shape[3] + shape[4]);
    Settings settings = new Settings(shape[2], shape[3], shape[4], shape[5], 0.3, 0);
    List<Run> runs =
        List.of(
            new Run(settings, problem.train, problem.validation, 0),
            new Run(settings, problem.train, new long[problem.train.length], 1));
    assertSame(problem, runs);
  }

  @Test
  void runsWithDifferentSettingsShareACall() {
    Problem problem = Problem.random(220, 40, 5);
    List<Run> runs = new ArrayList<>();
    int[] depths = {0, 1, 3, 5, 8, 6};
    for (int i = 0; i < 2 * depths.length; i++) {
      Settings settings =
          new Settings(
              depths[i % 6], 31 - i, 1 + 6 * (i % 3), 5 + 3 * i, 0.1 + 0.05 * i, i % 2 * 3);
      boolean swapped = i % 4 == 3;
      runs.add(
          new Run(
              settings,
              swapped ? problem.validation : problem.train,
              swapped ? problem.train : problem.validation,
              i % 2));
    }
    assertSame(problem, runs);
  }

  @Test
  void patienceStopsAtTheSameTree() {
    Problem problem = Problem.random(120, 20, 3);
    Settings settings = new Settings(5, 31, 2, 400, 0.3, 9);
    Run run = new Run(settings, problem.train, problem.validation, 0);
    assertTrue(problem.fit(HOST, List.of(run)).get(0).forest().trees() < 400);
    assertSame(problem, List.of(run));
  }

  @Test
  void rowsMayBeFittedAndFollowedOrNeither() {
    Problem problem = Problem.random(150, 20, 4);
    long[] all = problem.train.clone();
    Arrays.setAll(all, w -> problem.train[w] | problem.validation[w]);
    long[] none = new long[all.length];
    Settings settings = new Settings(4, 31, 3, 10, 0.2, 0);
    assertSame(
        problem,
        List.of(
            new Run(settings, all, all, 0),
            new Run(settings, problem.validation, none, 0),
            new Run(settings, none, problem.train, 1),
            new Run(settings, none, none, 1)));
  }

  @Test
  void equalGainsGoToTheFirstLeafAndTheLowestFeature() {
    // Features repeat and values are few, so that many splits gain exactly alike.
    Problem random = Problem.random(128, 12, 8);
    long[] masks = Arrays.stream(random.masks).map(m -> m & 63 | (m & 63) << 6).toArray();
    double[] values = new double[256];
    Arrays.setAll(values, i -> Long.bitCount(masks[i / 2] & 63 << i % 2) % 2);
    Problem problem = new Problem(masks, values, random.train, random.validation, 128, 12);
    for (int leaves : new int[] {3, 6, 11, 31}) {
      Settings settings = new Settings(5, leaves, 1, 6, 1, 0);
      Settings deep = new Settings(9, leaves, 1, 6, 1, 0);
      assertSame(
          problem,
          List.of(
              new Run(settings, problem.train, problem.validation, 0),
              new Run(deep, problem.train, problem.validation, 1)));
    }
  }

  @Test
  void constantAndExtremeTargetsAreNoExceptions() {
    Problem problem = Problem.random(90, 10, 6);
    Settings settings = new Settings(3, 8, 2, 6, 0.5, 0);
    Run run = new Run(settings, problem.train, problem.validation, 0);
    for (double scale : new double[] {0, 0x1p-1060, 0x1p-1000, 0x1p-300, 0x1p300, 0x1p1000}) {
      double[] values = Arrays.stream(problem.values).map(v -> v * scale).toArray();
      Problem scaled =
          new Problem(problem.masks, values, problem.train, problem.validation, problem.rows, 10);
      assertSame(scaled, List.of(run));
    }
  }

  @Test
  void moreRowsThanAGroupHoldsTakeAllGroups() {
    Problem problem = Problem.random(20_001, 70, 7);
    Settings settings = new Settings(5, 31, 20, 4, 0.3, 0);
    Run run = new Run(settings, problem.train, problem.validation, 0);
    Fitted expected = problem.fit(HOST, List.of(run)).get(0);
    KernelBackends.with(Map.of("group", 32))
        .forEach(
            backend -> assertSame(expected, problem.fit(backend, List.of(run)).get(0), "rows"));
  }

  @Test
  void outOfMemoryHalvesTheRuns() {
    Problem problem = Problem.random(100, 12, 2);
    List<Run> runs =
        IntStream.range(0, 9)
            .mapToObj(
                i ->
                    new Run(
                        new Settings(3, 8, 2, 5 + i, 0.3, 0),
                        problem.train,
                        problem.validation,
                        i % 2))
            .toList();
    List<Fitted> expected = problem.fit(HOST, runs);
    // The values of the leaves of all 81 trees would take 9,720 bytes.
    Stream.of(0, 1)
        .flatMap(
            use -> KernelBackends.withLargestAllocation(5_000, Map.of("boosting_run.use", use)))
        .forEach(
            backend -> {
              List<Fitted> actual = problem.fit(backend, runs);
              for (int r = 0; r < runs.size(); r++) {
                assertSame(expected.get(r), actual.get(r), "run " + r);
              }
            });
  }

  private static void assertSame(Problem problem, List<Run> runs) {
    List<Fitted> expected = problem.fit(HOST, runs);
    for (Backend backend : devices()) {
      List<Fitted> actual = problem.fit(backend, runs);
      for (int r = 0; r < runs.size(); r++) {
        assertSame(expected.get(r), actual.get(r), runs.get(r).settings().toString());
      }
    }
  }

  private static void assertSame(Fitted expected, Fitted actual, String what) {
    Forest forest = expected.forest().toHost();
    Forest there = actual.forest().toHost();
    assertEquals(forest.base(), there.base(), what);
    assertEquals(forest.trees(), actual.forest().trees(), what);
    assertArrayEquals(forest.roots(), there.roots(), what);
    assertArrayEquals(forest.feature(), there.feature(), what);
    assertArrayEquals(forest.left(), there.left(), what);
    assertArrayEquals(forest.right(), there.right(), what);
    assertArrayEquals(forest.value(), there.value(), what);
    assertArrayEquals(expected.validationError(), actual.validationError(), what);
    actual.forest().close();
    actual.forest().close();
  }

  /** Random masks and two outputs; every fifth row follows. */
  private record Problem(
      long[] masks, double[] values, long[] train, long[] validation, int rows, int features) {
    static Problem random(int rows, int features, int seed) {
      Philox.Stream random = Philox.stream(seed, 78);
      int words = (features + 63) / 64;
      long[] masks = new long[rows * words];
      double[] values = new double[2 * rows];
      long[] train = new long[(rows + 63) / 64];
      long[] validation = new long[(rows + 63) / 64];
      for (int r = 0; r < rows; r++) {
        for (int w = 0; w < words; w++) {
          int left = features - 64 * w;
          masks[r * words + w] = random.nextLong() & (left >= 64 ? -1 : (1L << left) - 1);
        }
        long a = masks[r * words] & 1;
        long b = masks[r * words + (features - 1) / 64] >>> features - 1 & 1;
        values[2 * r] = 2 * a - 3 * (a & b) + 0.5 * random.nextGaussian() + 4;
        values[2 * r + 1] = b - 2 * (a ^ b) + 0.2 * random.nextGaussian();
        (r % 5 == 2 ? validation : train)[r >>> 6] |= 1L << r;
      }
      return new Problem(masks, values, train, validation, rows, features);
    }

    List<Fitted> fit(Backend backend, List<Run> runs) {
      return backend
          .boosting()
          .fit(HostBuffer.of(masks), rows, features, HostBuffer.of(values), 2, runs);
    }
  }
}
