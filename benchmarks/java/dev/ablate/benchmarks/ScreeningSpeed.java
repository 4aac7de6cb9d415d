package dev.ablate.benchmarks;

import dev.ablate.backend.Backend;
import dev.ablate.backend.Backends;
import dev.ablate.backend.Buffer;
import dev.ablate.backend.HostBuffer;
import dev.ablate.backend.Screening;
import dev.ablate.backend.Sets;
import dev.ablate.code.Philox;
import dev.ablate.mask.Masks;
import dev.ablate.spectrum.Spectrum;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;

/**
 * How long one search of all orders takes, and whether it finds planted terms.
 *
 * <p>Arguments: features, highest order, masks and, if wanted, a backend (default host).
 */
public final class ScreeningSpeed {
  private static final int TERMS = 6;
  private static final int RUNS = 5;

  private ScreeningSpeed() {}

  /** Prints a line. */
  public static void main(String[] args) {
    if (args.length < 3) {
      System.out.println("arguments: features, highest order, masks[, backend]");
      return;
    }
    int features = Integer.parseInt(args[0]);
    int order = Integer.parseInt(args[1]);
    int rows = Integer.parseInt(args[2]);
    try (Backend backend = Backends.open(args.length > 3 ? args[3] : "host", 0).backend();
        Buffer masks = backend.sampling().uniform(1, 0, 0, rows, features)) {
      Sets planted = planted(features, order);
      double[] y = values(masks, rows, features, planted);
      double sd = Math.sqrt(Arrays.stream(y).map(v -> v * v).sum() / rows);
      double[] seconds = new double[RUNS];
      Screening.Search search =
          new Screening.Search(
              IntStream.range(0, features).toArray(),
              1,
              order,
              5.5 * sd / Math.sqrt(rows),
              Integer.MAX_VALUE);
      long found = 0;
      try (Buffer values = backend.upload(HostBuffer.of(y))) {
        for (int run = -1; run < RUNS; run++) {
          long start = System.nanoTime();
          Screening.Hits hits =
              backend.screening().screen(masks, rows, features, values, 1, List.of(search)).get(0);
          seconds[Math.max(0, run)] = (System.nanoTime() - start) / 1e9;
          check(planted, hits);
          found = hits.found();
        }
      }
      Arrays.sort(seconds);
      double candidates = Screening.candidates(features, 1, order);
      System.out.printf(
          "%s: %d features, order <= %d, %d masks: %.4g candidates, median %.4f s (%.4f to %.4f)"
              + " of %d, %.3g candidate-masks/s, all %d planted terms among %d hits%n",
          backend.device(),
          features,
          order,
          rows,
          candidates,
          seconds[RUNS / 2],
          seconds[0],
          seconds[RUNS - 1],
          RUNS,
          candidates * rows / seconds[RUNS / 2],
          planted.size(),
          found);
    }
  }

  static Sets planted(int features, int order) {
    SplittableRandom random = new SplittableRandom(7);
    List<int[]> sets = new ArrayList<>();
    for (int t = 0; t < TERMS; t++) {
      int size = 1 + t % Math.min(order, features);
      sets.add(random.ints(0, features).distinct().limit(size).toArray());
    }
    return Sets.of(sets);
  }

  /** Equal terms and as much noise; the mean is taken off. */
  static double[] values(Buffer masks, int rows, int features, Sets planted) {
    Spectrum sum = Spectrum.zero(features);
    for (int t = 0; t < planted.size(); t++) {
      sum = sum.plus(new Spectrum(features, Sets.of(List.of(planted.get(t))), new double[] {1}));
    }
    double[] y = sum.evaluate(new Masks(masks.toHost(), rows, features));
    Philox.Stream random = Philox.stream(3, 3);
    for (int r = 0; r < rows; r++) {
      y[r] += random.nextGaussian();
    }
    double mean = Arrays.stream(y).average().orElseThrow();
    return Arrays.stream(y).map(v -> v - mean).toArray();
  }

  static void check(Sets planted, Screening.Hits hits) {
    for (int t = 0; t < planted.size(); t++) {
      int[] set = planted.get(t);
      boolean there =
          IntStream.range(0, hits.sets().size())
              .anyMatch(h -> Arrays.equals(set, hits.sets().get(h)));
      if (!there) {
        throw new IllegalStateException("missed " + Arrays.toString(set));
      }
    }
  }
}
