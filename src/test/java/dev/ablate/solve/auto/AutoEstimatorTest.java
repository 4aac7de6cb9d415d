package dev.ablate.solve.auto;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ablate.backend.HostBuffer;
import dev.ablate.backend.host.HostBackend;
import dev.ablate.code.Philox;
import dev.ablate.game.PlantedGame;
import dev.ablate.game.Values;
import dev.ablate.mask.Design;
import dev.ablate.mask.Masks;
import dev.ablate.setting.Settings;
import dev.ablate.solve.FitReport;
import dev.ablate.solve.Samples;
import dev.ablate.solve.Solution;
import dev.ablate.solve.Solvers;
import dev.ablate.spectrum.R2;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;

/** Who wins, on games that are made for one or the other. */
class AutoEstimatorTest {
  private static final HostBackend HOST = new HostBackend();
  private static final int FEATURES = 24;

  @AfterAll
  static void close() {
    HOST.close();
  }

  private static Masks masks(int rows, long seed) {
    return new Masks(HOST.sampling().uniform(seed, 9, 0, rows, FEATURES), rows, FEATURES);
  }

  private static double[] planted(Masks masks) {
    Values out = Values.zeros(masks.count(), 1);
    PlantedGame.random(FEATURES, 8, 5, 0.2, 6).evaluate(masks, out);
    return out.column(0);
  }

  /** A sigmoid of a weighted sum: interactions of every order, none of them large. */
  private static double[] smooth(Masks masks) {
    double[] values = new double[masks.count()];
    for (int r = 0; r < values.length; r++) {
      double sum = 0;
      for (int i = 0; i < FEATURES; i++) {
        sum += masks.kept(r, i) ? 1.0 / (1 + i) : -1.0 / (1 + i);
      }
      values[r] = 1 / (1 + Math.exp(-2 * sum));
    }
    return values;
  }

  /** All pairs, none of which stands out, with a tenth of the energy of the planted terms. */
  private static double[] pairs(Masks masks) {
    double energy = Arrays.stream(planted(masks(2000, 4))).map(v -> v * v).average().orElseThrow();
    double each = Math.sqrt(0.1 * energy / (FEATURES * (FEATURES - 1) / 2));
    double[] values = new double[masks.count()];
    Philox.Stream random = Philox.stream(8, 1);
    for (int i = 0; i < FEATURES; i++) {
      for (int j = 0; j < i; j++) {
        double coefficient = random.nextGaussian() < 0 ? each : -each;
        for (int r = 0; r < values.length; r++) {
          values[r] += masks.kept(r, i) == masks.kept(r, j) ? coefficient : -coefficient;
        }
      }
    }
    return values;
  }

  private static List<Solution> solve(Masks masks, double[]... outputs) {
    double[] all = new double[masks.count() * outputs.length];
    for (int o = 0; o < outputs.length; o++) {
      for (int r = 0; r < masks.count(); r++) {
        all[r * outputs.length + o] = outputs[o][r];
      }
    }
    Values values = new Values(HostBuffer.of(all), masks.count(), outputs.length);
    Samples samples = new Samples(masks, values, new Design.Foreign(FEATURES, masks.count()));
    return Solvers.choose(Settings.STANDARD, samples).solve(samples, HOST, 0);
  }

  /** Outputs compete apart: each has its own winner, and constants and noise have none. */
  @Test
  void eachOutputHasItsWinner() {
    Masks masks = masks(600, 1);
    Philox.Stream random = Philox.stream(1, 1);
    double[] noise = new double[600];
    Arrays.setAll(noise, r -> random.nextGaussian());
    double[] constant = new double[600];
    Arrays.fill(constant, 3);
    double[] both = planted(masks);
    double[] small = pairs(masks);
    Arrays.setAll(both, r -> both[r] + small[r]);
    List<Solution> solutions = solve(masks, smooth(masks), planted(masks), constant, noise, both);
    assertEquals("gp", solutions.get(0).ran());
    assertEquals("screen", solutions.get(1).ran());
    assertEquals(9, solutions.get(1).spectrum().size());
    assertEquals(3, solutions.get(2).spectrum().coefficientOf());
    assertEquals("screen", solutions.get(3).ran());
    assertEquals(1, solutions.get(3).spectrum().size());
    for (Solution solution : solutions) {
      assertTrue(Double.isNaN(solution.heldOutR2()) || solution.heldOutR2() <= 1);
      if (solution.report() instanceof FitReport.Contest contest) {
        assertEquals(solution.spectrum().size(), solution.standardErrors().length);
        assertEquals(solution.spectrum().size(), solution.foundBy().size());
        double best = contest.heldOutR2().get(contest.chosen());
        assertEquals(solution.heldOutR2(), best, 1e-9);
        contest.heldOutR2().values().forEach(r2 -> assertTrue(r2 <= best));
      }
    }
    // Peaks on many small pairs: neither search alone carries both.
    FitReport.Contest last = (FitReport.Contest) solutions.get(4).report();
    assertTrue(last.heldOutR2().containsKey("screen+gp"), last.toString());
    Masks fresh = masks(2000, 2);
    double[] expected = planted(fresh);
    double[] more = pairs(fresh);
    Arrays.setAll(expected, r -> expected[r] + more[r]);
    double r2 = R2.of(expected, solutions.get(4).spectrum().evaluate(fresh));
    assertTrue(r2 > 0.9, "R2 " + r2);
  }

  @Test
  void theSameOutputAmongOthersIsSolvedAlike() {
    Masks masks = masks(400, 3);
    Solution alone = solve(masks, smooth(masks)).get(0);
    Solution among = solve(masks, planted(masks), smooth(masks)).get(1);
    assertEquals(alone.ran(), among.ran());
    assertEquals(alone.heldOutR2(), among.heldOutR2(), 1e-9);
  }

  @Test
  void fewMasksStillGiveAnAnswer() {
    for (int rows : new int[] {1, 2, 5, 9, 10, 12, 20}) {
      Masks masks = masks(rows, 5);
      Solution solution = solve(masks, smooth(masks)).get(0);
      assertTrue(Arrays.stream(solution.spectrum().evaluate(masks)).allMatch(Double::isFinite));
    }
  }
}
