package dev.ablate.solve;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import dev.ablate.backend.Sets;
import dev.ablate.backend.host.HostBackend;
import dev.ablate.code.Philox;
import dev.ablate.game.Values;
import dev.ablate.mask.Masks;
import dev.ablate.spectrum.Spectrum;
import java.util.Arrays;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A few parities have less of a fourth moment than noise and many parities. */
class FewTermsTest {
  private static final HostBackend HOST = new HostBackend();
  private static final int ROWS = 400;
  private static final int FEATURES = 40;

  @AfterAll
  static void close() {
    HOST.close();
  }

  private static boolean clear(long seed, int terms, double noise) {
    Philox.Stream random = Philox.stream(seed, 6);
    TreeSet<int[]> sets = new TreeSet<>(Sets::compare);
    while (sets.size() < terms) {
      int[] set = Arrays.copyOf(random.permutation(FEATURES), 5);
      Arrays.sort(set);
      sets.add(set);
    }
    double[] ones = new double[terms];
    Arrays.fill(ones, 1);
    Masks masks = new Masks(HOST.sampling().uniform(seed, 9, 0, ROWS, FEATURES), ROWS, FEATURES);
    double[] values = new Spectrum(FEATURES, Sets.of(sets), ones).evaluate(masks);
    Arrays.setAll(values, r -> values[r] + noise * random.nextGaussian());
    try (Problem problem = Problem.of(masks, Values.of(values), HOST, 0);
        Centred centred = problem.centred()) {
      return FewTerms.clear(centred.problem());
    }
  }

  @ParameterizedTest
  @CsvSource({"1, 0.3, 50", "2, 0.3, 50", "200, 0, 1", "0, 1, 1"})
  void fewTermsAreTold(int terms, double noise, int expected) {
    int told = 0;
    for (int seed = 0; seed < 50; seed++) {
      told += clear(seed, terms, noise) ? 1 : 0;
    }
    assertEquals(expected, told, expected == 1 ? 1 : 0);
  }

  @Test
  void nothingIsNoTerm() {
    assertFalse(clear(0, 0, 0));
  }
}
