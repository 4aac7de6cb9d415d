package dev.ablate.benchmarks;

import dev.ablate.backend.Backend;
import dev.ablate.backend.Backends;
import dev.ablate.backend.Buffer;
import dev.ablate.backend.HostBuffer;
import dev.ablate.backend.Joins;
import dev.ablate.backend.Sets;
import dev.ablate.backend.host.HostBackend;
import dev.ablate.code.Philox;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;

/**
 * One join on a device, all of the operation: masks and signs lie there, hits come back. Values
 * have a term of order four and one of order five; keys are of the rows of largest magnitude. Every
 * run must find both, and exactly what the host finds.
 *
 * <p>Arguments: backend, and then features, keys and bits of a key for a single case.
 */
public final class DeviceJoins {
  private static final int ROWS = 1024;
  private static final int RUNS = 3;

  /** Rows that keys are drawn among. */
  private static final int RELIABLE = 200;

  /** Features, keys, bits. */
  private static final int[][] CASES = {{512, 64, 20}, {1000, 64, 22}};

  private DeviceJoins() {}

  /** Prints and reports a line a case. */
  public static void main(String[] args) {
    try (Backend backend = Backends.open(args.length > 0 ? args[0] : "cuda", 0).backend();
        Backend host = new HostBackend()) {
      if (args.length > 3) {
        int[] one = IntStream.range(0, 3).map(i -> Integer.parseInt(args[i + 1])).toArray();
        measure(backend, host, one[0], one[1], one[2]);
        return;
      }
      for (int[] one : CASES) {
        measure(backend, host, one[0], one[1], one[2]);
      }
    }
  }

  private static void measure(Backend backend, Backend host, int features, int keyCount, int bits) {
    Sets planted = planted(features);
    double[] seconds = new double[RUNS];
    long found;
    try (Buffer masks = backend.sampling().uniform(1, 0, 0, ROWS, features)) {
      double[] y = ScreeningSpeed.values(masks, ROWS, features, planted);
      long[] signs = new long[ROWS / 64];
      for (int r = 0; r < ROWS; r++) {
        signs[r >>> 6] |= (y[r] < 0 ? 1L : 0L) << r;
      }
      // Five standard deviations of a random set: some are hits by chance.
      int least = (int) Math.ceil(5 * Math.sqrt(ROWS));
      Joins.Search search = new Joins.Search(3, 5, keys(y, keyCount, bits), 0, least, 1 << 16);
      Joins.Hits expected =
          host.joins().join(masks.toHost(), ROWS, features, HostBuffer.of(signs), search);
      check(planted, expected);
      found = expected.found();
      try (Buffer there = backend.upload(HostBuffer.of(signs))) {
        for (int run = -1; run < RUNS; run++) {
          long start = System.nanoTime();
          Joins.Hits hits = backend.joins().join(masks, ROWS, features, there, search);
          seconds[Math.max(0, run)] = (System.nanoTime() - start) / 1e9;
          same(expected, hits);
        }
      }
    }
    double lookups = keyCount * Joins.lookups(features, 3, 5);
    Measured.of("DeviceJoins", backend)
        .with("features", features)
        .with("masks", ROWS)
        .with("keys", keyCount)
        .with("bits", bits)
        .with("hits", found)
        .with("lookups", lookups)
        .milliseconds("ms", seconds)
        .with("lookups_per_second", Measured.rounded(lookups / Measured.median(seconds)))
        .report();
  }

  private static Sets planted(int features) {
    SplittableRandom random = new SplittableRandom(11);
    return Sets.of(
        List.of(
            random.ints(0, features).distinct().limit(4).toArray(),
            random.ints(0, features).distinct().limit(5).toArray()));
  }

  /** Keys of rows drawn among those of largest magnitude. */
  private static int[][] keys(double[] y, int count, int bits) {
    int[] reliable =
        IntStream.range(0, y.length)
            .boxed()
            .sorted(Comparator.comparingDouble(r -> -Math.abs(y[r])))
            .limit(RELIABLE)
            .mapToInt(r -> r)
            .toArray();
    Philox.Stream random = Philox.stream(5, 1);
    int[][] keys = new int[count][];
    Arrays.setAll(
        keys,
        k ->
            IntStream.generate(() -> reliable[random.nextInt(RELIABLE)])
                .distinct()
                .limit(bits + 1)
                .toArray());
    return keys;
  }

  private static void check(Sets planted, Joins.Hits hits) {
    for (int t = 0; t < planted.size(); t++) {
      int[] set = planted.get(t);
      if (IntStream.range(0, hits.sets().size())
          .noneMatch(h -> Arrays.equals(set, hits.sets().get(h)))) {
        throw new IllegalStateException("missed " + Arrays.toString(set));
      }
    }
  }

  private static void same(Joins.Hits expected, Joins.Hits hits) {
    if (expected.found() != hits.found()
        || !Arrays.equals(expected.sets().starts(), hits.sets().starts())
        || !Arrays.equals(expected.sets().features(), hits.sets().features())
        || !Arrays.equals(expected.sums(), hits.sums())) {
      throw new IllegalStateException("other hits than the host's");
    }
  }
}
