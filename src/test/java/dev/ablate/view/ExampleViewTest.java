package dev.ablate.view;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.ablate.backend.Sets;
import dev.ablate.code.InputException;
import dev.ablate.explanation.ExampleFindings;
import dev.ablate.explanation.Explanation;
import dev.ablate.explanation.Fit;
import dev.ablate.explanation.Interaction;
import dev.ablate.explanation.Interactions;
import dev.ablate.explanation.Method;
import dev.ablate.explanation.Output;
import dev.ablate.explanation.Provenance;
import dev.ablate.explanation.RunReport;
import dev.ablate.game.Input;
import dev.ablate.index.Index;
import dev.ablate.io.ExplanationJson;
import dev.ablate.spectrum.Spectrum;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Findings of training examples by hand: in a terminal and in JSON. */
class ExampleViewTest {
  private static final Input.Examples INPUT =
      new Input.Examples(
          List.of("r0", "r1", "r2", "r3", "r4"),
          List.of(List.of(0, 4), List.of(1), List.of(2), List.of(3)));

  /**
   * Effects (Banzhaf values are -2 times the coefficients, the index of pairs 4 times): a and b
   * help by 2, c harms by 1, d is unsure; a and b are redundant by 1, a and c synergistic, c and d
   * lie on both sides of 0.
   */
  private static final Spectrum SPECTRUM =
      new Spectrum(
          4,
          Sets.of(
              List.of(
                  new int[] {},
                  new int[] {0},
                  new int[] {1},
                  new int[] {2},
                  new int[] {3},
                  new int[] {0, 1},
                  new int[] {0, 2},
                  new int[] {2, 3})),
          new double[] {3, -1, -1, 0.5, -0.01, -0.25, 0.125, 0.01});

  private static final double[] ERRORS = {0.01, 0.01, 0.01, 0.01, 0.01, 0.01, 0.01, 0.01};

  private static Explanation explanation(String value) {
    Output output =
        new Output(
            "2 test rows (mean)",
            value,
            new Method("auto", "gp", "none"),
            SPECTRUM,
            ERRORS,
            List.of(),
            Interactions.of(Index.FBII.interactions(SPECTRUM, 2, ERRORS)),
            Fit.unmeasured(1, 0));
    Provenance provenance =
        new Provenance("1", "abc", 0, "host", "CPU", null, "17", null, RunReport.NONE);
    return new Explanation(4, List.of("a", "b", "c", "d"), INPUT, List.of(output), provenance);
  }

  private static ExampleFindings findings(String value) {
    return ExampleFindings.of(explanation(value).outputs().get(0));
  }

  private static List<List<Integer>> sets(String value, String kind) {
    return findings(value).kinds().get(kind).stream()
        .map(each -> Arrays.stream(each.features()).boxed().toList())
        .toList();
  }

  @Test
  void effectsHaveTheirSidesByTheValue() {
    assertEquals(List.of(List.of(0), List.of(1)), sets("margin", "helpful"));
    assertEquals(List.of(List.of(2)), sets("margin", "harmful"));
    assertEquals(List.of(List.of(2)), sets("loss", "helpful"));
    assertEquals(List.of(List.of(0), List.of(1)), sets("loss", "harmful"));
    assertEquals(List.of(List.of(2)), sets("prediction", "lowering"));
    assertEquals(1, findings("margin").unsureAlone());
  }

  /** A pair that does less than its parts is redundant, whatever is better. */
  @Test
  void pairsAreComparedWithTheirParts() {
    for (String value : List.of("margin", "loss", "prediction")) {
      assertEquals(List.of(List.of(0, 1)), sets(value, "redundant"), value);
      assertEquals(List.of(List.of(0, 2)), sets(value, "synergistic"), value);
    }
    assertEquals(1, findings("margin").unsurePairs());
    assertEquals(-1, findings("margin").kinds().get("redundant").get(0).value(), 1e-12);
  }

  @Test
  void aTerminalShowsThem() {
    String shown = new TerminalView(false).render(explanation("margin"));
    String block =
        """
        training examples (95 % intervals)
          alone (bv): 2 helpful, 1 harmful, 1 unsure
          pairs (bii): 1 redundant, 1 synergistic, 1 unsure
          helpful
            a  +2.000 [+1.961, +2.039]
            b  +2.000 [+1.961, +2.039]
          harmful
            c  -1.000 [-1.039, -0.961]
          redundant
            a × b  -1.000 [-1.078, -0.922]
          synergistic
            a × c  +0.500 [+0.422, +0.578]
        """;
    assertTrue(shown.contains(block), shown);
  }

  @Test
  void filesHaveThemAndAreReadAgain() throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ExplanationJson.write(out, explanation("margin"));
    String text = out.toString(StandardCharsets.UTF_8);
    JsonNode json = new ObjectMapper().readTree(text);
    assertEquals("[[0,4],[1],[2],[3]]", json.at("/input/groups").toString());
    assertEquals("r4", json.at("/input/row_names/4").asText());
    assertEquals("[2]", json.at("/findings/harmful/0/features").toString());
    assertEquals(-1.0392, json.at("/findings/harmful/0/low").asDouble(), 1e-4);
    assertEquals("[0,1]", json.at("/findings/redundant/0/features").toString());
    assertEquals(1, json.at("/findings/unsure_pairs").asInt());
    Explanation again = ExplanationJson.parse(text, "the text");
    assertEquals(INPUT, again.input());
    assertEquals(
        findings("margin").kinds().keySet(),
        ExampleFindings.of(again.outputs().get(0)).kinds().keySet());
    ByteArrayOutputStream twice = new ByteArrayOutputStream();
    ExplanationJson.write(twice, again);
    assertEquals(text, twice.toString(StandardCharsets.UTF_8));
  }

  /**
   * Four rows whose effects have both signs, so that their plain mean hides that a and b do less
   * together in each: they help two rows by 2 and harm two by 2, and are redundant by 1 in all.
   */
  private static Explanation rows() {
    Explanation one = explanation("margin");
    Output first = one.outputs().get(0);
    List<Output> outputs = new ArrayList<>();
    for (int r = 0; r < 4; r++) {
      double sign = r % 2 == 0 ? 1 : -1;
      double[] coefficients = Arrays.stream(SPECTRUM.coefficients()).map(c -> sign * c).toArray();
      Spectrum spectrum = new Spectrum(4, SPECTRUM.sets(), coefficients);
      outputs.add(
          new Output(
              "row " + r,
              first.value(),
              first.method(),
              spectrum,
              ERRORS,
              List.of(),
              Interactions.of(Index.FBII.interactions(spectrum, 2, ERRORS)),
              first.fit()));
    }
    return new Explanation(4, one.featureNames(), INPUT, outputs, one.provenance());
  }

  @Test
  void pairsCountInEachRowByTheirPartsThere() {
    ExampleFindings over = ExampleFindings.over(rows().outputs());
    Interaction pair =
        over.pairs().values().stream()
            .filter(each -> Arrays.equals(each.features(), new int[] {0, 1}))
            .findFirst()
            .orElseThrow();
    assertEquals(-1, pair.value(), 1e-12);
    // No row differs in it; by chance as much as the three pairs do together: -1, 0.5 and 0.04
    // against the signs of a and b.
    double chance = Math.sqrt((1 + 0.25 + 0.0016) / 3);
    assertEquals(chance, pair.standardError(), 1e-12);
    // Helped in two rows and harmed in two.
    assertEquals(List.of(), over.kinds().get("helpful"));
    assertEquals(List.of(), over.kinds().get("harmful"));
  }

  @Test
  void severalOutputsBeginWithWhatTheySayTogether() throws IOException {
    String shown = new TerminalView(false).render(rows());
    assertTrue(
        shown.startsWith("training examples over 4 outputs (95 % intervals)\n  alone (bv): 0"),
        shown);
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ExplanationJson.write(out, rows());
    JsonNode json = new ObjectMapper().readTree(out.toString(StandardCharsets.UTF_8));
    assertEquals("bii", json.at("/findings/index_pairs").asText());
    assertEquals("[0,1]", json.at("/outputs/3/findings/redundant/0/features").toString());
  }

  @Test
  void groupsThatAreNoneAreRefused() throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ExplanationJson.write(out, explanation("margin"));
    String text = out.toString(StandardCharsets.UTF_8);
    for (String[] change :
        new String[][] {
          {"\"groups\":[[0,4]", "\"groups\":[[0,5]", "groups[0]"},
          {"\"groups\":[[0,4]", "\"groups\":[7", "groups[0]"},
          {"\"groups\":[[0,4],", "\"groups\":[", "3 places for 4 features"}
        }) {
      String compact = new ObjectMapper().readTree(text).toString();
      String changed = compact.replace(change[0], change[1]);
      assertTrue(!changed.equals(compact), change[1]);
      InputException e =
          assertThrows(InputException.class, () -> ExplanationJson.parse(changed, "the text"));
      assertTrue(e.getMessage().contains(change[2]), e.getMessage());
    }
  }
}
