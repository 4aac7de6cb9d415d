package dev.ablate.solve.screen;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ablate.backend.Joins;
import dev.ablate.backend.Sets;
import dev.ablate.backend.host.HostBackend;
import dev.ablate.code.Philox;
import dev.ablate.game.Values;
import dev.ablate.mask.Masks;
import dev.ablate.setting.Settings;
import dev.ablate.solve.Estimator;
import dev.ablate.solve.FitReport;
import dev.ablate.solve.Problem;
import dev.ablate.solve.SolverSettings;
import dev.ablate.spectrum.Spectrum;
import java.util.Arrays;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Sets beyond the orders that are tested in full. */
class SignSearchTest {
  private static final HostBackend HOST = new HostBackend();
  private static final int FEATURES = 150;

  @AfterAll
  static void close() {
    HOST.close();
  }

  private static Masks masks(int rows, long seed) {
    return new Masks(HOST.sampling().uniform(seed, 9, 0, rows, FEATURES), rows, FEATURES);
  }

  /** Sets of orders 3 to 5 that share few features, and noise. */
  private static Spectrum planted(int terms, Philox.Stream random) {
    TreeSet<int[]> sets = new TreeSet<>(Sets::compare);
    while (sets.size() < terms) {
      int[] some = Arrays.copyOf(random.permutation(FEATURES), 3 + random.nextInt(3));
      Arrays.sort(some);
      sets.add(some);
    }
    double[] coefficients = new double[terms];
    for (int s = 0; s < terms; s++) {
      coefficients[s] = (random.nextInt(2) == 0 ? 1 : -1) * (0.5 + random.nextDouble());
    }
    return new Spectrum(FEATURES, Sets.of(sets), coefficients);
  }

  private static double[] noisy(Spectrum truth, Masks masks, double noise, Philox.Stream random) {
    double[] values = truth.evaluate(masks);
    Arrays.setAll(values, r -> values[r] + noise * random.nextGaussian());
    return values;
  }

  /** Hundreds of millions of sets of order five, none of whose subsets does anything. */
  @Test
  void findsWhatNoFullSearchReaches() {
    Philox.Stream random = Philox.stream(3, 1);
    Spectrum truth = planted(20, random);
    Masks masks = masks(6_000, 3);
    // Work for pairs alone, and for some hundred keys.
    Settings settings =
        Settings.STANDARD
            .with(SolverSettings.SCREEN_ORDER, 2L)
            .with(SolverSettings.SCREEN_SECONDS, 2.0);
    double[] values = noisy(truth, masks, 0.3, random);
    try (Problem problem = Problem.of(masks, Values.of(values), HOST, 0)) {
      Estimator.Fitted fit =
          new ScreenEstimator(settings).estimate(problem, null).onAll(problem, new int[1]).get(0);
      assertEquals(truth.size() + 1, fit.spectrum().size(), "terms besides the constant");
      for (int s = 0; s < truth.size(); s++) {
        int at = fit.spectrum().indexOf(truth.sets().get(s));
        assertTrue(at >= 0, Arrays.toString(truth.sets().get(s)));
        assertEquals(truth.coefficient(s), fit.spectrum().coefficient(at), 0.03);
      }
      FitReport.Screening report = (FitReport.Screening) fit.report();
      assertEquals(2, report.ordersInFull());
      assertEquals(Joins.MOST_ORDER, report.ordersBySigns());
      assertTrue(report.signSearches() > 0 && report.setsJoined() > 0, report.toString());
    }
  }

  /**
   * What is not confirmed on all rows is looked for once more by other keys where few terms make up
   * what is left, and no further; in noise not even that. A search has what the one before left.
   */
  @ParameterizedTest
  @CsvSource({"5, 2", "0, 1"})
  void endsWhereNothingIsConfirmed(int terms, int draws) {
    Philox.Stream random = Philox.stream(4, 1);
    Masks masks = masks(2_000, 4);
    double[] values = noisy(planted(terms, random), masks, terms == 0 ? 1 : 0.1, random);
    try (Problem problem = Problem.of(masks, Values.of(values), HOST, 0)) {
      SignPlan plan = new SignPlan(512, 3, 5, 17, 24);
      OrderLimits limits = OrderLimits.ofAll(3, 5, FEATURES, 0.01);
      SignSearch search = new SignSearch(plan, 2, limits);
      assertNull(search.search(problem, sets -> null));
      assertEquals(1, search.searches());
      double each = Joins.lookups(FEATURES, 4, 5);
      assertEquals(draws * 24 * each, search.lookups());
      search.search(problem, sets -> sets.stream().anyMatch(s -> s.length > 3) ? sets : null);
      double before = search.lookups();
      assertNull(search.search(problem, sets -> null));
      int more = terms == 0 ? 0 : 24;
      assertTrue(search.lookups() > before + (24 + more) * each, "what was left counts too");
    }
  }

  /** Signs of noise suggest nothing that all rows bear out. */
  @Test
  void noiseIsSeldomTakenForTerms() {
    int wrong = 0;
    for (int seed = 0; seed < 20; seed++) {
      Philox.Stream random = Philox.stream(seed, 2);
      Masks masks = masks(1_000, seed);
      double[] values = new double[1_000];
      Arrays.setAll(values, r -> random.nextGaussian());
      try (Problem problem = Problem.of(masks, Values.of(values), HOST, seed)) {
        ScreenPlan pairs =
            ScreenPlan.of(
                FEATURES, 1_000, 1, 1, Settings.STANDARD.with(SolverSettings.SCREEN_ORDER, 2L));
        Screener screener = new Screener(problem, 0, pairs, new SignPlan(512, 3, 5, 17, 16));
        wrong += screener.run(Spectrum.zero(FEATURES)).spectrum().size() > 1 ? 1 : 0;
      }
    }
    // One expected of the full orders; six or more have a chance of one in ten thousand.
    assertTrue(wrong < 6, wrong + " of 20");
  }

  /** Orders that all rows were tested for are left to them. */
  @Test
  void plansByWork() {
    Settings settings = Settings.STANDARD;
    assertEquals(SignPlan.NONE, SignPlan.of(5, 40, 10_000, HOST, 1, settings));
    assertEquals(SignPlan.NONE, SignPlan.of(2, 40, 500, HOST, 1, settings));
    SignPlan plan = SignPlan.of(2, 512, 36_864, HOST, 1, settings);
    assertEquals(1_024, plan.rows());
    assertEquals(3, plan.tested());
    assertEquals(5, plan.joined());
    assertEquals(20, plan.bits());
    // Up to 32 outputs have the whole work, as in full searches; more share that of 32.
    for (int outputs : new int[] {2, 10, 32}) {
      assertEquals(plan, SignPlan.of(2, 512, 36_864, HOST, outputs, settings));
    }
    assertEquals(plan.keys() / 2, SignPlan.of(2, 512, 36_864, HOST, 64, settings).keys(), 1);
    SignPlan little =
        SignPlan.of(2, 512, 36_864, HOST, 1, settings.with(SolverSettings.SCREEN_SECONDS, 1e-3));
    assertTrue(little.joined() < 5 && little.tested() == 2, little.toString());
  }
}
