package dev.ablate.backend;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ablate.backend.Boosting.Fitted;
import dev.ablate.backend.Boosting.Run;
import dev.ablate.backend.Boosting.Settings;
import dev.ablate.code.Philox;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Boosting against a slow replay: every split of every tree must be the best one that a plain
 * search in doubles finds at that moment, every leaf must hold its mean, and every error must be
 * the error.
 */
class BoostingContractTest {
  /** Gains closer than this share of the best count as equal: gradients are rounded to 20 bits. */
  private static final double TIE = 1e-4;

  static Stream<Arguments> problems() {
    int[][] shapes = {
      {20, 1, 1, 2, 5}, {21, 3, 2, 4, 2}, {64, 63, 3, 31, 5}, {65, 64, 5, 31, 2},
      {128, 65, 5, 31, 1}, {200, 130, 5, 31, 20}, {200, 130, 4, 6, 3}, {150, 7, 9, 31, 20},
      {40, 30, 3, 8, 20}, {77, 128, 6, 20, 4}, {100, 600, 3, 8, 5}, {100, 2100, 3, 8, 5}
    };
    return Arrays.stream(shapes)
        .flatMap(s -> IntStream.range(0, 3).mapToObj(seed -> new int[][] {s, {seed}}))
        .flatMap(
            p ->
                BackendsUnderTest.all()
                    .map(
                        backend ->
                            Arguments.of(
                                backend, p[0][0], p[0][1], p[0][2], p[0][3], p[0][4], p[1][0])));
  }

  @ParameterizedTest
  @MethodSource("problems")
  void everySplitIsTheBest(
      Backend backend, int rows, int features, int depth, int leaves, int minLeaf, int seed) {
    Problem problem = Problem.random(rows, features, seed);
    Settings settings = new Settings(depth, leaves, minLeaf, 12, 0.3, 0);
    Run run = new Run(settings, problem.train, problem.validation, 0);
    Fitted fitted = problem.fit(backend, run).get(0);
    new Replay(problem, settings, fitted).check();
  }

  @ParameterizedTest
  @MethodSource("backends")
  void runsDoNotDependOnEachOther(Backend backend) {
    Problem problem = Problem.random(150, 70, 5);
    long[] none = new long[problem.train.length];
    List<Run> runs = new ArrayList<>();
    for (int i = 0; i < 6; i++) {
      Settings settings = new Settings(2 + i % 3, 31, 5, 20 + i, 0.1, 0);
      runs.add(new Run(settings, problem.train, i < 3 ? problem.validation : none, 0));
    }
    List<Fitted> together = problem.fit(backend, runs.toArray(Run[]::new));
    for (int i = 0; i < runs.size(); i++) {
      assertSame(problem.fit(backend, runs.get(i)).get(0), together.get(i));
    }
  }

  @ParameterizedTest
  @MethodSource("backends")
  void aPrefixIsTheRunWithFewerTrees(Backend backend) {
    Problem problem = Problem.random(180, 40, 9);
    Fitted small =
        problem
            .fit(
                backend,
                new Run(
                    new Settings(5, 31, 10, 100, 0.05, 0), problem.train, problem.validation, 0))
            .get(0);
    Fitted large =
        problem
            .fit(
                backend,
                new Run(
                    new Settings(5, 31, 10, 300, 0.05, 0), problem.train, problem.validation, 0))
            .get(0);
    assertEquals(100, small.forest().trees());
    assertEquals(300, large.forest().trees());
    assertArrayEquals(small.validationError(), Arrays.copyOf(large.validationError(), 101));
    int nodes = small.forest().toHost().feature().length;
    assertArrayEquals(
        small.forest().toHost().roots(), Arrays.copyOf(large.forest().toHost().roots(), 100));
    assertArrayEquals(
        small.forest().toHost().feature(), Arrays.copyOf(large.forest().toHost().feature(), nodes));
    assertArrayEquals(
        small.forest().toHost().value(), Arrays.copyOf(large.forest().toHost().value(), nodes));
  }

  @ParameterizedTest
  @MethodSource("backends")
  void patienceStopsARunThatNoLongerImproves(Backend backend) {
    Problem problem = Problem.random(120, 20, 3);
    Settings settings = new Settings(5, 31, 2, 3000, 0.3, 15);
    Fitted fitted =
        problem.fit(backend, new Run(settings, problem.train, problem.validation, 0)).get(0);
    double[] errors = fitted.validationError();
    int best = IntStream.range(0, errors.length).reduce(0, (a, b) -> errors[b] < errors[a] ? b : a);
    assertEquals(best + 15, fitted.forest().trees());
    assertEquals(best + 16, errors.length);
  }

  static Stream<Settings> settingsThatCannotSplit() {
    return Stream.of(
        new Settings(0, 31, 1, 10, 0.1, 0),
        new Settings(5, 1, 1, 10, 0.1, 0),
        new Settings(5, 31, 60, 10, 0.1, 0),
        new Settings(5, 31, 1, 0, 0.1, 0));
  }

  @ParameterizedTest
  @MethodSource("settingsThatCannotSplit")
  void whatCannotSplitPredictsTheMean(Settings settings) {
    Problem problem = Problem.random(100, 5, 1);
    BackendsUnderTest.all()
        .forEach(
            backend -> {
              Fitted fitted =
                  problem
                      .fit(backend, new Run(settings, problem.train, problem.validation, 0))
                      .get(0);
              assertEquals(0, fitted.forest().trees());
              assertEquals(problem.trainMean(), fitted.forest().toHost().base(), 1e-12);
              assertEquals(1, fitted.validationError().length);
            });
  }

  @Test
  void aConstantTargetAndNoRowsGiveNoTrees() {
    Problem problem = Problem.random(100, 5, 1);
    double[] constant = new double[100];
    Arrays.fill(constant, -7.25);
    Settings settings = new Settings(5, 31, 2, 10, 0.1, 0);
    long[] none = new long[2];
    BackendsUnderTest.all()
        .forEach(
            backend -> {
              Fitted flat =
                  problem
                      .with(constant)
                      .fit(backend, new Run(settings, problem.train, problem.validation, 0))
                      .get(0);
              assertEquals(-7.25, flat.forest().toHost().base());
              assertEquals(0, flat.forest().trees());
              assertArrayEquals(new double[] {0}, flat.validationError());
              Fitted empty = problem.fit(backend, new Run(settings, none, none, 0)).get(0);
              assertEquals(0, empty.forest().trees());
              assertEquals(0, empty.validationError().length);
            });
  }

  @Test
  void theScaleOfTheTargetDoesNotMatter() {
    Problem problem = Problem.random(120, 30, 2);
    Settings settings = new Settings(4, 31, 5, 30, 0.1, 0);
    for (double scale : new double[] {0x1p-300, 0x1p+300}) {
      double[] scaled = Arrays.stream(problem.target).map(y -> y * scale).toArray();
      BackendsUnderTest.all()
          .forEach(
              backend -> {
                Run run = new Run(settings, problem.train, problem.validation, 0);
                List<Fitted> both =
                    List.of(
                        problem.fit(backend, run).get(0),
                        problem.with(scaled).fit(backend, run).get(0));
                assertArrayEquals(
                    both.get(0).forest().toHost().feature(),
                    both.get(1).forest().toHost().feature());
                assertArrayEquals(
                    Arrays.stream(both.get(0).forest().toHost().value())
                        .map(v -> v * scale)
                        .toArray(),
                    both.get(1).forest().toHost().value());
              });
    }
  }

  @ParameterizedTest
  @MethodSource("backends")
  void featuresThatNoMaskKeepsChangeNothing(Backend backend) {
    Problem problem = Problem.random(100, 60, 4);
    boolean[][] wide = new boolean[100][];
    Arrays.setAll(wide, r -> Arrays.copyOf(problem.masks[r], 400_000));
    Problem padded = new Problem(wide, problem.target, problem.train, problem.validation, 400_000);
    Run run = new Run(new Settings(2, 4, 5, 3, 0.3, 0), problem.train, problem.validation, 0);
    assertSame(problem.fit(backend, run).get(0), padded.fit(backend, run).get(0));
  }

  static Stream<Backend> backends() {
    return BackendsUnderTest.all();
  }

  private static void assertSame(Fitted expected, Fitted actual) {
    assertEquals(expected.forest().toHost().base(), actual.forest().toHost().base());
    assertArrayEquals(expected.forest().toHost().roots(), actual.forest().toHost().roots());
    assertArrayEquals(expected.forest().toHost().feature(), actual.forest().toHost().feature());
    assertArrayEquals(expected.forest().toHost().left(), actual.forest().toHost().left());
    assertArrayEquals(expected.forest().toHost().right(), actual.forest().toHost().right());
    assertArrayEquals(expected.forest().toHost().value(), actual.forest().toHost().value());
    assertArrayEquals(expected.validationError(), actual.validationError());
  }

  /** Random masks and a target with main effects, a product and noise; every fifth row follows. */
  private record Problem(
      boolean[][] masks, double[] target, long[] train, long[] validation, int features) {
    static Problem random(int rows, int features, int seed) {
      Philox.Stream random = Philox.stream(seed, 77);
      boolean[][] masks = new boolean[rows][features];
      double[] target = new double[rows];
      long[] train = new long[(rows + 63) / 64];
      long[] validation = new long[(rows + 63) / 64];
      for (int r = 0; r < rows; r++) {
        for (int f = 0; f < features; f++) {
          masks[r][f] = random.nextInt(2) == 1;
        }
        boolean product = masks[r][0] && masks[r][features / 2];
        target[r] =
            (masks[r][features - 1] ? 2 : 0) - (product ? 3 : 0) + 0.5 * random.nextGaussian() + 4;
        (r % 5 == 2 ? validation : train)[r >>> 6] |= 1L << r;
      }
      return new Problem(masks, target, train, validation, features);
    }

    List<Fitted> fit(Backend backend, Run... runs) {
      int words = (features + 63) / 64;
      long[] packed = new long[masks.length * words];
      for (int r = 0; r < masks.length; r++) {
        for (int f = 0; f < features; f++) {
          packed[r * words + f / 64] |= masks[r][f] ? 1L << f : 0;
        }
      }
      List<Fitted> fitted =
          backend
              .boosting()
              .fit(
                  HostBuffer.of(packed),
                  masks.length,
                  features,
                  HostBuffer.of(target),
                  1,
                  List.of(runs));
      return fitted.stream().map(Problem::toHost).toList();
    }

    private static Fitted toHost(Fitted fitted) {
      try (Trees forest = fitted.forest()) {
        return new Fitted(forest.toHost(), fitted.validationError());
      }
    }

    /** The same masks with other values. */
    Problem with(double[] values) {
      return new Problem(masks, values, train, validation, features);
    }

    boolean trains(int row) {
      return (train[row >>> 6] >>> row & 1) != 0;
    }

    double trainMean() {
      return IntStream.range(0, masks.length)
          .filter(this::trains)
          .mapToDouble(r -> target[r])
          .average()
          .orElse(0);
    }
  }

  /** Grows every tree again, split by split in node order, and checks each choice. */
  private record Replay(Problem problem, Settings settings, Fitted fitted) {
    void check() {
      int rows = problem.masks.length;
      double[] residual = new double[rows];
      for (int r = 0; r < rows; r++) {
        residual[r] = problem.target[r] - problem.trainMean();
      }
      assertEquals(problem.trainMean(), fitted.forest().toHost().base(), 1e-12);
      assertEquals(fitted.forest().trees() + 1, fitted.validationError().length);
      assertEquals(error(residual), fitted.validationError()[0], 1e-9);
      for (int t = 0; t < fitted.forest().trees(); t++) {
        replay(t, residual);
        assertEquals(error(residual), fitted.validationError()[t + 1], 1e-9);
      }
    }

    private double error(double[] residual) {
      return IntStream.range(0, residual.length)
          .filter(r -> !problem.trains(r))
          .mapToDouble(r -> residual[r] * residual[r])
          .sum();
    }

    private void replay(int tree, double[] residual) {
      Forest forest = fitted.forest().toHost();
      int end = tree + 1 < forest.trees() ? forest.roots()[tree + 1] : forest.feature().length;
      int[] leafOf = new int[residual.length];
      int[] depth = new int[forest.feature().length];
      List<Integer> leaves = new ArrayList<>(List.of(forest.roots()[tree]));
      Arrays.fill(leafOf, forest.roots()[tree]);
      for (int splits = (end - forest.roots()[tree]) / 2; splits > 0; splits--) {
        // Nodes stand by depth: the next to be split is the best of those that are split at all.
        int node =
            leaves.stream()
                .filter(l -> forest.feature()[l] >= 0)
                .max(
                    Comparator.comparingDouble(l -> gain(l, forest.feature()[l], leafOf, residual)))
                .orElseThrow();
        int left = forest.left()[node];
        assertEquals(left + 1, forest.right()[node]);
        int feature = forest.feature()[node];
        double best =
            leaves.stream().mapToDouble(l -> best(l, depth[l], leafOf, residual)).max().orElse(0);
        double chosen = gain(node, feature, leafOf, residual);
        assertTrue(
            depth[node] < settings.depth() && chosen > 0 && chosen >= best * (1 - TIE) - 1e-12,
            () -> "tree " + tree + ": gain " + chosen + " where " + best + " was to be had");
        for (int r = 0; r < leafOf.length; r++) {
          if (leafOf[r] == node) {
            leafOf[r] = problem.masks[r][feature] ? left + 1 : left;
          }
        }
        depth[left] = depth[left + 1] = depth[node] + 1;
        leaves.remove((Integer) node);
        leaves.add(left);
        leaves.add(left + 1);
      }
      assertTrue(leaves.size() > 1 && leaves.size() <= settings.leaves());
      for (int leaf : leaves) {
        assertTrue(
            leaves.size() == settings.leaves() || best(leaf, depth[leaf], leafOf, residual) < 1e-9);
        settle(leaf, leafOf, residual);
      }
    }

    private void settle(int leaf, int[] leafOf, double[] residual) {
      double mean =
          IntStream.range(0, leafOf.length)
              .filter(r -> leafOf[r] == leaf && problem.trains(r))
              .mapToDouble(r -> residual[r])
              .average()
              .orElseThrow();
      assertEquals(settings.rate() * mean, fitted.forest().toHost().value()[leaf], 1e-10);
      for (int r = 0; r < leafOf.length; r++) {
        if (leafOf[r] == leaf) {
          residual[r] -= fitted.forest().toHost().value()[leaf];
        }
      }
    }

    private double best(int leaf, int depth, int[] leafOf, double[] residual) {
      return depth >= settings.depth()
          ? 0
          : IntStream.range(0, problem.features)
              .mapToDouble(f -> gain(leaf, f, leafOf, residual))
              .max()
              .orElse(0);
    }

    /** What a split takes off the sum of squares; 0 where a side would be too small. */
    private double gain(int leaf, int feature, int[] leafOf, double[] residual) {
      double[] sum = new double[2];
      int[] count = new int[2];
      for (int r = 0; r < leafOf.length; r++) {
        if (leafOf[r] == leaf && problem.trains(r)) {
          int side = problem.masks[r][feature] ? 1 : 0;
          sum[side] += residual[r];
          count[side]++;
        }
      }
      if (Math.min(count[0], count[1]) < Math.max(1, settings.minLeaf())) {
        return 0;
      }
      double all = sum[0] + sum[1];
      return sum[0] * sum[0] / count[0]
          + sum[1] * sum[1] / count[1]
          - all * all / (count[0] + count[1]);
    }
  }
}
