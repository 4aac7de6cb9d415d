package dev.ablate.run;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ablate.backend.Backends;
import dev.ablate.backend.host.HostBackend;
import dev.ablate.code.InputException;
import dev.ablate.explanation.Explanation;
import dev.ablate.game.Budget;
import dev.ablate.game.Game;
import dev.ablate.game.Progress;
import dev.ablate.game.Values;
import dev.ablate.mask.Design;
import dev.ablate.mask.MaskSampling;
import dev.ablate.mask.Masks;
import dev.ablate.mask.UniformMasks;
import dev.ablate.solve.Method;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RunnerTest {
  private static final HostBackend HOST = new HostBackend(2);
  private final Runner runner = new Runner(new Backends.Choice(HOST, "host: in a test"));

  @AfterAll
  static void close() {
    HOST.close();
  }

  /** 1 + 2 x0 + 3 x1 x2 on whatever features there are. */
  private static double[] values(Masks masks) {
    double[] values = new double[masks.count()];
    for (int m = 0; m < values.length; m++) {
      values[m] = 1 + (masks.kept(m, 0) ? 2 : 0);
      if (masks.features() > 2) {
        values[m] += masks.kept(m, 1) && masks.kept(m, 2) ? 3 : 0;
      }
    }
    return values;
  }

  @ParameterizedTest
  @CsvSource({
    "1, auto, exact",
    "2, auto, exact",
    "5, auto, exact",
    "5, proxyspex, proxyspex",
    "20, auto, screen",
    "20, gp, gp",
    "20, spex, spex",
    "70, auto, screen"
  })
  void findsTheGame(int features, String method, String ran) {
    Explanation explanation =
        runner.explain(
            Game.of(features, RunnerTest::values),
            Request.standard()
                .withMethod(Method.parse(method))
                .withBudget(budget(features, method)),
            Progress.NONE);
    assertEquals(ran, explanation.outputs().get(0).method().ran());
    double[] truth = values(Masks.all(features));
    assertEquals(truth[0], explanation.predict(Masks.all(features))[0], 0.05);
    assertEquals(1, explanation.predict(Masks.none(1, features))[0], 0.05);
    assertEquals(truth[0], explanation.outputs().get(0).fit().all());
    assertEquals(1, explanation.outputs().get(0).fit().none());
    assertTrue(explanation.outputs().get(0).fit().r2() > 0.999);
  }

  private static Budget budget(int features, String method) {
    return method.equals("spex") ? new Budget(1000) : null;
  }

  @Test
  void equalMasksAreEvaluatedOnceAndHeldOutMasksAreFresh() {
    Set<String> seen = new HashSet<>();
    List<String> twice = new ArrayList<>();
    Game game =
        Game.of(
            12,
            masks -> {
              for (boolean[] row : masks.toArray()) {
                String mask = Arrays.toString(row);
                if (!seen.add(mask)) {
                  twice.add(mask);
                }
              }
              return values(masks);
            });
    Explanation explanation =
        runner.explain(
            game,
            Request.standard().withMethod(Method.SPEX).withBudget(new Budget(1100)),
            Progress.NONE);
    assertEquals(List.of(), twice);
    assertEquals(seen.size(), explanation.outputs().get(0).fit().evaluated());
  }

  @Test
  void valuesThatAreNotFiniteNameTheirMask() {
    Game game =
        Game.of(
            List.of("never", "fails", "to"),
            masks -> {
              double[] values = values(masks);
              for (int m = 0; m < values.length; m++) {
                if (masks.kept(m, 0) && !masks.kept(m, 1) && masks.kept(m, 2)) {
                  values[m] = Double.NaN;
                }
              }
              return values;
            });
    InputException failure =
        assertThrows(
            InputException.class, () -> runner.explain(game, Request.standard(), Progress.NONE));
    assertTrue(failure.getMessage().contains("never, to"), failure.getMessage());
  }

  @Test
  void severalOutputsGetTheirOwnSpectra() {
    Game game =
        new Game() {
          @Override
          public int features() {
            return 6;
          }

          @Override
          public int outputs() {
            return 2;
          }

          @Override
          public void evaluate(Masks masks, Values out) {
            double[] one = values(masks);
            for (int m = 0; m < one.length; m++) {
              out.set(m, 0, one[m]);
              out.set(m, 1, -2 * one[m]);
            }
          }
        };
    for (String method : List.of("exact", "proxyspex")) {
      Explanation explanation =
          runner.explain(game, Request.standard().withMethod(Method.parse(method)), Progress.NONE);
      assertEquals(2, explanation.outputs().size());
      assertEquals(
          -2 * explanation.outputs().get(0).spectrum().coefficientOf(0),
          explanation.outputs().get(1).spectrum().coefficientOf(0),
          0.01);
    }
  }

  @Test
  void progressReachesItsTotal() {
    long[] seen = new long[2];
    runner.explain(
        Game.of(20, RunnerTest::values),
        Request.standard(),
        new Progress() {
          @Override
          public void expect(long masks) {
            seen[0] = masks;
          }

          @Override
          public void done(long masks) {
            seen[1] += masks;
          }
        });
    assertTrue(seen[0] > 200, "expected " + seen[0]);
    assertEquals(seen[0], seen[1]);
  }

  @Test
  void repeatedRowsAreAveraged() {
    Masks masks = Masks.exhaustive(2).select(new int[] {0, 1, 1, 2, 3});
    Table table =
        new Table(
            masks,
            Values.of(new double[] {0, 1, 3, 5, 7}),
            new Design.Foreign(2, 5),
            List.of("a", "b"));
    Explanation explanation = runner.solve(table, null, Request.standard());
    double[] predicted = explanation.predict(Masks.exhaustive(2));
    assertEquals(0, predicted[0], 1e-12);
    assertEquals(2, predicted[1], 1e-12);
    assertEquals(5, predicted[2], 1e-12);
    assertEquals(7, predicted[3], 1e-12);
  }

  @Test
  void masksThatAreNotUniformAreNoticed() {
    Masks uniform = UniformMasks.draw(HOST.sampling(), 20, 500, 1, UniformMasks.Use.FIT, null);
    assertEquals(MaskSampling.UNIFORM, table(uniform).looks());
    assertEquals(MaskSampling.UNIFORM, table(Masks.exhaustive(5)).looks());
    boolean[][] mostly = uniform.toArray();
    for (boolean[] row : mostly) {
      row[3] |= row[4];
    }
    assertNull(table(Masks.of(mostly)).looks());
    boolean[][] extremes = new boolean[500][20];
    for (int r = 0; r < 500; r++) {
      boolean keep = r % 2 == 0;
      int odd = r % 20;
      Arrays.fill(extremes[r], keep);
      extremes[r][odd] = !keep;
    }
    assertEquals(MaskSampling.SIZE, table(Masks.of(extremes)).looks());
  }

  static Table table(Masks masks) {
    return new Table(
        masks,
        Values.zeros(masks.count(), 1),
        new Design.Foreign(masks.features(), masks.count()),
        IntStream.range(0, masks.features()).mapToObj(Integer::toString).toList());
  }

  /** Fits would square them to infinity or to 0; the exact transform does not. */
  @ParameterizedTest
  @CsvSource({"1e300, proxyspex", "1e300, spex", "1e-300, proxyspex", "1e-320, spex"})
  void valuesWhoseSquaresAreNoDoubleAreRefused(double scale, String method) {
    Game game = Game.of(20, masks -> Arrays.stream(values(masks)).map(v -> v * scale).toArray());
    Request request = Request.standard().withMethod(Method.parse(method));
    InputException e =
        assertThrows(InputException.class, () -> runner.explain(game, request, Progress.NONE));
    assertTrue(e.getMessage().contains("scale the values"), e.getMessage());
    Game small = Game.of(5, masks -> Arrays.stream(values(masks)).map(v -> v * scale).toArray());
    assertEquals(
        "exact",
        runner.explain(small, Request.standard(), Progress.NONE).outputs().get(0).method().ran());
  }
}
