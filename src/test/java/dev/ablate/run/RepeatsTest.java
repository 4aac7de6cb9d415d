package dev.ablate.run;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ablate.backend.Backends;
import dev.ablate.backend.host.HostBackend;
import dev.ablate.explanation.Explanation;
import dev.ablate.explanation.Output;
import dev.ablate.explanation.R2Kind;
import dev.ablate.game.Values;
import dev.ablate.mask.CodedDesign;
import dev.ablate.mask.Design;
import dev.ablate.mask.Masks;
import dev.ablate.mask.UniformMasks;
import dev.ablate.solve.Method;
import dev.ablate.solve.SolverSettings;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Masks that were evaluated several times, with different values. */
class RepeatsTest {
  private static final HostBackend HOST = new HostBackend(2);
  private static final int TIMES = 4;
  private final Runner runner = new Runner(new Backends.Choice(HOST, "host: in a test"));

  private static Request request(String method) {
    return Request.standard()
        .withMethod(Method.parse(method))
        .with(SolverSettings.SCREEN_SECONDS, 0.01);
  }

  @AfterAll
  static void close() {
    HOST.close();
  }

  private static Masks repeated(Masks masks) {
    return masks.select(
        IntStream.range(0, TIMES * masks.count()).map(r -> r % masks.count()).toArray());
  }

  private static Table table(Masks masks, double[]... outputs) {
    Values values = Values.zeros(masks.count(), outputs.length);
    for (int o = 0; o < outputs.length; o++) {
      for (int r = 0; r < masks.count(); r++) {
        values.set(r, o, outputs[o][r]);
      }
    }
    return new Table(
        masks,
        values,
        new Design.Foreign(masks.features(), masks.count()),
        IntStream.range(0, masks.features()).mapToObj(Integer::toString).toList());
  }

  private static double[] noise(int count, long seed) {
    Random random = new Random(seed);
    return IntStream.range(0, count).mapToDouble(r -> random.nextGaussian()).toArray();
  }

  private static double square(double x) {
    return x * x;
  }

  /** R² of the means of equal masks over all rows, and the pooled spread about them, by hand. */
  private static double[] byHand(double[] values, int distinct) {
    double[] means = new double[distinct];
    for (int r = 0; r < values.length; r++) {
      means[r % distinct] += values[r] / TIMES;
    }
    double mean = Arrays.stream(values).average().orElseThrow();
    double within = 0;
    double total = 0;
    for (int r = 0; r < values.length; r++) {
      within += square(values[r] - means[r % distinct]);
      total += square(values[r] - mean);
    }
    return new double[] {1 - within / total, Math.sqrt(within / (values.length - distinct))};
  }

  @ParameterizedTest
  @ValueSource(doubles = {1, 1e-30, 1e200, 1e300})
  void theTransformOfNoiseIsNotExact(double scale) {
    Masks masks = repeated(Masks.exhaustive(3));
    double[] values = noise(masks.count(), 5);
    double[] hand = byHand(values, 8);
    double[] scaled = Arrays.stream(values).map(v -> scale * v).toArray();
    Explanation explanation = runner.solve(table(masks, scaled), null, Request.standard());
    Output output = explanation.outputs().get(0);
    assertEquals(R2Kind.FITTED, output.fit().r2Kind());
    assertEquals(hand[0], output.fit().r2(), 1e-9);
    assertTrue(hand[0] > 0.05 && hand[0] < 0.5, "R² " + hand[0]);
    assertEquals(32, output.fit().r2Masks());
    assertEquals(8, output.standardErrors().length);
    // A coefficient is a mean of 32 values.
    for (double error : output.standardErrors()) {
      assertEquals(scale * hand[1] / Math.sqrt(32), error, 1e-9 * scale);
    }
    assertTrue(
        output.interactions().values().stream().allMatch(i -> i.standardError() > 0.1 * scale));
    String note = explanation.provenance().report().notes().get(0);
    assertTrue(note.startsWith("equal masks have different values"), note);
  }

  @Test
  void repeatsOfDifferentNumbersAreWeighted() {
    Masks masks = Masks.exhaustive(1).select(new int[] {0, 0, 0, 1, 1});
    Output output =
        runner
            .solve(table(masks, new double[] {1, 2, 3, 5, 7}), null, Request.standard())
            .outputs()
            .get(0);
    // Squares 2 within the first mask, 2 within the second, 3 degrees of freedom; means of 3 and 2.
    double error = Math.sqrt(4 / 3.0) * Math.sqrt((1 / 3.0 + 1 / 2.0) / 4);
    assertEquals(error, output.standardErrors()[0], 1e-12);
    assertEquals(error, output.standardErrors()[1], 1e-12);
    // The mean is 3.6: 6.76 + 2.56 + 0.36 + 1.96 + 11.56.
    assertEquals(1 - 4 / 23.2, output.fit().r2(), 1e-12);
  }

  @Test
  void equalRepeatsStayExactToTheLastBit() {
    Masks masks = repeated(Masks.exhaustive(4));
    double[] values = IntStream.range(0, 64).mapToDouble(r -> 0.1 * (r % 16)).toArray();
    Explanation explanation = runner.solve(table(masks, values), null, Request.standard());
    Output output = explanation.outputs().get(0);
    assertEquals(R2Kind.EXACT, output.fit().r2Kind());
    assertEquals(1, output.fit().r2());
    assertEquals(0, output.standardErrors().length);
    assertEquals(0.1 * 15, output.fit().all());
    assertEquals(List.of(), explanation.provenance().report().notes());
  }

  @Test
  void everyOutputHasItsOwnRepeats() {
    Masks masks = repeated(Masks.exhaustive(3));
    double[] steady = IntStream.range(0, 32).mapToDouble(r -> r % 8).toArray();
    Explanation explanation =
        runner.solve(table(masks, steady, noise(32, 2)), null, Request.standard());
    assertEquals(R2Kind.EXACT, explanation.outputs().get(0).fit().r2Kind());
    assertEquals(0, explanation.outputs().get(0).standardErrors().length);
    assertEquals(R2Kind.FITTED, explanation.outputs().get(1).fit().r2Kind());
    assertEquals(8, explanation.outputs().get(1).standardErrors().length);
    List<String> notes = explanation.provenance().report().notes();
    assertEquals(1, notes.size());
    assertTrue(notes.get(0).startsWith("output 1: equal masks"), notes.get(0));
  }

  @Test
  void meansThatAreEqualExplainNothing() {
    Masks masks = repeated(Masks.exhaustive(2));
    double[] values = IntStream.range(0, 16).mapToDouble(r -> r < 8 ? 1 : -1).toArray();
    Output output = runner.solve(table(masks, values), null, Request.standard()).outputs().get(0);
    assertEquals(R2Kind.FITTED, output.fit().r2Kind());
    assertEquals(0, output.fit().r2(), 1e-12);
  }

  /** The outputs with the largest spread: one in which it is a quarter, and one of noise alone. */
  @Test
  void manyOutputsHaveOneLine() {
    Masks masks = repeated(Masks.exhaustive(3));
    double[] steady = IntStream.range(0, 32).mapToDouble(r -> r % 8).toArray();
    double[] rough = noise(32, 2);
    double[] hardly = IntStream.range(0, 32).mapToDouble(r -> r % 8 + 1e-3 * rough[r]).toArray();
    double[] some = IntStream.range(0, 32).mapToDouble(r -> r % 8 + rough[r]).toArray();
    Table table = table(masks, steady, some, hardly, rough);
    List<String> notes =
        runner.solve(table, null, Request.standard()).provenance().report().notes();
    assertEquals(1, notes.size(), notes.toString());
    double[] hand = byHand(rough, 8);
    String says =
        String.format(
            Locale.ROOT,
            "equal masks have different values in 2 of 4 outputs, most in output 3, with a standard"
                + " deviation of %.4g: that is %.1f %% of",
            hand[1],
            100 * (1 - hand[0]));
    assertTrue(notes.get(0).startsWith(says), notes.get(0));
    assertEquals(
        List.of(),
        runner.solve(table(masks, hardly), null, Request.standard()).provenance().report().notes());
  }

  @Test
  void oneMaskWithDifferentValuesHasNoEqualOnes() {
    Masks masks = Masks.exhaustive(3).select(new int[12]);
    List<String> notes =
        runner.solve(table(masks, noise(12, 4)), null, request("gp")).provenance().report().notes();
    assertTrue(notes.stream().anyMatch(n -> n.contains("100.0 % of all squares")), notes::toString);
    assertTrue(notes.stream().noneMatch(n -> n.contains("values are equal")), notes::toString);
  }

  /**
   * Half of the squares lie within masks: no R² above about a half, no error below the spread's.
   */
  @ParameterizedTest
  @ValueSource(strings = {"auto", "screen", "gp", "proxyspex"})
  void noMethodReachesMoreThanRepeatsAllow(String method) {
    int distinct = 300;
    Masks masks =
        repeated(UniformMasks.draw(HOST.sampling(), 12, distinct, 1, UniformMasks.Use.FIT, null));
    double[] noise = noise(masks.count(), 3);
    double[] values = new double[masks.count()];
    for (int r = 0; r < values.length; r++) {
      double game = (masks.kept(r, 0) ? 1 : -1) + (masks.kept(r, 2) == masks.kept(r, 3) ? 1 : -1);
      values[r] = game + 1.5 * noise[r];
    }
    double[] hand = byHand(values, distinct);
    Explanation explanation = runner.solve(table(masks, values), null, request(method));
    Output output = explanation.outputs().get(0);
    assertEquals(R2Kind.HELD_OUT, output.fit().r2Kind());
    assertTrue(output.fit().r2() > 0.3 && output.fit().r2() <= hand[0], "R² " + output.fit().r2());
    double least = hand[1] / Math.sqrt(masks.count());
    assertEquals(output.spectrum().size(), output.standardErrors().length);
    for (double error : output.standardErrors()) {
      assertTrue(error >= least * (1 - 1e-9), error + " is below " + least);
    }
    assertEquals(-1, output.spectrum().coefficientOf(0), 0.2);
    assertFalse(explanation.provenance().report().notes().isEmpty());
  }

  @Test
  void spexIsMeasuredOverAllRowsToo() {
    Design.Coded design = CodedDesign.of(20, 3, 5, 2, 1);
    Masks once = new CodedDesign(design).masks(HOST);
    double[] noise = noise(once.count(), 4);
    double[] values = new double[once.count()];
    for (int r = 0; r < values.length; r++) {
      values[r] = (once.kept(r, 0) ? 1 : -1) + noise[r];
    }
    List<String> names = IntStream.range(0, 20).mapToObj(Integer::toString).toList();
    Table table = new Table(once, Values.of(values), design, names);
    Output output = runner.solve(table, null, Request.standard()).outputs().get(0);
    assertEquals("spex", output.method().ran());
    double spread = PureError.of(table, table.averaged()).spreads()[0];
    assertEquals(1, spread, 0.3);
    for (double error : output.standardErrors()) {
      assertTrue(error >= spread / Math.sqrt(once.count()) * (1 - 1e-9));
    }
    assertTrue(output.fit().r2() < 0.6, "R² " + output.fit().r2());
  }
}
