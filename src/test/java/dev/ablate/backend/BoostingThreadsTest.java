package dev.ablate.backend;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.ablate.backend.Boosting.Run;
import dev.ablate.backend.Boosting.Settings;
import dev.ablate.backend.host.HostBackend;
import dev.ablate.code.Philox;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Runs of many rows, whose sums several threads share. */
class BoostingThreadsTest {
  private static final int ROWS = 9_000;
  private static final int FEATURES = 300;
  private static final int WORDS = (FEATURES + 63) / 64;

  private final long[] masks = new long[ROWS * WORDS];
  private final double[] values = new double[ROWS];

  /** Whole trees, trees that leave out leaves, and trees too deep to be split ahead. */
  static List<Settings> settings() {
    return List.of(
        new Settings(5, 31, 20, 6, 0.3, 0),
        new Settings(5, 17, 20, 6, 0.3, 0),
        new Settings(9, 40, 20, 6, 0.3, 0));
  }

  @ParameterizedTest
  @MethodSource("settings")
  void threadsDoNotChangeABit(Settings settings) {
    draw();
    Forest alone = fit(settings, 1);
    assertEquals(6, alone.trees());
    for (int threads : new int[] {2, 5}) {
      Forest forest = fit(settings, threads);
      assertArrayEquals(alone.roots(), forest.roots());
      assertArrayEquals(alone.feature(), forest.feature());
      assertArrayEquals(alone.left(), forest.left());
      assertArrayEquals(alone.right(), forest.right());
      assertArrayEquals(alone.value(), forest.value());
    }
    int leaves = (alone.roots()[1] + 1) / 2;
    assertEquals(settings.leaves(), leaves);
    checkFirstTree(alone, settings);
  }

  private void draw() {
    Philox.Stream random = Philox.stream(3, 78);
    for (int r = 0; r < ROWS; r++) {
      for (int f = 0; f < FEATURES; f++) {
        masks[r * WORDS + f / 64] |= (long) random.nextInt(2) << f;
      }
      boolean product = has(r, 31) && has(r, 32);
      values[r] =
          (has(r, 299) ? 2 : 0) - (product ? 3 : 0) + (has(r, 64) ? 1 : 0) + random.nextGaussian();
    }
  }

  private boolean has(int row, int feature) {
    return (masks[row * WORDS + feature / 64] >>> feature & 1) != 0;
  }

  private Forest fit(Settings settings, int threads) {
    long[] all = new long[(ROWS + 63) / 64];
    IntStream.range(0, ROWS).forEach(r -> all[r >>> 6] |= 1L << r);
    Run run = new Run(settings, all, new long[all.length], 0);
    try (HostBackend backend = new HostBackend(threads)) {
      HostBuffer rows = HostBuffer.of(masks);
      return backend
          .boosting()
          .fit(rows, ROWS, FEATURES, HostBuffer.of(values), 1, List.of(run))
          .get(0)
          .forest()
          .toHost();
    }
  }

  /** Each split of the first tree is the best by plain sums, each leaf the mean of its rows. */
  private void checkFirstTree(Forest forest, Settings settings) {
    double mean = Arrays.stream(values).average().orElseThrow();
    int[][] rows = new int[forest.roots()[1]][];
    rows[0] = IntStream.range(0, ROWS).toArray();
    for (int node = 0; node < rows.length; node++) {
      int[] of = rows[node];
      int feature = forest.feature()[node];
      if (feature < 0) {
        double left = Arrays.stream(of).mapToDouble(r -> values[r] - mean).average().orElseThrow();
        assertEquals(settings.rate() * left, forest.value()[node], 1e-9);
      } else {
        double best = IntStream.range(0, FEATURES).mapToDouble(f -> gain(of, f)).max().orElse(0);
        assertEquals(best, gain(of, feature), 1e-9 * best);
        rows[forest.left()[node]] = IntStream.of(of).filter(r -> !has(r, feature)).toArray();
        rows[forest.right()[node]] = IntStream.of(of).filter(r -> has(r, feature)).toArray();
      }
    }
  }

  /** What a split takes off the sum of squares. */
  private double gain(int[] rows, int feature) {
    double[] sums = new double[2];
    int[] counts = new int[2];
    for (int r : rows) {
      int side = has(r, feature) ? 1 : 0;
      sums[side] += values[r];
      counts[side]++;
    }
    if (Math.min(counts[0], counts[1]) < 20) {
      return 0;
    }
    double all = sums[0] + sums[1];
    return sums[0] * sums[0] / counts[0] + sums[1] * sums[1] / counts[1] - all * all / rows.length;
  }
}
