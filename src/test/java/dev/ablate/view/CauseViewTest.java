package dev.ablate.view;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.ablate.backend.HostBuffer;
import dev.ablate.backend.Sets;
import dev.ablate.backend.host.HostBackend;
import dev.ablate.explanation.Causes;
import dev.ablate.explanation.Causes.Cause;
import dev.ablate.explanation.Causes.Kind;
import dev.ablate.explanation.Explanation;
import dev.ablate.explanation.Fit;
import dev.ablate.explanation.Interactions;
import dev.ablate.explanation.Method;
import dev.ablate.explanation.Output;
import dev.ablate.explanation.Provenance;
import dev.ablate.explanation.RunReport;
import dev.ablate.game.Input;
import dev.ablate.game.Span;
import dev.ablate.index.Index;
import dev.ablate.io.ExplanationJson;
import dev.ablate.mask.Masks;
import dev.ablate.spectrum.Spectrum;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.function.ToDoubleFunction;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** What an answer turns on, of games whose causes are known. */
class CauseViewTest {
  private static final int FEATURES = 5;

  /** The exact spectrum of a function of which features are kept. */
  private static Spectrum spectrum(ToDoubleFunction<boolean[]> game) {
    Masks masks = Masks.exhaustive(FEATURES);
    double[] values = new double[masks.count()];
    for (int m = 0; m < values.length; m++) {
      boolean[] kept = new boolean[FEATURES];
      for (int i = 0; i < FEATURES; i++) {
        kept[i] = masks.kept(m, i);
      }
      values[m] = game.applyAsDouble(kept);
    }
    try (HostBackend host = new HostBackend(1)) {
      host.walsh().transform(HostBuffer.of(values), 1, values.length, 1.0 / values.length);
    }
    List<int[]> sets =
        IntStream.range(0, values.length)
            .mapToObj(
                bits -> IntStream.range(0, FEATURES).filter(i -> (bits >>> i & 1) != 0).toArray())
            .toList();
    return new Spectrum(FEATURES, Sets.of(sets), values).above(1e-12);
  }

  private static Explanation explanation(ToDoubleFunction<boolean[]> game, String unit) {
    Spectrum spectrum = spectrum(game);
    Output output =
        new Output(
            "yes",
            "answer",
            new Method("auto", "exact", "none"),
            spectrum,
            Interactions.of(Index.FBII.interactions(spectrum, 2, new double[0])),
            Fit.unmeasured(1, 0));
    List<Span> spans = IntStream.range(0, FEATURES).mapToObj(i -> new Span(i, i + 1)).toList();
    Provenance provenance =
        new Provenance("1", "abc", 0, "host", "CPU", null, "17", null, RunReport.NONE);
    return new Explanation(
        FEATURES,
        List.of("a", "b", "c", "d", "e"),
        new Input.Text("abcde", spans, unit),
        List.of(output),
        provenance);
  }

  private static double twins(boolean[] kept) {
    return (kept[1] || kept[3] ? 4 : 0) + (kept[0] ? 0.5 : 0);
  }

  private static double cascade(boolean[] kept) {
    return (kept[0] && kept[2] && kept[4] ? 4 : 0) - (kept[1] ? 0.5 : 0);
  }

  private static List<Cause> causes(ToDoubleFunction<boolean[]> game) {
    return Causes.of(explanation(game, "segment").outputs().get(0)).causes();
  }

  private static Cause pair(ToDoubleFunction<boolean[]> game) {
    return causes(game).stream()
        .filter(cause -> cause.features().length == 2)
        .findFirst()
        .orElseThrow();
  }

  @Test
  void twinsAreOneCause() {
    List<Cause> causes = causes(CauseViewTest::twins);
    assertEquals(2, causes.size());
    Cause twins = causes.get(0);
    assertArrayEquals(new int[] {1, 3}, twins.features());
    assertEquals(Kind.EACH_SUFFICES, twins.kind());
    assertEquals(-4, twins.interaction(), 1e-9);
    assertEquals(4, twins.together(), 1e-9);
    assertArrayEquals(new double[] {4, 4}, twins.alone(), 1e-9);
    // Leaving one out shows nothing.
    assertArrayEquals(new double[2], twins.leftOut(), 1e-9);
    assertArrayEquals(new int[] {0}, causes.get(1).features());
    assertEquals(Kind.ALONE, causes.get(1).kind());
    assertEquals(0.5, causes.get(1).together(), 1e-9);
  }

  @Test
  void stepsThatNeedEachOtherAreOneCause() {
    Cause cascade = causes(CauseViewTest::cascade).get(0);
    assertArrayEquals(new int[] {0, 2, 4}, cascade.features());
    assertEquals(Kind.ALL_NEEDED, cascade.kind());
    assertEquals(4, cascade.interaction(), 1e-9);
    assertArrayEquals(new double[] {4, 4, 4}, cascade.leftOut(), 1e-9);
  }

  @Test
  void whatIsBetweenSaysMoreOrLess() {
    Cause more = pair(k -> (k[0] ? 1 : 0) + (k[1] ? 1 : 0) + (k[0] && k[1] ? 1 : 0));
    assertEquals(Kind.MORE_TOGETHER, more.kind());
    assertEquals(3, more.together(), 1e-9);
    Cause less = pair(k -> (k[0] ? 2 : 0) + (k[1] ? 2 : 0) - (k[0] && k[1] ? 1 : 0));
    assertEquals(Kind.LESS_TOGETHER, less.kind());
    assertEquals(3, less.together(), 1e-9);
    assertEquals(0, causes(k -> 7).size());
  }

  @Test
  void aTerminalSaysSoInWords() {
    String shown = new TerminalView(false).render(explanation(CauseViewTest::twins, "segment"));
    String block =
        """
        what it turns on
          each of b, d is enough: one alone +4.000, all of them +4.000, leaving one out takes +0.000
          a: by itself +0.500
        """;
    assertTrue(shown.contains(block), shown);
    String words = new TerminalView(false).render(explanation(CauseViewTest::twins, "word"));
    assertFalse(words.contains("what it turns on"), words);
    String steps = new TerminalView(false).render(explanation(CauseViewTest::cascade, "message"));
    assertTrue(steps.contains("a, c, e: only together +4.000; adding one alone +0.000"), steps);
  }

  @Test
  void filesHaveThem() throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ExplanationJson.write(out, explanation(CauseViewTest::twins, "segment"));
    JsonNode json = new ObjectMapper().readTree(out.toString(StandardCharsets.UTF_8));
    assertEquals("[1,3]", json.at("/causes/0/features").toString());
    assertEquals("each_suffices", json.at("/causes/0/kind").asText());
    assertEquals(4, json.at("/causes/0/together").asDouble(), 1e-9);
  }
}
