package dev.ablate.solve.proxyspex;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ablate.backend.HostBuffer;
import dev.ablate.backend.Sets;
import dev.ablate.backend.host.HostBackend;
import dev.ablate.game.Values;
import dev.ablate.mask.Masks;
import dev.ablate.solve.Problem;
import dev.ablate.spectrum.SetTable;
import dev.ablate.spectrum.Spectrum;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class ActiveScreeningTest {
  private static final int FEATURES = 40;
  private static final int ROWS = 3_000;
  private static final int MOST = 1_000;

  @Test
  void theStrongestOfVeryManyHitsAreKept() {
    // Where nearly all features are kept, parities of sets that share features hardly differ.
    long[] masks = new long[ROWS];
    Random random = new Random(1);
    for (int r = 0; r < ROWS; r++) {
      for (int f = 0; f < FEATURES; f++) {
        masks[r] |= random.nextDouble() < 0.95 ? 1L << f : 0;
      }
    }
    double[] values = new double[ROWS];
    Arrays.setAll(values, r -> parity(masks[r], new int[] {0, 1}));
    double mean = Arrays.stream(values).average().orElseThrow();
    Arrays.setAll(values, r -> values[r] - mean);
    Spectrum fit =
        new Spectrum(
            FEATURES,
            Sets.of(IntStream.range(0, FEATURES).mapToObj(f -> new int[] {f}).toList()),
            IntStream.range(0, FEATURES).mapToDouble(f -> 1.0 / (f + 1)).toArray());
    try (HostBackend backend = new HostBackend(1);
        Problem rest =
            Problem.of(
                new Masks(HostBuffer.of(masks), ROWS, FEATURES), Values.of(values), backend, 0)) {
      Spectrum hits = ActiveScreening.hits(rest, fit, fit.sets(), MOST);
      assertEquals(MOST, hits.size());
      SetTable found = new SetTable(hits.sets());
      double least = Arrays.stream(hits.coefficients()).map(Math::abs).min().orElseThrow();
      int stronger = 0;
      for (int[] pair : pairs()) {
        double sum = 0;
        for (int r = 0; r < ROWS; r++) {
          sum += values[r] * parity(masks[r], pair);
        }
        if (Math.abs(sum / ROWS) > least * (1 + 1e-9)) {
          stronger++;
          assertTrue(found.find(pair, 0, 2) >= 0, Arrays.toString(pair));
        }
      }
      assertTrue(stronger > 0, "no pair is among the strongest, so nothing was checked");
    }
  }

  private static List<int[]> pairs() {
    return IntStream.range(0, FEATURES)
        .boxed()
        .flatMap(i -> IntStream.range(i + 1, FEATURES).mapToObj(j -> new int[] {i, j}))
        .toList();
  }

  private static int parity(long mask, int[] set) {
    int sign = 1;
    for (int f : set) {
      sign = (mask >>> f & 1) == 0 ? sign : -sign;
    }
    return sign;
  }
}
