package dev.ablate.run;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ablate.backend.Backends;
import dev.ablate.backend.host.HostBackend;
import dev.ablate.code.InputException;
import dev.ablate.explanation.Explanation;
import dev.ablate.explanation.Fit;
import dev.ablate.explanation.R2Kind;
import dev.ablate.explanation.RoundsReport;
import dev.ablate.game.Budget;
import dev.ablate.game.Game;
import dev.ablate.game.PlantedGame;
import dev.ablate.game.Progress;
import dev.ablate.game.Values;
import dev.ablate.mask.Masks;
import dev.ablate.solve.Method;
import dev.ablate.spectrum.R2;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Masks spent in rounds: when it stops, on what, and that no mask is paid for twice. */
class RoundsTest {
  private static final HostBackend HOST = new HostBackend(2);
  private final Runner runner = new Runner(new Backends.Choice(HOST, "host: in a test"));

  @AfterAll
  static void close() {
    HOST.close();
  }

  /** A few features and two interactions: recovered from few masks. */
  private static double easy(boolean[] mask) {
    return (mask[0] ? 2 : 0) + (mask[1] && mask[2] ? 3 : 0) - (mask[3] ? 1 : 0);
  }

  /** A fair coin for each mask, the same every time: nothing to recover. */
  private static double coin(boolean[] mask) {
    return new Random(Arrays.hashCode(mask) * 7919L).nextGaussian();
  }

  private interface Value {
    double of(boolean[] mask);
  }

  private static Game game(int features, Value value, Set<String> asked) {
    return Game.of(
        features,
        masks -> {
          double[] values = new double[masks.count()];
          for (int m = 0; m < values.length; m++) {
            boolean[] row = masks.row(m);
            assertTrue(asked.add(Arrays.toString(row)), "a mask was evaluated twice");
            values[m] = value.of(row);
          }
          return values;
        });
  }

  private static RoundsReport rounds(Explanation explanation) {
    return explanation.provenance().report().rounds();
  }

  private static List<Long> sizes(Explanation explanation) {
    return rounds(explanation).rounds().stream().map(RoundsReport.Round::masks).toList();
  }

  @ParameterizedTest
  @ValueSource(strings = {"auto", "proxyspex"})
  void stopsWhereTheTargetIsReached(String method) {
    Set<String> asked = new HashSet<>();
    Request request = Request.standard().withMethod(Method.parse(method)).withTargetR2(0.9);
    Explanation explanation =
        runner.explain(game(20, RoundsTest::easy, asked), request, Progress.NONE);
    assertEquals("target reached", rounds(explanation).stopped());
    Fit fit = explanation.outputs().get(0).fit();
    assertTrue(fit.masks() < Budget.standard(20).masks() / 2, "masks: " + fit.masks());
    assertEquals(asked.size(), fit.evaluated());
    assertEquals(200, fit.r2Masks());
    assertEquals(R2Kind.HELD_OUT, fit.r2Kind());
    List<Long> sizes = sizes(explanation);
    assertEquals(fit.masks(), sizes.get(sizes.size() - 1));
    // Held-out masks and those of the last round: the ends and all before are among them.
    assertEquals(200 + fit.masks(), fit.evaluated());
    assertEquals(easy(row(20)), fit.all());
    assertEquals(0, fit.none());
    assertEquals(List.of(), explanation.provenance().report().notes());
  }

  private static boolean[] row(int features) {
    boolean[] row = new boolean[features];
    Arrays.fill(row, true);
    return row;
  }

  /** What a round fits is what a run with that budget fits at once. */
  @Test
  void theLastRoundIsARunOfThatBudget() {
    Game game = game(30, RoundsTest::easy, new HashSet<>());
    Explanation inRounds =
        runner.explain(game, Request.standard().withTargetR2(0.9), Progress.NONE);
    long masks = inRounds.outputs().get(0).fit().masks();
    Explanation atOnce =
        runner.explain(
            game(30, RoundsTest::easy, new HashSet<>()),
            Request.standard().withBudget(new Budget(masks)),
            Progress.NONE);
    assertEquals(atOnce.spectrum().size(), inRounds.spectrum().size());
    for (int i = 0; i < atOnce.spectrum().size(); i++) {
      assertArrayEquals(atOnce.spectrum().sets().get(i), inRounds.spectrum().sets().get(i));
      assertEquals(atOnce.spectrum().coefficient(i), inRounds.spectrum().coefficient(i));
    }
    assertEquals(atOnce.outputs().get(0).fit().r2(), inRounds.outputs().get(0).fit().r2());
  }

  @Test
  void neverAboveTheBudget() {
    Set<String> asked = new HashSet<>();
    Request request = Request.standard().withBudget(new Budget(333)).withTargetR2(0.9);
    Explanation explanation =
        runner.explain(game(20, RoundsTest::coin, asked), request, Progress.NONE);
    assertEquals("budget spent", rounds(explanation).stopped());
    assertEquals(333, explanation.outputs().get(0).fit().masks());
    assertEquals(333 + 200, asked.size());
    String notes = explanation.provenance().report().notes().toString();
    assertTrue(notes.contains("raise the budget"), notes);
  }

  /** Half of the variance can be explained, the rest is noise: more masks never help. */
  @Test
  void stopsWhereTheGainFlattens() {
    Set<String> asked = new HashSet<>();
    Request request = Request.standard().withBudget(new Budget(20_000)).withTargetR2(0.9);
    Explanation explanation =
        runner.explain(
            game(20, mask -> (mask[0] ? 2 : 0) + (mask[1] ? 2 : 0) + coin(mask), asked),
            request,
            Progress.NONE);
    assertEquals("gain flattened", rounds(explanation).stopped());
    assertTrue(asked.size() < 5000, "evaluated " + asked.size());
    // Two coins of variance 1 each, noise of variance 1.
    assertEquals(2 / 3.0, explanation.outputs().get(0).fit().r2(), 0.1);
  }

  /** Rounds first; where the estimate never suffices, the whole cube. */
  @ParameterizedTest
  @CsvSource({"8, 256", "10, 1024"})
  void exactOnlyWhereItIsNeeded(int features, int all) {
    Set<String> some = new HashSet<>();
    Request request = Request.standard().withBudget(new Budget(all)).withTargetR2(0.9);
    Explanation soon =
        runner.explain(game(features, RoundsTest::easy, some), request, Progress.NONE);
    assertEquals("target reached", rounds(soon).stopped());
    assertTrue(some.size() < all, "evaluated " + some.size());
    Set<String> every = new HashSet<>();
    Explanation late =
        runner.explain(game(features, RoundsTest::coin, every), request, Progress.NONE);
    assertEquals("exact", late.outputs().get(0).method().ran());
    assertEquals(all, every.size());
    Masks masks = Masks.exhaustive(features);
    double[] predicted = late.predict(masks);
    for (int m = 0; m < all; m++) {
      assertEquals(coin(masks.row(m)), predicted[m], 1e-9);
    }
  }

  @ParameterizedTest
  @CsvSource({"1, auto, exact", "1, proxyspex, exact", "3, auto, exact", "5, proxyspex, proxyspex"})
  void tooFewMasksForRoundsAreOneRound(int features, String method, String ran) {
    Set<String> asked = new HashSet<>();
    Value value = mask -> mask[0] ? 2 : 1;
    Explanation explanation =
        runner.explain(
            game(features, value, asked),
            Request.standard().withMethod(Method.parse(method)).withTargetR2(0.9),
            Progress.NONE);
    assertEquals(ran, explanation.outputs().get(0).method().ran());
    assertEquals(1, sizes(explanation).size());
    assertEquals(1 << features, asked.size());
  }

  /** One output is easy, the other noise: the target is reached when both reach it. */
  @Test
  void everyOutputMustReachTheTarget() {
    Game game =
        new Game() {
          @Override
          public int features() {
            return 20;
          }

          @Override
          public int outputs() {
            return 2;
          }

          @Override
          public void evaluate(Masks masks, Values out) {
            for (int m = 0; m < masks.count(); m++) {
              out.set(m, 0, easy(masks.row(m)));
              out.set(m, 1, coin(masks.row(m)));
            }
          }
        };
    Explanation explanation =
        runner.explain(
            game, Request.standard().withBudget(new Budget(300)).withTargetR2(0.9), Progress.NONE);
    assertEquals("budget spent", rounds(explanation).stopped());
    assertEquals(2, explanation.outputs().size());
    for (RoundsReport.Round round : rounds(explanation).rounds()) {
      assertEquals(2, round.r2().values().size());
      assertEquals(2, round.standardError().values().size());
    }
  }

  @Test
  void progressGrowsRoundByRound() {
    List<Long> expected = new ArrayList<>();
    long[] done = {0};
    Progress progress =
        new Progress() {
          @Override
          public void expect(long masks) {
            assertEquals(expected.isEmpty() ? 0 : expected.get(expected.size() - 1), done[0]);
            expected.add(masks);
          }

          @Override
          public void done(long masks) {
            done[0] += masks;
          }
        };
    Explanation explanation =
        runner.explain(
            game(20, RoundsTest::coin, new HashSet<>()),
            Request.standard().withBudget(new Budget(200)).withTargetR2(0.9),
            progress);
    assertEquals(sizes(explanation).size(), expected.size());
    assertEquals(400, done[0]);
    assertEquals(400, expected.get(expected.size() - 1));
  }

  @Test
  void whatCannotBeSpentInRoundsIsRefused() {
    Game game = Game.of(20, masks -> new double[masks.count()]);
    Request target = Request.standard().withTargetR2(0.9);
    assertRefused(game, target.withTestMasks(0), "test-masks 0");
    assertRefused(game, target.withMethod(Method.SPEX), "spex");
    assertRefused(game, target.withMethod(Method.EXACT), "exact");
    for (double bad : new double[] {0, 1, -1, Double.NaN}) {
      InputException e =
          assertThrows(InputException.class, () -> Request.standard().withTargetR2(bad));
      assertTrue(e.getMessage().contains("target-r2"), e.getMessage());
    }
  }

  private void assertRefused(Game game, Request request, String named) {
    InputException e =
        assertThrows(InputException.class, () -> runner.explain(game, request, Progress.NONE));
    assertTrue(e.getMessage().contains(named), e.getMessage());
  }

  /** The oracle is the spread of R² over many independent samples of a known game. */
  @Test
  void theStandardErrorOfR2IsItsSpread() {
    Random random = new Random(1);
    int samples = 4000;
    double[] r2 = new double[samples];
    double meanError = 0;
    for (int s = 0; s < samples; s++) {
      double[] values = new double[200];
      double[] predictions = new double[200];
      for (int i = 0; i < 200; i++) {
        predictions[i] = random.nextGaussian() * (random.nextInt(4) == 0 ? 3 : 1);
        values[i] = predictions[i] + 0.4 * random.nextGaussian() * (1 + Math.abs(predictions[i]));
      }
      r2[s] = R2.of(values, predictions);
      meanError += R2.standardError(values, predictions) / samples;
    }
    double mean = Arrays.stream(r2).average().orElseThrow();
    double spread =
        Math.sqrt(Arrays.stream(r2).map(v -> (v - mean) * (v - mean)).sum() / (samples - 1));
    assertEquals(1, meanError / spread, 0.1, "mean error " + meanError + ", spread " + spread);
  }

  /** Optional stopping: what is promised must hold on other masks, game after game. */
  @Test
  void reachedTargetsHoldOnOtherMasks() {
    int reached = 0;
    for (int seed = 0; seed < 6; seed++) {
      PlantedGame game = PlantedGame.random(24, 30, 3, 0, seed);
      Explanation explanation =
          runner.explain(
              game,
              // The promise is about stopping, whatever is fitted.
              Request.standard().withMethod(Method.SCREEN).withTargetR2(0.9).withSeed(seed),
              Progress.NONE);
      if (rounds(explanation).stopped().equals("target reached")) {
        reached++;
        Random random = new Random(seed);
        boolean[][] rows = new boolean[5000][24];
        for (boolean[] row : rows) {
          for (int i = 0; i < row.length; i++) {
            row[i] = random.nextBoolean();
          }
        }
        Masks masks = Masks.of(rows);
        double r2 = R2.of(game.truth().evaluate(masks), explanation.predict(masks));
        assertTrue(r2 >= 0.87, "seed " + seed + ": " + r2);
      }
    }
    assertTrue(reached >= 3, "only " + reached + " of 6 games reached the target");
  }
}
