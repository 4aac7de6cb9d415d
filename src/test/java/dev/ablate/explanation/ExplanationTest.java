package dev.ablate.explanation;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ablate.backend.Backend;
import dev.ablate.backend.Sets;
import dev.ablate.backend.host.HostBackend;
import dev.ablate.code.InputException;
import dev.ablate.game.Input;
import dev.ablate.game.Span;
import dev.ablate.index.Index;
import dev.ablate.mask.Masks;
import dev.ablate.spectrum.Link;
import dev.ablate.spectrum.Spectrum;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

class ExplanationTest {
  private static final List<String> NAMES = List.of("a", "b", "c");
  private static final Sets SETS =
      Sets.of(List.of(new int[] {}, new int[] {0}, new int[] {1, 2}, new int[] {0, 1, 2}));

  private final Explanation one = explanation(1, 2, 3, 4);
  private final Explanation other = explanation(0.5, -2, 3, 1);

  @Test
  void interactionsComeInAnyIndex() {
    assertEquals(Index.BII, one.interactions().index());
    assertEquals(
        List.of(
            new Interaction(new int[] {0, 1, 2}, -32),
            new Interaction(new int[] {1, 2}, 12),
            new Interaction(new int[] {0}, -4),
            new Interaction(new int[] {}, 1)),
        one.interactions().values());
    Interactions moebius = one.interactions("moebius", 3);
    assertArrayEquals(new int[] {0, 1, 2}, moebius.values().get(0).features());
    assertEquals(-8 * 4, moebius.values().get(0).value());
    assertArrayEquals(new int[] {1, 2}, moebius.values().get(1).features());
    assertEquals(4 * (3 + 4), moebius.values().get(1).value());
    assertEquals(4 * Math.hypot(0.1, 0.1), moebius.values().get(1).standardError(), 1e-15);
    assertThrows(InputException.class, () -> one.interactions("none", 3));
  }

  @Test
  void topLeavesTheEmptySetOut() {
    assertEquals(List.of(3, 2), one.top(2).stream().map(Interaction::order).toList());
    assertEquals(3, one.top(9).size());
    assertEquals(1, one.interactions().ofOrders(2, 2).values().size());
  }

  @Test
  void theLargestComesFirst() {
    Interaction small = new Interaction(new int[] {0}, 1);
    Interaction equal = new Interaction(new int[] {2}, -1);
    Interaction large = new Interaction(new int[] {1}, -3);
    Interactions sorted = new Interactions(Index.SV, 1, List.of(small, equal, large));
    assertEquals(List.of(large, small, equal), sorted.values());
  }

  @Test
  void predictionsAreTheSpectrums() {
    Masks masks = Masks.exhaustive(3);
    double[] values = one.predict(masks);
    assertEquals(10, values[0]);
    assertEquals(1 - 2 + 3 - 4, values[7]);
    try (Backend host = new HostBackend(1)) {
      assertArrayEquals(values, one.predictAll(masks, host)[0]);
    }
  }

  @Test
  void arithmeticActsOnTheGames() {
    Masks masks = Masks.exhaustive(3);
    double[] x = one.predict(masks);
    double[] y = other.predict(masks);
    double[] sum = one.plus(other).predict(masks);
    double[] difference = one.minus(other).predict(masks);
    double[] half = one.scale(0.5).predict(masks);
    double[] mean = Explanation.mean(List.of(one, other, one)).predict(masks);
    for (int m = 0; m < 8; m++) {
      assertEquals(x[m] + y[m], sum[m], 1e-14);
      assertEquals(x[m] - y[m], difference[m], 1e-14);
      assertEquals(x[m] / 2, half[m], 1e-14);
      assertEquals((2 * x[m] + y[m]) / 3, mean[m], 1e-14);
    }
    Output output = one.minus(other).outputs().get(0);
    assertEquals(0, output.spectrum().coefficientOf(1, 2));
    assertEquals(new Interaction(new int[] {0, 1, 2}, -24), output.interactions().values().get(0));
    assertEquals(new Method("auto", "derived", "none"), output.method());
    assertTrue(Double.isNaN(output.fit().r2()));
    assertEquals(difference[7], output.fit().all(), 1e-14);
    assertEquals(difference[0], output.fit().none(), 1e-14);
    assertEquals(RunReport.derived("difference of 2"), one.minus(other).provenance().report());
  }

  @Test
  void ordersAreFiltered() {
    Explanation pairs = one.ofOrders(2, 3);
    assertEquals(2, pairs.spectrum().size());
    assertEquals(2, pairs.interactions().values().size());
    assertEquals(new Interaction(new int[] {1, 2}, 12), pairs.top(2).get(1));
    assertEquals(0, pairs.outputs().get(0).foundBy().size());
  }

  @Test
  void standardErrorsFollowTheTerms() {
    Output output = one.outputs().get(0);
    assertEquals(0.8, output.interactions(Index.BII, 3).values().get(0).standardError(), 1e-15);
    assertEquals(null, output.interactions(Index.BII, 3).values().get(3).standardError());
  }

  @Test
  void whatDoesNotFitIsRefused() {
    Explanation renamed =
        new Explanation(3, List.of("a", "b", "x"), Input.BARE, one.outputs(), one.provenance());
    assertThrows(InputException.class, () -> one.plus(renamed));
    Explanation twice =
        new Explanation(
            3,
            NAMES,
            Input.BARE,
            List.of(one.outputs().get(0), one.outputs().get(0)),
            one.provenance());
    assertThrows(InputException.class, () -> one.minus(twice));
    assertThrows(InputException.class, () -> Explanation.mean(List.of()));
    assertThrows(
        IllegalArgumentException.class,
        () -> new Explanation(3, List.of("a"), Input.BARE, one.outputs(), one.provenance()));
    assertThrows(
        IllegalArgumentException.class,
        () -> new Explanation(3, NAMES, Input.BARE, List.of(), one.provenance()));
    Input two = new Input.Text("a b", List.of(new Span(0, 1), new Span(2, 3)), "word");
    assertThrows(
        IllegalArgumentException.class,
        () -> new Explanation(3, NAMES, two, one.outputs(), one.provenance()));
  }

  @Test
  void whatSpeaksOfAnotherThingIsNotCombined() {
    Output output = one.outputs().get(0);
    assertRefused(
        "kinds of value",
        with(
            new Output(
                "positive",
                "probability",
                output.method(),
                output.spectrum(),
                output.interactions(),
                output.fit())));
    assertRefused(
        "outputs, positive and negative",
        with(
            new Output(
                "negative",
                "log-odds",
                output.method(),
                output.spectrum(),
                output.interactions(),
                output.fit())));
    assertRefused(
        "indices, bii of order 3 and sv of order 1",
        with(
            new Output(
                "positive",
                "log-odds",
                output.method(),
                output.spectrum(),
                output.interactions(Index.SV, 1),
                output.fit())));
    Input text =
        new Input.Text("a b c", List.of(new Span(0, 1), new Span(2, 3), new Span(4, 5)), "word");
    assertRefused("inputs", new Explanation(3, NAMES, text, one.outputs(), one.provenance()));
  }

  @Test
  void behindALinkInteractionsAreOfTheValue() {
    Link link = Link.logit(-1, 3, 0.001);
    Output old = one.outputs().get(0);
    Explanation linked = with(behind(link, old));
    double[] before = one.predict(Masks.exhaustive(3));
    double[] values = linked.predict(Masks.exhaustive(3));
    for (int m = 0; m < 8; m++) {
      assertEquals(link.inverse(before[m]), values[m], 1e-14);
    }
    assertEquals(values[0], linked.outputs().get(0).none(), 1e-14);
    assertEquals(values[7], linked.outputs().get(0).all(), 1e-14);
    // The Moebius coefficient of a pair is the difference of differences.
    Interactions moebius = linked.interactions("moebius", 3);
    double pair = values[3] - values[1] - values[2] + values[0];
    double read =
        moebius.values().stream()
            .filter(i -> Arrays.equals(i.features(), new int[] {0, 1}))
            .mapToDouble(Interaction::value)
            .sum();
    assertEquals(pair, read, 1e-12);
  }

  @Test
  void explanationsBehindALinkAreNotCombined() {
    Explanation linked = with(behind(Link.LOG, one.outputs().get(0)));
    assertRefused("has a log link", linked);
    assertThrows(InputException.class, () -> linked.scale(2));
    assertThrows(InputException.class, () -> linked.ofOrders(1, 2));
  }

  @Test
  void behindALinkManyFeaturesHaveNoOtherIndex() {
    Spectrum spectrum = new Spectrum(17, Sets.of(List.of(new int[] {3})), new double[] {1});
    Output plain =
        new Output(
            "positive",
            "log-odds",
            new Method("auto", "gp", "none"),
            spectrum,
            Interactions.of(Index.SV.interactions(spectrum, 1)),
            Fit.unmeasured(1, 1));
    Output linked = behind(Link.LOG, plain);
    InputException refused =
        assertThrows(InputException.class, () -> linked.interactions(Index.SII, 2));
    assertTrue(refused.getMessage().contains("up to 16 features"), refused.getMessage());
    assertEquals(1, plain.interactions(Index.FOURIER, 1).values().size());
  }

  private static Output behind(Link link, Output old) {
    return new Output(
        old.target(),
        old.value(),
        old.method(),
        old.spectrum(),
        old.standardErrors(),
        old.foundBy(),
        old.interactions(),
        old.fit(),
        null,
        link);
  }

  private static Explanation with(Output output) {
    Explanation one = explanation(1, 2, 3, 4);
    return new Explanation(3, NAMES, Input.BARE, List.of(output), one.provenance());
  }

  private void assertRefused(String says, Explanation strange) {
    for (Executable combine :
        List.<Executable>of(
            () -> one.plus(strange),
            () -> one.minus(strange),
            () -> Explanation.mean(List.of(one, one, strange)))) {
      InputException refused = assertThrows(InputException.class, combine);
      assertTrue(refused.getMessage().contains(says), refused.getMessage());
    }
  }

  @Test
  void whatIsNoDoubleIsRefused() {
    assertThrows(InputException.class, () -> one.scale(Double.NaN));
    Spectrum huge = one.spectrum().scale(4e307);
    Output output = one.outputs().get(0);
    Explanation large =
        with(
            new Output(
                "positive",
                "log-odds",
                output.method(),
                huge,
                Interactions.of(Index.FOURIER.interactions(huge, 3)),
                output.fit()));
    assertThrows(InputException.class, () -> large.scale(1e10));
    assertThrows(InputException.class, () -> large.plus(large));
    InputException refused =
        assertThrows(InputException.class, () -> large.predict(Masks.exhaustive(3)));
    assertTrue(refused.getMessage().contains("positive: the value of mask 0 is Infinity"));
    assertThrows(InputException.class, () -> large.interactions("fbii", 3));
    assertEquals(8e306, large.scale(0.05).spectrum().coefficient(3), 1e292);
    assertThrows(InputException.class, () -> one.predict(Masks.exhaustive(2)));
  }

  private static Explanation explanation(double... coefficients) {
    Spectrum spectrum = new Spectrum(3, SETS, coefficients);
    Output output =
        new Output(
            "positive",
            "log-odds",
            new Method("auto", "proxyspex", "lasso"),
            spectrum,
            new double[] {Double.NaN, 0.1, 0.1, 0.1},
            List.of(List.of(), List.of("trees"), List.of("trees"), List.of("trees", "gp")),
            Interactions.of(Index.BII.interactions(spectrum, 3)),
            new Fit(
                0.9,
                R2Kind.HELD_OUT,
                200,
                100,
                90,
                spectrum.all(),
                spectrum.none(),
                Fit.Seconds.ZERO));
    return new Explanation(
        3,
        NAMES,
        Input.BARE,
        List.of(output),
        new Provenance("1", "abc", 3, "host", "CPU", null, "17", null, RunReport.NONE));
  }
}
