package dev.ablate.benchmarks;

import dev.ablate.backend.Backend;
import dev.ablate.backend.Backends;
import dev.ablate.backend.Buffer;
import dev.ablate.backend.HostBuffer;
import dev.ablate.backend.Screening;
import dev.ablate.backend.Sets;
import dev.ablate.solve.screen.NormalTail;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/**
 * One round of screening on a device, all of the operation: masks and values lie there, hits come
 * back. Every run must find the planted terms. Operations are two a candidate and mask; their share
 * of a matrix peak stands beside, that of a library's bf16 product on an H200.
 *
 * <p>Arguments: backend, and then features, highest order and masks for a single case.
 */
public final class DeviceScreening {
  private static final double PEAK = 790e12;
  private static final int RUNS = 7;

  /** Features, highest order, masks, milliseconds asked. */
  private static final int[][] CASES = {{64, 6, 4000, 5}, {256, 4, 4000, 8}, {1000, 4, 4000, 1200}};

  private DeviceScreening() {}

  /** Prints and reports a line a case. */
  public static void main(String[] args) {
    try (Backend backend = Backends.open(args.length > 0 ? args[0] : "cuda", 0).backend()) {
      if (args.length > 3) {
        int[] one = IntStream.range(0, 3).map(i -> Integer.parseInt(args[i + 1])).toArray();
        measure(backend, one[0], one[1], one[2], Double.NaN);
        return;
      }
      for (int[] one : CASES) {
        measure(backend, one[0], one[1], one[2], one[3]);
      }
    }
  }

  private static void measure(Backend backend, int features, int order, int rows, double asked) {
    Sets planted = ScreeningSpeed.planted(features, order);
    double[] seconds = new double[RUNS];
    try (Buffer masks = backend.sampling().uniform(1, 0, 0, rows, features)) {
      double[] y = ScreeningSpeed.values(masks, rows, features, planted);
      double sd = Math.sqrt(Arrays.stream(y).map(v -> v * v).sum() / rows);
      double z = NormalTail.quantile(0.025 / Screening.candidates(features, 1, order));
      Screening.Search search =
          new Screening.Search(
              IntStream.range(0, features).toArray(), 1, order, z * sd / Math.sqrt(rows), 1 << 20);
      try (Buffer values = backend.upload(HostBuffer.of(y))) {
        for (int run = -2; run < RUNS; run++) {
          long start = System.nanoTime();
          Screening.Hits hits =
              backend.screening().screen(masks, rows, features, values, 1, List.of(search)).get(0);
          seconds[Math.max(0, run)] = (System.nanoTime() - start) / 1e9;
          ScreeningSpeed.check(planted, hits);
        }
      }
    }
    double candidates = Screening.candidates(features, 1, order);
    double rate = 2 * candidates * rows / Measured.median(seconds);
    Measured measured =
        Measured.of("DeviceScreening", backend)
            .with("features", features)
            .with("order", order)
            .with("masks", rows)
            .with("candidates", candidates)
            .milliseconds("ms", seconds)
            .with("operations_per_second", Measured.rounded(rate))
            .with("share_of_790_tflops", Measured.rounded(rate / PEAK));
    if (!Double.isNaN(asked)) {
      measured.against("ms_median", Measured.median(seconds) * 1e3, asked);
    }
    measured.report();
  }
}
