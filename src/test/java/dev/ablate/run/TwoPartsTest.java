package dev.ablate.run;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ablate.backend.Backends;
import dev.ablate.backend.host.HostBackend;
import dev.ablate.explanation.Explanation;
import dev.ablate.explanation.RunReport;
import dev.ablate.game.Budget;
import dev.ablate.game.Evaluation;
import dev.ablate.game.Game;
import dev.ablate.game.Progress;
import dev.ablate.mask.Design;
import dev.ablate.solve.FitReport;
import dev.ablate.solve.Method;
import dev.ablate.solve.SolverSettings;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.function.ToDoubleFunction;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A budget with a coded part: when it is taken, what it costs, and that a journal knows it. */
class TwoPartsTest {
  private static final int FEATURES = 64;
  private static final int BUDGET = 2_400;
  private static final int TESTS = 200;
  // Sets of 7 and 8 of 64 features, which no search of sets comes to.
  private static final int[][] HIGH = {
    {0, 9, 17, 23, 31, 44, 60},
    {1, 2, 13, 27, 38, 41, 50, 63},
    {5, 11, 19, 22, 30, 47, 58},
    {3, 8, 14, 25, 36, 42, 51, 55},
    {4, 10, 20, 29, 33, 45, 62}
  };
  private static final HostBackend HOST = new HostBackend(2);
  private final Runner runner = new Runner(new Backends.Choice(HOST, "host: in a test"));

  @TempDir private Path folder;

  @AfterAll
  static void close() {
    HOST.close();
  }

  private static double sparse(boolean[] mask) {
    double value = 0.5 + (mask[7] ? 1 : -1);
    for (int s = 0; s < HIGH.length; s++) {
      int kept = 0;
      for (int i : HIGH[s]) {
        kept += mask[i] ? 1 : 0;
      }
      value += kept % 2 == 0 ? 1 + s / 10.0 : -1 - s / 10.0;
    }
    return value;
  }

  private static double easy(boolean[] mask) {
    return (mask[0] ? 2 : 0) + (mask[1] && mask[2] ? 3 : 0);
  }

  private static double coin(boolean[] mask) {
    return new Random(Arrays.hashCode(mask) * 7919L).nextGaussian();
  }

  /** A game that is never asked twice, and breaks off before more than so many masks. */
  private static Game game(ToDoubleFunction<boolean[]> value, Set<String> asked, int most) {
    return Game.of(
        FEATURES,
        masks -> {
          double[] values = new double[masks.count()];
          for (int m = 0; m < values.length; m++) {
            boolean[] row = masks.row(m);
            if (asked.size() >= most) {
              throw new CancellationException("stopped");
            }
            assertTrue(asked.add(Arrays.toString(row)), "a mask was asked twice");
            values[m] = value.applyAsDouble(row);
          }
          return values;
        });
  }

  private static Request request() {
    return Request.standard().withBudget(new Budget(BUDGET)).with(SolverSettings.SCREEN_ORDER, 2L);
  }

  private Explanation explain(
      ToDoubleFunction<boolean[]> value, Set<String> asked, int most, Request request) {
    return runner.explain(game(value, asked, most), request, Progress.NONE);
  }

  private static RunReport report(Explanation explanation) {
    return explanation.provenance().report();
  }

  private static void assertTruth(Explanation explanation) {
    assertEquals(HIGH.length + 2, explanation.spectrum().size());
    for (int s = 0; s < HIGH.length; s++) {
      int at = explanation.spectrum().indexOf(HIGH[s]);
      assertEquals(1 + s / 10.0, explanation.spectrum().coefficient(at), 1e-9);
    }
  }

  @Test
  void highOrdersAreDecodedFromACodedPart() {
    Set<String> asked = new HashSet<>();
    Explanation explanation = explain(TwoPartsTest::sparse, asked, Integer.MAX_VALUE, request());
    assertTruth(explanation);
    RunReport report = report(explanation);
    assertEquals("paired-uniform+coded", report.design());
    assertEquals(BUDGET, report.designMasks());
    assertTrue(asked.size() <= BUDGET + TESTS, "asked: " + asked.size());
    assertEquals(asked.size(), explanation.outputs().get(0).fit().evaluated());
    assertTrue(
        report.notes().stream().anyMatch(note -> note.startsWith("1368 of the 2400 masks")),
        report.notes().toString());
    FitReport.Contest contest = (FitReport.Contest) report.solver().first();
    FitReport.Stacked chosen = (FitReport.Stacked) contest.winner();
    FitReport.Spex spex = (FitReport.Spex) chosen.rest();
    assertEquals(List.of(3, 3, 8), List.of(spex.groups(), spex.b(), spex.t()));
    assertEquals(1, explanation.outputs().get(0).fit().r2(), 1e-9);
  }

  /** The masks are those of any other method of random masks. */
  @Test
  void whatScreeningFindsSpendsRandomMasks() {
    Set<String> asked = new HashSet<>();
    Set<String> plain = new HashSet<>();
    Explanation explanation = explain(TwoPartsTest::easy, asked, Integer.MAX_VALUE, request());
    explain(TwoPartsTest::easy, plain, Integer.MAX_VALUE, request().withMethod(Method.SCREEN));
    assertEquals(plain, asked);
    assertEquals("paired-uniform", report(explanation).design());
    assertEquals(BUDGET, explanation.outputs().get(0).fit().masks());
  }

  /** Noise costs a probe, which belongs to the budget. Nobody need solve it. */
  @Test
  void noiseIsTriedAndThenSpendsRandomMasks() {
    Set<String> asked = new HashSet<>();
    List<Evaluation> kept = new ArrayList<>();
    Game game = game(TwoPartsTest::coin, asked, Integer.MAX_VALUE);
    assertThrows(
        CancellationException.class,
        () ->
            runner.explain(
                game,
                request(),
                Progress.NONE,
                evaluation -> {
                  kept.add(evaluation);
                  if (kept.size() == 3) {
                    throw new CancellationException("evaluated");
                  }
                }));
    Evaluation last = kept.get(2);
    assertEquals("paired-uniform", last.design().kind());
    int fitted = last.fitted().masks().count();
    assertEquals(fitted, last.design().masks());
    assertTrue(fitted < BUDGET && fitted > 0.9 * BUDGET, "fitted: " + fitted);
    // The mask that keeps nothing is one of the probe's too.
    assertEquals(BUDGET + TESTS - 1, asked.size());
  }

  /** Killed in the first part, in the probe, and in the coded part. */
  @ParameterizedTest
  @ValueSource(ints = {700, 1_300, 2_000})
  void aJournalGoesOnAcrossTheSwitch(int killed) {
    Request kept = request().withJournal(folder.resolve("run.journal"));
    Set<String> asked = new HashSet<>();
    assertThrows(
        CancellationException.class, () -> explain(TwoPartsTest::sparse, asked, killed, kept));
    Set<String> again = new HashSet<>();
    Explanation resumed = explain(TwoPartsTest::sparse, again, Integer.MAX_VALUE, kept);
    Explanation atOnce =
        explain(TwoPartsTest::sparse, new HashSet<>(), Integer.MAX_VALUE, request());
    assertTrue(again.size() < BUDGET + TESTS - killed / 2, "asked again: " + again.size());
    assertEquals(atOnce.spectrum().size(), resumed.spectrum().size());
    for (int s = 0; s < atOnce.spectrum().size(); s++) {
      assertArrayEquals(atOnce.spectrum().sets().get(s), resumed.spectrum().sets().get(s));
      assertEquals(atOnce.spectrum().coefficient(s), resumed.spectrum().coefficient(s));
    }
    assertEquals(report(atOnce).design(), report(resumed).design());
  }

  /** What is handed on is what a table of the same design is solved from, and all of it. */
  @Test
  void theEvaluatedMasksAreATableOfTheirDesign() {
    List<Evaluation> kept = new ArrayList<>();
    Game game = game(TwoPartsTest::sparse, new HashSet<>(), Integer.MAX_VALUE);
    Explanation explanation = runner.explain(game, request(), Progress.NONE, kept::add);
    Evaluation last = kept.get(kept.size() - 1);
    Design.Joined design = (Design.Joined) last.design();
    assertEquals(BUDGET, last.fitted().masks().count());
    assertArrayEquals(Designs.masks(design, HOST).hostWords(), last.fitted().masks().hostWords());
    Table table =
        new Table(last.fitted().masks(), last.fitted().values(), design, game.featureNames());
    Explanation solved = runner.solve(table, null, request());
    assertTruth(solved);
    assertEquals("paired-uniform+coded", report(solved).design());
    assertEquals(explanation.spectrum().size(), solved.spectrum().size());
  }

  /** What an evaluation that breaks off in the second part had is handed on with the first. */
  @Test
  void nothingIsLostWhereTheSecondPartBreaksOff() {
    List<Evaluation> kept = new ArrayList<>();
    ToDoubleFunction<boolean[]> broken =
        mask -> mask[6] && !mask[7] && !mask[12] && !mask[15] && !mask[16] ? 1 : 0;
    Set<String> asked = new HashSet<>();
    int[] count = {0};
    Game game =
        game(
            mask ->
                ++count[0] > 2_000 && broken.applyAsDouble(mask) > 0 ? Double.NaN : sparse(mask),
            asked,
            Integer.MAX_VALUE);
    assertThrows(
        dev.ablate.code.InputException.class,
        () -> runner.explain(game, request(), Progress.NONE, kept::add));
    assertTrue(kept.get(kept.size() - 1).masks() > 2_000, "kept: " + kept);
  }
}
