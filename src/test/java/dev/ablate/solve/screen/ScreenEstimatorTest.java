package dev.ablate.solve.screen;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ablate.backend.Sets;
import dev.ablate.backend.host.HostBackend;
import dev.ablate.code.Philox;
import dev.ablate.game.PlantedGame;
import dev.ablate.game.Values;
import dev.ablate.mask.Design;
import dev.ablate.mask.MaskSampling;
import dev.ablate.mask.Masks;
import dev.ablate.mask.PairedMasks;
import dev.ablate.setting.Settings;
import dev.ablate.solve.Estimator;
import dev.ablate.solve.EstimatorSolver;
import dev.ablate.solve.FitReport;
import dev.ablate.solve.Method;
import dev.ablate.solve.Problem;
import dev.ablate.solve.Samples;
import dev.ablate.solve.Solution;
import dev.ablate.solve.SolverSettings;
import dev.ablate.spectrum.Spectrum;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.TreeSet;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** Planted terms, noise, and the edges. */
class ScreenEstimatorTest {
  private static final HostBackend HOST = new HostBackend();

  @AfterAll
  static void close() {
    HOST.close();
  }

  private static Masks masks(int rows, int features, long seed) {
    return new Masks(HOST.sampling().uniform(seed, 9, 0, rows, features), rows, features);
  }

  private static Solution solve(Settings settings, Masks masks, double[] values) {
    Design design = new Design.Foreign(masks.features(), masks.count());
    return new EstimatorSolver(Method.SCREEN, new ScreenEstimator(settings))
        .solve(new Samples(masks, Values.of(values), design), HOST, 0)
        .get(0);
  }

  /** Where a search costs nothing, other rows say for themselves which terms there are. */
  @Test
  void otherRowsOfFewFeaturesAreSearchedAgain() {
    Masks masks = masks(200, 12, 4);
    double[] values = new double[200];
    double[] others = new double[200];
    for (int m = 0; m < values.length; m++) {
      values[m] = masks.kept(m, 2) == masks.kept(m, 7) ? 1 : -1;
      others[m] = masks.kept(m, 5) ? 3 : -3;
    }
    Design design = new Design.Foreign(12, 200);
    ScreenEstimator estimator = new ScreenEstimator(Settings.STANDARD);
    try (Problem all = Problem.of(new Samples(masks, Values.of(values), design), HOST, 0);
        Problem other = Problem.of(new Samples(masks, Values.of(others), design), HOST, 0)) {
      Estimator.Fitted fit = estimator.estimate(all, null).onAll(all, new int[1]).get(0);
      assertArrayEquals(values, fit.function().at(masks, HOST), 1e-9);
      assertArrayEquals(others, fit.again(other).at(masks, HOST), 1e-9);
    }
  }

  /** Sets none of whose subsets does anything, as trees never find them. */
  @Test
  void findsPeaksOfOrderFive() {
    int features = 30;
    Sets sets =
        Sets.of(
            List.of(
                new int[] {0, 7, 11, 20, 29},
                new int[] {1, 2, 3, 4, 5},
                new int[] {6, 8, 28},
                new int[] {9, 10, 12, 13}));
    double[] coefficients = {0.7, -0.4, 0.5, 0.3};
    Spectrum truth = new Spectrum(features, sets, coefficients);
    Masks masks = masks(700, features, 2);
    Philox.Stream random = Philox.stream(2, 2);
    double[] values = truth.evaluate(masks);
    Arrays.setAll(values, r -> values[r] + 0.2 * random.nextGaussian());
    Solution solution = solve(Settings.STANDARD, masks, values);
    assertEquals(5, solution.spectrum().size());
    for (int s = 0; s < sets.size(); s++) {
      int at = solution.spectrum().indexOf(sets.get(s));
      assertTrue(at >= 0, Arrays.toString(sets.get(s)));
      double error = solution.standardErrors()[at];
      // Nearly orthogonal columns: the error of a mean of 700 values.
      assertEquals(0.2 / Math.sqrt(700), error, 0.001);
      assertEquals(coefficients[s], solution.spectrum().coefficient(at), 4 * error);
      assertEquals(List.of("screen"), solution.foundBy().get(at));
    }
    assertTrue(solution.heldOutR2() > 0.9, "" + solution.heldOutR2());
  }

  /**
   * In pure noise a pass finds anything with a probability of 0.05 at most; a solve makes two, on
   * four fifths of the masks and on all, which mostly err together.
   */
  @Test
  void noiseIsSeldomTakenForTerms() {
    int games = 300;
    int wrong = 0;
    for (int seed = 0; seed < games; seed++) {
      Philox.Stream random = Philox.stream(seed, 1);
      double[] y = IntStream.range(0, 200).mapToDouble(r -> random.nextGaussian()).toArray();
      wrong += solve(Settings.STANDARD, masks(200, 14, seed), y).spectrum().size() > 1 ? 1 : 0;
    }
    // Three standard deviations above 0.05.
    assertTrue(wrong <= games * 0.05 + 3 * Math.sqrt(games * 0.05 * 0.95), wrong + " of " + games);
  }

  /** The same of masks in pairs, whatever their sizes. */
  @ParameterizedTest
  @EnumSource(MaskSampling.class)
  void noiseOnPairsIsSeldomTakenForTerms(MaskSampling sampling) {
    int games = 200;
    int wrong = 0;
    for (int seed = 0; seed < games; seed++) {
      Philox.Stream random = Philox.stream(seed, 1);
      double[] y = IntStream.range(0, 200).mapToDouble(r -> random.nextGaussian()).toArray();
      Design.Paired design = new Design.Paired(sampling, 14, 200, seed);
      Samples samples = new Samples(PairedMasks.draw(HOST, design, null), Values.of(y), design);
      Solution solution =
          new EstimatorSolver(Method.SCREEN, new ScreenEstimator(Settings.STANDARD))
              .solve(samples, HOST, 0)
              .get(0);
      wrong += solution.spectrum().size() > 1 ? 1 : 0;
    }
    // Three standard deviations above 0.05.
    assertTrue(wrong <= games * 0.05 + 3 * Math.sqrt(games * 0.05 * 0.95), wrong + " of " + games);
  }

  @Test
  void ordersInFullAreThoseAskedFor() {
    Settings second = Settings.STANDARD.with(SolverSettings.SCREEN_ORDER, 2L);
    PlantedGame game = PlantedGame.random(20, 5, 2, 0.1, 2);
    Masks masks = masks(300, 20, 2);
    Values values = Values.zeros(300, 1);
    game.evaluate(masks, values);
    Solution solution = solve(second, masks, values.column(0));
    assertEquals(2, ((FitReport.Screening) solution.report()).ordersInFull());
    assertEquals(5 + 1, solution.spectrum().size());
  }

  @Test
  void planFollowsTheWorkLimit() {
    Settings settings = Settings.STANDARD;
    int before = 0;
    for (double rate = 1e6; rate < 1e16; rate *= 10) {
      ScreenPlan plan = ScreenPlan.of(64, 4000, rate, settings);
      assertTrue(plan.fullOrder() >= Math.max(1, before));
      before = plan.fullOrder();
      if (plan.fullOrder() > 2) {
        double limit = Math.max(1e5, rate * settings.get(SolverSettings.SCREEN_SECONDS) / 4000);
        assertTrue(plan.fullCandidates() <= limit);
      }
    }
    assertEquals(6, before);
    assertEquals(3, ScreenPlan.of(3, 100, 1e12, settings).fullOrder());
  }

  /**
   * A first search of many outputs is a share of one for all, whatever the machine; those that it
   * leaves open share what 32 alone have.
   */
  @Test
  void manyOutputsShareTheWork() {
    Settings settings = Settings.STANDARD;
    ScreenPlan few = ScreenPlan.of(30, 294, 1e11, 32, settings);
    assertEquals(ScreenPlan.of(30, 294, 1e11, settings), few);
    for (int outputs : new int[] {33, 100, 1_000, 10_000}) {
      ScreenPlan plan = ScreenPlan.first(30, outputs, settings);
      double all = 0;
      for (int order = 1; order <= plan.maxOrder(); order++) {
        all += plan.candidates(order, 30);
      }
      assertTrue(all <= Math.max(60_000, 3.3e7 / outputs), outputs + " outputs: " + all);
      assertTrue(plan.fullOrder() >= 4);
      assertTrue(outputs < 300 || plan.isLess(few), "order 5 takes a second search");
      ScreenPlan second = ScreenPlan.of(30, 294, 1e11, outputs, settings);
      assertEquals(outputs > 2_000 ? 5 : 6, second.fullOrder(), outputs + " outputs");
    }
  }

  /**
   * Of many outputs those that may be sparse have the search of one alone where the first leaves
   * them open: parities of order five on features that do nothing else. Those that many small terms
   * make up have the first search only.
   */
  @Test
  void sparseOutputsOfManyAreSearchedAgain() {
    int features = 24;
    int outputs = 40;
    int rows = 160;
    Masks masks = masks(rows, features, 5);
    Philox.Stream random = Philox.stream(5, 3);
    Spectrum[] truth = new Spectrum[outputs];
    Values values = Values.zeros(rows, outputs);
    for (int o = 0; o < outputs; o++) {
      truth[o] = o % 2 == 0 ? withOrderFive(features, random) : smooth(features, random);
      double[] of = truth[o].evaluate(masks);
      for (int r = 0; r < rows; r++) {
        values.set(r, o, of[r] + 0.1 * random.nextGaussian());
      }
    }
    Settings settings = Settings.STANDARD.with(SolverSettings.SCREEN_SECONDS, 0.05);
    ScreenPlan first = ScreenPlan.first(features, outputs, settings);
    assertEquals(4, first.fullOrder());
    List<Solution> found =
        new EstimatorSolver(Method.SCREEN, new ScreenEstimator(settings))
            .solve(new Samples(masks, values, new Design.Foreign(features, rows)), HOST, 0);
    int searched = 0;
    int spurious = 0;
    for (int o = 0; o < outputs; o++) {
      int full = ((FitReport.Screening) found.get(o).report()).ordersInFull();
      if (o % 2 == 0) {
        for (int s = 0; s < truth[o].size(); s++) {
          assertTrue(found.get(o).spectrum().indexOf(truth[o].sets().get(s)) >= 0, "output " + o);
        }
        spurious += found.get(o).spectrum().size() - truth[o].size() - 1;
        assertEquals(6, full);
      } else {
        searched += full > 4 ? 1 : 0;
      }
    }
    // One is expected of twenty passes over noise; six or more have a chance of one in a thousand.
    assertTrue(spurious < 6, spurious + " spurious terms");
    assertTrue(searched <= 4, searched + " of 20 dense outputs were searched again");
  }

  /** A feature, a pair, and a parity of order five. */
  private static Spectrum withOrderFive(int features, Philox.Stream random) {
    int[] some = random.permutation(features);
    List<int[]> sets =
        List.of(
            new int[] {some[0]}, Arrays.copyOfRange(some, 1, 3), Arrays.copyOfRange(some, 3, 8));
    sets.forEach(Arrays::sort);
    return new Spectrum(features, Sets.of(sorted(sets)), new double[] {1, -1, 1});
  }

  /** Small coefficients of all features and pairs. */
  private static Spectrum smooth(int features, Philox.Stream random) {
    List<int[]> sets = new ArrayList<>();
    for (int i = 0; i < features; i++) {
      sets.add(new int[] {i});
      for (int j = i + 1; j < features; j++) {
        sets.add(new int[] {i, j});
      }
    }
    double[] coefficients = new double[sets.size()];
    TreeSet<int[]> sorted = sorted(sets);
    int s = 0;
    for (int[] set : sorted) {
      coefficients[s++] = random.nextGaussian() * (set.length == 1 ? 1 : 0.25);
    }
    return new Spectrum(features, Sets.of(sorted), coefficients);
  }

  private static TreeSet<int[]> sorted(List<int[]> sets) {
    TreeSet<int[]> sorted = new TreeSet<>(Sets::compare);
    sorted.addAll(sets);
    return sorted;
  }

  /** Where outputs are so many that an order is left out, a line says so. */
  @Test
  void whatSharingLeavesOutIsSaid() {
    int features = 40;
    Masks masks = masks(100, features, 5);
    try (Problem one = Problem.of(masks, Values.of(new double[100]), HOST, 0)) {
      assertEquals(List.of(), new Share(32, false).notes(one, Settings.STANDARD));
      assertEquals(List.of(), new Share(5_000, true).notes(one, Settings.STANDARD));
      List<String> notes = new Share(5_000, false).notes(one, Settings.STANDARD);
      assertEquals(1, notes.size());
      assertTrue(notes.get(0).contains("5000 outputs"), notes.get(0));
      assertTrue(notes.get(0).contains("up to 4 "), notes.get(0));
      assertTrue(notes.get(0).contains("up to 6;"), notes.get(0));
    }
  }

  @ParameterizedTest
  @CsvSource({"20,64", "20,1", "3,5", "60,10000", "1500,3"})
  void nothingBreaksAtTheEdges(int rows, int features) {
    Masks masks = masks(rows, features, 11);
    double[] values = new double[rows];
    Arrays.setAll(values, r -> masks.kept(r, 0) ? 1 : 2);
    Solution solution = solve(Settings.STANDARD, masks, values);
    assertTrue(Arrays.stream(solution.spectrum().evaluate(masks)).allMatch(Double::isFinite));
    if (rows > 100) {
      assertArrayEquals(values, solution.spectrum().evaluate(masks), 1e-9);
    }
  }
}
