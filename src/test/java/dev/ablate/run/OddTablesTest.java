package dev.ablate.run;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ablate.backend.Backends;
import dev.ablate.backend.host.HostBackend;
import dev.ablate.code.InputException;
import dev.ablate.explanation.Explanation;
import dev.ablate.explanation.Output;
import dev.ablate.explanation.R2Kind;
import dev.ablate.game.Values;
import dev.ablate.index.Index;
import dev.ablate.io.ExplanationJson;
import dev.ablate.mask.Design;
import dev.ablate.mask.Masks;
import dev.ablate.solve.Method;
import dev.ablate.solve.Refine;
import dev.ablate.solve.SolverSettings;
import dev.ablate.view.TerminalView;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.function.IntToDoubleFunction;
import java.util.function.ToDoubleFunction;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/**
 * Tables that nobody would make on purpose, through every method: an explanation of finite numbers,
 * or one line for the user; never a failure inside.
 */
class OddTablesTest {
  private static final HostBackend HOST = new HostBackend(2);
  private static final Runner RUNNER = new Runner(new Backends.Choice(HOST, "host: in a test"));

  @AfterAll
  static void close() {
    HOST.close();
  }

  @TestFactory
  List<DynamicTest> everyMethodAnswersEveryTable() {
    List<DynamicTest> tests = new ArrayList<>();
    List<Table> tables = tables();
    for (int t = 0; t < tables.size(); t++) {
      Table table = tables.get(t);
      String name = "table " + t + ": " + table.masks().count() + " x " + table.masks().features();
      int number = t;
      tests.add(DynamicTest.dynamicTest(name, () -> answers(table, number)));
    }
    return tests;
  }

  private static void answers(Table table, int number) throws IOException {
    Index[] indices = Index.values();
    int turn = number;
    for (Method method : Method.values()) {
      for (Refine refine : Refine.values()) {
        if (refine != Refine.LASSO && method != Method.PROXYSPEX) {
          continue;
        }
        Request request =
            Request.standard()
                .withMethod(method)
                .with(SolverSettings.REFINE, refine)
                .with(SolverSettings.SCREEN_SECONDS, 0.01)
                .with(RunSettings.INDEX, indices[turn++ % indices.length]);
        String what = method + " + " + refine + ", " + request.index().label();
        try {
          Explanation explanation = RUNNER.solve(table, null, request);
          assertSound(explanation, what);
        } catch (InputException e) {
          assertEquals(1, e.getMessage().lines().count(), what);
        } catch (RuntimeException e) {
          throw new AssertionError(what + " fails inside", e);
        }
      }
    }
  }

  private static void assertSound(Explanation explanation, String what) throws IOException {
    for (Output output : explanation.outputs()) {
      assertTrue(Arrays.stream(output.spectrum().coefficients()).allMatch(Double::isFinite), what);
      assertTrue(Arrays.stream(output.standardErrors()).noneMatch(e -> e < 0), what);
      assertTrue(
          output.interactions().values().stream().allMatch(i -> Double.isFinite(i.value())), what);
      double r2 = output.fit().r2();
      assertTrue(Double.isNaN(r2) || r2 <= 1, what + ": R² " + r2);
      assertEquals(output.fit().r2Kind() == R2Kind.EXACT, r2 == 1 && output.fit().r2Masks() == 0);
    }
    String shown = new TerminalView(false).render(explanation);
    assertFalse(shown.contains("NaN") || shown.contains("Infinity"), what + ": " + shown);
    ByteArrayOutputStream json = new ByteArrayOutputStream();
    ExplanationJson.write(json, explanation);
    Explanation read = ExplanationJson.parse(json.toString(StandardCharsets.UTF_8), what);
    assertEquals(explanation.outputs().size(), read.outputs().size(), what);
  }

  private static List<Table> tables() {
    List<Table> tables = new ArrayList<>();
    Random random = new Random(7);
    ToDoubleFunction<boolean[]> game = row -> 1 + (row[0] ? 2 : 0) - (row[row.length - 1] ? 3 : 0);
    ToDoubleFunction<boolean[]> noise = row -> random.nextGaussian();
    for (int features : new int[] {1, 2, 3, 4, 5, 9, 65}) {
      for (int rows : new int[] {1, 2, 3, 9, 10, 40}) {
        boolean[][] masks = masks(random, rows, features);
        tables.add(table(masks, game));
        tables.add(table(masks, noise));
      }
    }
    boolean[][] some = masks(random, 60, 6);
    for (double scale : new double[] {1e154, 1e160, 1e300, 5e307, 1e-154, 1e-160, 1e-300, 1e-318}) {
      tables.add(table(some, row -> scale * game.applyAsDouble(row)));
      tables.add(table(every(3), row -> scale * game.applyAsDouble(row)));
      tables.add(table(twice(every(3)), row -> scale * noise.applyAsDouble(row)));
      tables.add(table(some, row -> game.applyAsDouble(row) + scale * (row[2] ? 1 : -1)));
    }
    tables.add(table(every(4), row -> row[0] ? Double.MAX_VALUE : -Double.MAX_VALUE));
    tables.add(table(some, row -> row[0] ? Double.MAX_VALUE : -Double.MAX_VALUE));
    tables.add(table(some, row -> 0));
    tables.add(table(some, row -> -7.25));
    tables.add(table(every(5), row -> 1e9 + (row[1] ? 1e-7 : 0)));
    tables.add(table(some, row -> random.nextInt(40) == 0 ? 1e6 : 0));
    tables.add(table(some, row -> 1e8 * noise.applyAsDouble(row)));
    tables.add(table(filled(30, 7, true), noise));
    tables.add(table(filled(30, 7, false), game));
    tables.add(table(twice(twice(masks(random, 12, 8))), noise));
    tables.add(table(twice(every(4)), noise));
    tables.add(table(twice(every(4)), game));
    tables.add(table(aliased(random), game));
    tables.add(table(masks(random, 12, 2000), game));
    tables.add(outputs(some, r -> 3, r -> random.nextGaussian(), r -> some[r][0] ? 1 : 0));
    tables.add(outputs(every(4), r -> 3, r -> random.nextGaussian(), r -> r % 2));
    tables.add(outputs(twice(some), r -> 3, r -> random.nextGaussian(), r -> r % 60));
    return tables;
  }

  private static boolean[][] masks(Random random, int rows, int features) {
    boolean[][] masks = new boolean[rows][features];
    for (boolean[] row : masks) {
      for (int i = 0; i < features; i++) {
        row[i] = random.nextBoolean();
      }
    }
    return masks;
  }

  private static boolean[][] every(int features) {
    return Masks.exhaustive(features).toArray();
  }

  private static boolean[][] filled(int rows, int features, boolean kept) {
    boolean[][] masks = new boolean[rows][features];
    Arrays.stream(masks).forEach(row -> Arrays.fill(row, kept));
    return masks;
  }

  private static boolean[][] twice(boolean[][] rows) {
    boolean[][] both = Arrays.copyOf(rows, 2 * rows.length);
    System.arraycopy(rows, 0, both, rows.length, rows.length);
    return both;
  }

  /** Feature 1 is feature 0, 2 is its opposite, 3 is always kept and 4 never. */
  private static boolean[][] aliased(Random random) {
    boolean[][] masks = masks(random, 80, 8);
    for (boolean[] row : masks) {
      row[1] = row[0];
      row[2] = !row[0];
      row[3] = true;
      row[4] = false;
    }
    return masks;
  }

  private static Table table(boolean[][] rows, ToDoubleFunction<boolean[]> game) {
    return outputs(rows, r -> game.applyAsDouble(rows[r]));
  }

  private static Table outputs(boolean[][] rows, IntToDoubleFunction... games) {
    Values values = Values.zeros(rows.length, games.length);
    for (int r = 0; r < rows.length; r++) {
      for (int o = 0; o < games.length; o++) {
        values.set(r, o, games[o].applyAsDouble(r));
      }
    }
    int features = rows[0].length;
    return new Table(
        Masks.of(rows),
        values,
        new Design.Foreign(features, rows.length),
        IntStream.range(0, features).mapToObj(Integer::toString).toList());
  }
}
