package dev.ablate.run;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ablate.backend.Backends;
import dev.ablate.backend.host.HostBackend;
import dev.ablate.explanation.Explanation;
import dev.ablate.explanation.Interaction;
import dev.ablate.explanation.Output;
import dev.ablate.explanation.R2Kind;
import dev.ablate.game.Values;
import dev.ablate.index.Index;
import dev.ablate.mask.Design;
import dev.ablate.mask.Masks;
import dev.ablate.solve.Method;
import dev.ablate.solve.SolverSettings;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.function.ToDoubleFunction;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Features whose columns are equal, opposite or the same all through. */
class AliasesTest {
  private static final HostBackend HOST = new HostBackend(2);
  private final Runner runner = new Runner(new Backends.Choice(HOST, "host: in a test"));

  private static Request request(String method) {
    return Request.standard()
        .withMethod(Method.parse(method))
        .with(RunSettings.INDEX, Index.BII)
        .with(RunSettings.ORDER, 2L)
        .with(SolverSettings.SCREEN_SECONDS, 0.01);
  }

  @AfterAll
  static void close() {
    HOST.close();
  }

  /** The notes about features; others may speak of settings. */
  private static List<String> aliases(Explanation explanation) {
    return explanation.provenance().report().notes().stream()
        .filter(note -> note.startsWith("feature"))
        .toList();
  }

  private static boolean[][] rows(int rows, int features) {
    Random random = new Random(3);
    boolean[][] masks = new boolean[rows][features];
    for (boolean[] row : masks) {
      for (int i = 0; i < features; i++) {
        row[i] = random.nextBoolean();
      }
      row[1] = row[0];
    }
    return masks;
  }

  private static Table table(boolean[][] rows, ToDoubleFunction<boolean[]> game) {
    double[] values = new double[rows.length];
    for (int r = 0; r < rows.length; r++) {
      values[r] = game.applyAsDouble(rows[r]);
    }
    int n = rows[0].length;
    return new Table(
        Masks.of(rows),
        Values.of(values),
        new Design.Foreign(n, rows.length),
        IntStream.range(0, n).mapToObj(Integer::toString).toList());
  }

  /** 1 + 2 x0 + 3 x0 x2 - 1.5 x3. */
  private static double game(boolean[] row) {
    return 1 + (row[0] ? 2 : 0) + (row[0] && row[2] ? 3 : 0) - (row[3] ? 1.5 : 0);
  }

  private static void assertValue(Output output, double value, int... set) {
    for (Interaction interaction : output.interactions(Index.MOEBIUS, 4).values()) {
      if (Arrays.equals(interaction.features(), set)) {
        assertEquals(value, interaction.value(), 1e-9);
        return;
      }
    }
    throw new AssertionError("no set " + Arrays.toString(set));
  }

  @ParameterizedTest
  @ValueSource(strings = {"auto", "screen", "gp", "proxyspex"})
  void theSimplestAnswerIsGivenAndSaid(String method) {
    Table table = table(rows(60, 4), AliasesTest::game);
    Explanation explanation = runner.solve(table, null, request(method));
    Output output = explanation.outputs().get(0);
    assertEquals(
        "features 0 and 1 are the same in every mask: their effects cannot be told apart, and the"
            + " first of them stands for all",
        aliases(explanation).get(0));
    assertEquals(4, output.interactions(Index.MOEBIUS, 4).values().size());
    assertValue(output, 1);
    assertValue(output, 2, 0);
    assertValue(output, -1.5, 3);
    assertValue(output, 3, 0, 2);
    assertEquals(R2Kind.FITTED, output.fit().r2Kind());
    assertEquals(1, output.fit().r2(), 1e-12);
  }

  @ParameterizedTest
  @ValueSource(strings = {"auto", "screen", "gp", "proxyspex"})
  void noTermSpeaksOfAnAlias(String method) {
    // A process alone takes half a minute for twice as many.
    boolean[][] rows = rows(method.equals("gp") ? 200 : 400, 70);
    for (boolean[] row : rows) {
      row[5] = !row[4];
      row[6] = true;
      row[7] = false;
      row[69] = row[65];
    }
    Table table = table(rows, row -> game(row) + (row[69] ? 1 : 0) + (row[5] ? 1 : 0));
    Explanation explanation = runner.solve(table, null, request(method));
    Output output = explanation.outputs().get(0);
    for (int feature : new int[] {1, 5, 6, 7, 69}) {
      for (int s = 0; s < output.spectrum().size(); s++) {
        int[] set = output.spectrum().sets().get(s);
        assertTrue(IntStream.of(set).noneMatch(i -> i == feature), "term with " + feature);
      }
    }
    // Of the value itself: the spectrum may stand before a link.
    assertEquals(1, banzhafValue(output, 65), 0.4);
    assertEquals(-1, banzhafValue(output, 4), 0.4);
    assertTrue(output.fit().r2() > 0.9, "R² " + output.fit().r2());
    List<String> notes = aliases(explanation);
    assertTrue(notes.get(0).startsWith("features 6 and 7 are the same in all masks"), notes.get(0));
    assertTrue(notes.get(1).startsWith("features 0 and 1; 65 and 69 are the same"), notes.get(1));
    assertTrue(notes.get(2).startsWith("features 4 and 5 are the same or opposite"), notes.get(2));
  }

  private static double banzhafValue(Output output, int feature) {
    return output.interactions(Index.BV, 1).values().stream()
        .filter(one -> one.features()[0] == feature)
        .findFirst()
        .orElseThrow()
        .value();
  }

  @Test
  void masksOfManyWordsKeepTheirBits() {
    boolean[][] rows = rows(130, 150);
    for (boolean[] row : rows) {
      row[149] = row[70];
    }
    Masks masks = Masks.of(rows);
    Aliases aliases = Aliases.of(masks);
    assertEquals(148, aliases.kept().length);
    boolean[][] reduced = aliases.reduced(masks).toArray();
    for (int r = 0; r < rows.length; r++) {
      boolean[] expected = new boolean[148];
      for (int k = 0; k < 148; k++) {
        expected[k] = rows[r][k == 0 ? 0 : k + 1];
      }
      assertArrayEquals(expected, reduced[r]);
    }
  }

  @Test
  void oneMaskTellsNothingApart() {
    Table table = table(new boolean[][] {{true, false, true}}, row -> 5);
    Explanation explanation = runner.solve(table, null, Request.standard());
    assertEquals(5, explanation.predict(Masks.exhaustive(3))[2]);
    assertEquals(
        "features 0, 1 and 2 are the same in all masks: nothing shows the effect of any of them",
        aliases(explanation).get(0));
  }
}
