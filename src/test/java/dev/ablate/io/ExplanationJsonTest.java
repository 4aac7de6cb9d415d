package dev.ablate.io;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.ablate.backend.Sets;
import dev.ablate.code.InputException;
import dev.ablate.explanation.Explanation;
import dev.ablate.explanation.Fit;
import dev.ablate.explanation.Interactions;
import dev.ablate.explanation.Method;
import dev.ablate.explanation.Output;
import dev.ablate.explanation.Provenance;
import dev.ablate.explanation.R2Kind;
import dev.ablate.explanation.RunReport;
import dev.ablate.game.Input;
import dev.ablate.game.Span;
import dev.ablate.index.Index;
import dev.ablate.mask.Masks;
import dev.ablate.solve.FitReport;
import dev.ablate.spectrum.Spectrum;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ExplanationJsonTest {
  /** A file by hand, in the published layout, with terms out of order and an unknown key. */
  private static final String BY_HAND =
      """
      {"format": "ablate-explanation/1", "features": 3, "feature_names": ["never","fails","to"],
       "input": {"text": "never fails to", "spans": [[0,5],[6,11],[12,14]], "unit": "word"},
       "target": "positive", "value": "log-odds", "later": {"version": 2},
       "method": {"asked": "auto", "ran": "proxyspex", "refine": "lasso"},
       "spectrum": [{"features": [1,0], "coefficient": -0.2, "standard_error": 0.01,
                     "found_by": ["trees"]}, {"features": [], "coefficient": 0.51}],
       "interactions": {"index": "fbii", "order": 3,
                        "values": [{"features": [0,1], "value": 1.1, "standard_error": 0.05}]},
       "fit": {"r2": null, "r2_kind": "held-out", "r2_masks": 200, "masks": 2000,
               "evaluated": 1987, "all": 2.1, "none": -0.3,
               "seconds": {"plan": 0.5, "evaluate": 1.0, "solve": 2}},
       "provenance": {"version": "0.1", "commit": null, "seed": 7, "backend": "host",
                      "settings": {"folds": 5, "rate": 0.1, "kept": ["a"]}}}
      """;

  @TempDir private Path folder;

  /** R² by size is there or not, and stays what it is. */
  @Test
  void r2BySizeComesBack() {
    String with =
        BY_HAND.replace(
            "\"r2_masks\": 200,",
            "\"r2_masks\": 200, \"r2_by_size\": 0.75, \"r2_by_size_masks\": 150,");
    for (String text : List.of(BY_HAND, with, with.replace("0.75", "null"))) {
      Explanation read = ExplanationJson.parse(text, "hand");
      Fit fit = read.outputs().get(0).fit();
      assertEquals(text.equals(BY_HAND) ? 0 : 150, fit.r2BySizeMasks());
      assertEquals(text.contains("0.75") ? 0.75 : Double.NaN, fit.r2BySize());
      Path file = folder.resolve("again.json");
      ExplanationJson.write(file, read);
      assertEquals(fit, ExplanationJson.read(file).outputs().get(0).fit());
    }
    InputException refused =
        assertThrows(
            InputException.class, () -> ExplanationJson.parse(with.replace("0.75", "1.5"), "hand"));
    assertTrue(refused.getMessage().contains("r2_by_size must be at most 1"));
  }

  @Test
  void aFileByHandIsRead() {
    Explanation read = ExplanationJson.parse(BY_HAND, "hand");
    Output output = read.outputs().get(0);
    assertEquals(List.of("never", "fails", "to"), read.featureNames());
    assertEquals(new Span(6, 11), ((Input.Text) read.input()).spans().get(1));
    assertEquals(0.51, read.spectrum().coefficientOf());
    assertEquals(-0.2, read.spectrum().coefficientOf(0, 1));
    assertTrue(Double.isNaN(output.standardErrors()[0]));
    assertEquals(0.01, output.standardErrors()[1]);
    assertEquals(List.of(List.of(), List.of("trees")), output.foundBy());
    assertEquals(new Method("auto", "proxyspex", "lasso"), output.method());
    assertEquals(Index.FBII, output.interactions().index());
    assertEquals(0.05, output.interactions().values().get(0).standardError());
    assertTrue(Double.isNaN(output.fit().r2()));
    assertEquals(R2Kind.HELD_OUT, output.fit().r2Kind());
    assertEquals(1987, output.fit().evaluated());
    assertEquals(new Fit.Seconds(0.5, 1, 2), output.fit().seconds());
    assertEquals(7, read.provenance().seed());
    assertEquals(null, read.provenance().commit());
    assertEquals(null, read.provenance().device());
    assertEquals(
        new KeptKeys(Map.of("folds", 5, "rate", 0.1, "kept", List.of("a"))),
        read.provenance().report().kept());
  }

  @Test
  void whatIsWrittenComesBack() throws IOException {
    Explanation read = ExplanationJson.parse(BY_HAND, "hand");
    Path file = folder.resolve("explanation.json");
    ExplanationJson.write(file, read);
    Explanation again = ExplanationJson.read(file);
    assertSame(read.outputs().get(0), again.outputs().get(0));
    assertEquals(read.featureNames(), again.featureNames());
    assertEquals(read.input(), again.input());
    assertEquals(read.provenance(), again.provenance());
    assertEquals(text(read), text(again));
    assertEquals(Files.readString(file), text(read));
  }

  @Test
  void theWordOfEveryKindOfR2ComesBack() throws IOException {
    List<String> words = List.of("held-out", "test", "cross-validated", "fitted", "exact", "none");
    assertEquals(words, Arrays.stream(R2Kind.values()).map(R2Kind::toString).toList());
    for (String word : words) {
      String file = BY_HAND.replace("\"held-out\"", "\"" + word + "\"");
      JsonNode written = new ObjectMapper().readTree(text(ExplanationJson.parse(file, word)));
      assertEquals(word, written.at("/fit/r2_kind").asText());
    }
  }

  @Test
  void severalOutputsStandInAList() throws IOException {
    Explanation two = explanation(output("yes", 0.1), output("no", 1 / 3.0));
    JsonNode json = new ObjectMapper().readTree(text(two));
    assertEquals(2, json.get("outputs").size());
    assertFalse(json.has("target"));
    assertEquals("no", json.get("outputs").get(1).get("target").asText());
    Explanation again = ExplanationJson.parse(text(two), "two");
    for (int o = 0; o < 2; o++) {
      assertSame(two.outputs().get(o), again.outputs().get(o));
    }
  }

  @Test
  void numbersThatAreNotFiniteBecomeNull() throws IOException {
    RunReport report =
        Reports.of(
            new FitReport.Contest(
                Map.of("gp", Double.NaN),
                "gp",
                List.of(Double.NEGATIVE_INFINITY),
                4.0,
                new FitReport.Terms(1)));
    Provenance odd = provenance().withReport(report);
    Explanation one =
        new Explanation(2, List.of("a", "b"), Input.BARE, List.of(output("x", 1)), odd);
    String text = text(one);
    assertFalse(text.contains("NaN") || text.contains("Infinity"), text);
    JsonNode json = new ObjectMapper().readTree(text);
    assertTrue(json.at("/fit/r2").isNull());
    assertTrue(json.at("/provenance/settings/solver/held_out_r2/gp").isNull());
    assertTrue(json.at("/provenance/settings/solver/energy_left_scores/0").isNull());
    assertFalse(json.has("input"));
    assertTrue(Double.isNaN(ExplanationJson.parse(text, "odd").outputs().get(0).fit().r2()));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "ablate-explanation/1 | ablate-explanation/2 | ablate-explanation/2",
        "\"features\": 3 | \"features\": 0 | features must be a whole number from 1 to 2147483647",
        "\"features\": 3 | \"features\": 4 | 3 feature names for 4 features",
        "[6,11] | [6,11,12] | spans[1]",
        "[1,0] | [1,3] | from 0 to 2",
        "[1,0] | [1,1] | repeated",
        "\"features\": [], | \"features\": [0,1], | twice",
        "-0.2 | null | coefficient must be a number",
        "-0.2 | 1e999 | coefficient must be a number",
        "-0.2 | NaN | coefficient must be a number",
        "-0.2 | nan | no JSON",
        "[6,11] | [6,16] | spans[1] must be [start, end] within the text, which ends at 14",
        "[6,11] | [-1,11] | spans[1]",
        "[6,11] | [11,6] | spans[1]",
        "\"masks\": 2000 | \"masks\": -9223372036854775808 | fit: masks must be at least 0",
        "fbii | fbiii | fbiii",
        "\"target\" | \"label\" | target",
        "\"seed\": 7 | \"seed\": 7.5 | seed must be a whole number",
        "\"fit\" | \"fits\" | fit must be an object",
        "held-out | held_out | r2_kind must be one of held-out, test, cross-validated, fitted,"
            + " exact, none",
        "\"value\": 1.1 | \"value\": \"1.1\" | interactions, values[0]: value must be a number",
      })
  void badFilesAreNamed(String from, String to, String says) {
    String bad = BY_HAND.replace(from, to);
    InputException refused =
        assertThrows(InputException.class, () -> ExplanationJson.parse(bad, "bad.json"));
    assertTrue(refused.getMessage().contains(says), refused.getMessage());
    assertTrue(refused.getMessage().startsWith("bad.json"), refused.getMessage());
    assertEquals(1, refused.getMessage().lines().count());
  }

  @Test
  void everyShorteningIsRefused() {
    for (int length = 0; length < BY_HAND.strip().length(); length += 7) {
      String cut = BY_HAND.substring(0, length);
      assertThrows(InputException.class, () -> ExplanationJson.parse(cut, "cut"), cut);
    }
    assertThrows(InputException.class, () -> ExplanationJson.read(folder.resolve("missing.json")));
    assertThrows(InputException.class, () -> ExplanationJson.read(folder));
  }

  private static void assertSame(Output expected, Output actual) {
    assertEquals(expected.target(), actual.target());
    assertEquals(expected.method(), actual.method());
    assertArrayEquals(expected.spectrum().coefficients(), actual.spectrum().coefficients());
    for (int i = 0; i < expected.spectrum().size(); i++) {
      assertArrayEquals(expected.spectrum().sets().get(i), actual.spectrum().sets().get(i));
    }
    assertArrayEquals(expected.standardErrors(), actual.standardErrors());
    assertEquals(expected.foundBy(), actual.foundBy());
    assertEquals(expected.interactions(), actual.interactions());
    assertEquals(expected.fit(), actual.fit());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      value = {
        "{\"function\": \"log\"}; log",
        "{\"function\": \"logit\", \"low\": -1, \"high\": 2.5, \"margin\": 0.001};"
            + " logit of values from -1.0 to 2.5"
      })
  void aLinkComesBack(String link, String words) throws IOException {
    String file = BY_HAND.replace("\"spectrum\":", "\"link\": " + link + ", \"spectrum\":");
    Explanation read = ExplanationJson.parse(file, "hand");
    assertEquals(words, read.outputs().get(0).link().inWords());
    Explanation again = ExplanationJson.parse(text(read), "again");
    assertEquals(read.outputs().get(0).link(), again.outputs().get(0).link());
    double[] values = again.predict(Masks.exhaustive(3));
    assertEquals(read.outputs().get(0).link().inverse(0.51 - 0.2), values[0], 1e-12);
    assertFalse(text(ExplanationJson.parse(BY_HAND, "hand")).contains("\"link\""));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      value = {
        "{\"function\": \"probit\"}; link: function must be one of identity, logit, log",
        "{\"function\": \"logit\", \"low\": 1, \"high\": 1, \"margin\": 0.1}; low below high",
        "{\"function\": \"logit\", \"low\": 0, \"high\": 1, \"margin\": 0}; a margin above 0",
        "{\"function\": \"logit\", \"low\": 0}; high must be a number"
      })
  void aWrongLinkIsRefused(String link, String says) {
    String file = BY_HAND.replace("\"spectrum\":", "\"link\": " + link + ", \"spectrum\":");
    InputException refused =
        assertThrows(InputException.class, () -> ExplanationJson.parse(file, "hand"));
    assertTrue(refused.getMessage().contains(says), refused.getMessage());
  }

  private static Output output(String target, double scale) {
    Spectrum spectrum =
        new Spectrum(
            2,
            Sets.of(Arrays.asList(new int[] {}, new int[] {1}, new int[] {0, 1})),
            new double[] {scale, -scale / 7, 1e-30});
    return new Output(
        target,
        "logit",
        new Method("exact", "exact", "none"),
        spectrum,
        Interactions.of(Index.SII.interactions(spectrum, 2)),
        Fit.unmeasured(spectrum.all(), spectrum.none()));
  }

  private static Provenance provenance() {
    return new Provenance("1", "abc", -1, "host", "CPU", null, "17", null, RunReport.NONE);
  }

  private static Explanation explanation(Output... outputs) {
    return new Explanation(2, List.of("a", "\u00e4"), Input.BARE, List.of(outputs), provenance());
  }

  private static String text(Explanation explanation) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ExplanationJson.write(out, explanation);
    return out.toString(StandardCharsets.UTF_8);
  }
}
