package dev.ablate.run;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ablate.backend.Backends;
import dev.ablate.backend.host.HostBackend;
import dev.ablate.code.InputException;
import dev.ablate.explanation.Explanation;
import dev.ablate.explanation.Output;
import dev.ablate.explanation.R2Kind;
import dev.ablate.game.Values;
import dev.ablate.mask.Design;
import dev.ablate.mask.MaskRows;
import dev.ablate.mask.Masks;
import dev.ablate.mask.UniformMasks;
import dev.ablate.solve.HeldFifth;
import dev.ablate.solve.Method;
import dev.ablate.solve.Problem;
import dev.ablate.solve.SolverSettings;
import dev.ablate.solve.screen.Marginals;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;

/** Tables of more features than methods take. */
class PrescreenTest {
  private static final int FEATURES = 2_600;
  private static final int[] ACTIVE = {3, 64, 700, 1_500, 2_590};
  private static final HostBackend HOST = new HostBackend(2);
  private final Runner runner = new Runner(new Backends.Choice(HOST, "host: in a test"));

  @AfterAll
  static void close() {
    HOST.close();
  }

  private static Request screening() {
    return Request.standard().withMethod(Method.SCREEN).with(SolverSettings.SCREEN_SECONDS, 0.01);
  }

  private static int sign(Masks masks, int row, int feature) {
    return masks.kept(row, feature) ? -1 : 1;
  }

  /** Two outputs: singles 3, 64 and their product; singles 700, 1500, 2590 and a product. */
  private static TableSource table(int rows, int seed, double noise) {
    Masks masks =
        UniformMasks.draw(HOST.sampling(), FEATURES, rows, seed, UniformMasks.Use.FIT, null);
    Random random = new Random(seed);
    Values values = Values.zeros(rows, 2);
    for (int r = 0; r < rows; r++) {
      int[] x = new int[ACTIVE.length];
      for (int a = 0; a < x.length; a++) {
        x[a] = sign(masks, r, ACTIVE[a]);
      }
      values.set(r, 0, 7 + x[0] - x[1] + 0.8 * x[0] * x[1] + noise * random.nextGaussian());
      values.set(r, 1, x[2] + x[3] - x[4] + x[2] * x[4] + noise * random.nextGaussian());
    }
    return new TableSource(
        MaskRows.of(masks),
        values,
        new Design.Foreign(FEATURES, rows),
        IntStream.range(0, FEATURES).mapToObj(i -> "row " + i).toList(),
        List.of("first", "second"));
  }

  private static double coefficient(Output output, int... set) {
    int at = output.spectrum().indexOf(set);
    return at < 0 ? Double.NaN : output.spectrum().coefficient(at);
  }

  @Test
  void whatIsPlantedAmongVeryManyFeaturesIsFoundInTermsOfAll() {
    TableSource table = table(1_500, 1, 1);
    Request request = screening();
    Explanation explanation = runner.solve(table, table(2_000, 9, 1), request);
    assertEquals(FEATURES, explanation.features());
    assertEquals("row 2590", explanation.featureNames().get(2_590));
    Output first = explanation.outputs().get(0);
    Output second = explanation.outputs().get(1);
    assertEquals("first", first.target());
    assertEquals(7, coefficient(first), 0.1);
    assertEquals(1, coefficient(first, 3), 0.1);
    assertEquals(-1, coefficient(first, 64), 0.1);
    assertEquals(0.8, coefficient(first, 3, 64), 0.1);
    assertEquals(-1, coefficient(second, 2_590), 0.1);
    assertEquals(1, coefficient(second, 700, 2_590), 0.1);
    assertEquals(R2Kind.TEST, second.fit().r2Kind());
    assertEquals(0.8, second.fit().r2(), 0.03, "noise is a fifth of the variance");
    List<String> notes = explanation.provenance().report().notes();
    assertTrue(notes.get(0).startsWith("2000 of 2600 features were looked at"), notes.toString());
  }

  /** Of features that do nothing the squared strengths have mean 1, unless they chose them. */
  @Test
  void heldOutMasksHadNoPartInTheChoiceOfFeatures() {
    int rows = 1_500;
    int features = 20_000;
    Masks masks = UniformMasks.draw(HOST.sampling(), features, rows, 2, UniformMasks.Use.FIT, null);
    Random random = new Random(2);
    double[] noise = random.doubles(rows).toArray();
    TableSource table =
        new TableSource(
            MaskRows.of(masks),
            Values.of(noise),
            new Design.Foreign(features, rows),
            IntStream.range(0, features).mapToObj(Integer::toString).toList(),
            List.of("noise"));
    Prescreen chosen = Prescreen.of(table, HOST, 5);
    assertEquals(1, chosen.notes().size(), chosen.notes().toString());
    try (Problem problem = Problem.of(chosen.table().samples(), HOST, 5)) {
      HeldFifth fifth = HeldFifth.of(problem);
      assertTrue(meanSquare(chosen.table(), fifth.train()) > 3, "they were chosen for that");
      assertEquals(1, meanSquare(chosen.table(), fifth.held()), 0.15);
    }
  }

  private static double meanSquare(Table table, long[] rows) {
    double[] z = Marginals.strengths(MaskRows.of(table.masks()), table.values(), rows, HOST);
    return Arrays.stream(z).map(v -> v * v).average().orElseThrow();
  }

  @Test
  void fewMasksAreSaidToPromiseTooMuch() {
    Request request = screening();
    Explanation explanation = runner.solve(table(400, 3, 0.1), null, request);
    assertTrue(
        explanation.provenance().report().notes().stream()
            .anyMatch(n -> n.contains("promises too much")));
  }

  @Test
  void fewerFeaturesAreLeftAsTheyAre() {
    TableSource table = table(64, 4, 1);
    assertTrue(Prescreen.isNeeded(table, Request.standard().settings()));
    Request coded = Request.standard().withMethod(Method.SPEX);
    assertTrue(!Prescreen.isNeeded(table, coded.settings()), "SPEX needs all of its design");
    Masks some = new Places(FEATURES, new int[] {1, 2, 70}).of(table.masks());
    for (int r = 0; r < some.count(); r++) {
      assertEquals(table.masks().all().kept(r, 70), some.kept(r, 2));
    }
    TableSource narrow =
        new TableSource(
            MaskRows.of(some),
            table.values(),
            new Design.Foreign(3, some.count()),
            List.of("a", "b", "c"),
            List.of("first", "second"));
    assertTrue(!Prescreen.isNeeded(narrow, Request.standard().settings()));
    assertNotEquals(null, narrow.table());
  }

  @Test
  void tablesWhosePartsDoNotFitAreRefused() {
    TableSource table = table(64, 4, 1);
    InputException e =
        assertThrows(
            InputException.class,
            () ->
                new TableSource(
                    table.masks(),
                    table.values(),
                    table.design(),
                    List.of("one"),
                    table.outputNames()));
    assertTrue(e.getMessage().contains("1 names for 2600 features"), e.getMessage());
  }
}
