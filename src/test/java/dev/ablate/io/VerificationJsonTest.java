package dev.ablate.io;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ablate.Ablate;
import dev.ablate.code.InputException;
import dev.ablate.explanation.Explanation;
import dev.ablate.explanation.Output;
import dev.ablate.explanation.Verification;
import dev.ablate.explanation.Verification.Compared;
import dev.ablate.mask.Masks;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class VerificationJsonTest {
  private static final String VERIFIED =
      """
      {"masks": 3, "fitted": 1, "evaluated": 2, "journal_masks": 1, "seconds": 0.5,
       "correlation": 0.75, "correlation_beyond": null, "error": 0.25,
       "checks": [
         {"features": [0, 1], "value": -1.5, "standard_error": 0.125,
          "removed": {"value": {"predicted": 1, "measured": 2},
                      "together": {"predicted": -3, "measured": -2},
                      "parts": {"predicted": -1, "measured": 0.5}},
          "alone": {"value": {"predicted": 3, "measured": 4},
                    "together": {"predicted": 5, "measured": 6},
                    "parts": {"predicted": 7, "measured": 8}}},
         {"features": [1], "value": 2,
          "removed": {"value": {"predicted": 9, "measured": null}},
          "alone": {"value": {"predicted": 10, "measured": 11}}}]}""";

  private static final String FILE =
      """
      {"format": "ablate-explanation/1", "features": 2, "feature_names": ["a", "b"],
       "target": "yes", "value": "logit",
       "method": {"asked": "auto", "ran": "exact", "refine": "none"},
       "spectrum": [], "interactions": {"index": "fbii", "order": 2, "values": []},
       "fit": {"r2": 1, "r2_kind": "exact", "r2_masks": 0, "masks": 4, "evaluated": 4, "all": 0,
               "none": 0, "seconds": {"plan": 0, "evaluate": 0, "solve": 0}},
       "verification": %s,
       "provenance": {"version": "1", "commit": null, "seed": 7, "backend": "host"}}
      """;

  private static Verification read(String verification) {
    return ExplanationJson.parse(FILE.formatted(verification), "hand")
        .outputs()
        .get(0)
        .verification();
  }

  @Test
  void aFileByHandIsRead() {
    Verification read = read(VERIFIED);
    assertEquals(3, read.masks());
    assertEquals(1, read.fitted());
    assertEquals(2, read.evaluated());
    assertEquals(1, read.journalMasks());
    assertEquals(0.5, read.seconds());
    assertEquals(0.75, read.correlation());
    assertEquals(Double.NaN, read.correlationBeyond());
    assertEquals(0.25, read.error());
    Verification.Check pair = read.checks().get(0);
    assertArrayEquals(new int[] {0, 1}, pair.interaction().features());
    assertEquals(-1.5, pair.interaction().value());
    assertEquals(0.125, pair.interaction().standardError());
    assertEquals(new Compared(1, 2), pair.removed().value());
    assertEquals(new Compared(-2, -2.5), pair.removed().beyond());
    assertEquals(new Compared(-2, -2), pair.alone().beyond());
    Verification.Check single = read.checks().get(1);
    assertNull(single.interaction().standardError());
    assertEquals(new Compared(9, Double.NaN), single.removed().value());
    assertNull(single.alone().beyond());
  }

  @Test
  void whatIsWrittenComesBack() throws IOException {
    Explanation read = ExplanationJson.parse(FILE.formatted(VERIFIED), "hand");
    assertEquals(
        read.outputs().get(0).verification(),
        ExplanationJson.parse(text(read), "again").outputs().get(0).verification());
    String none = FILE.replace(" \"verification\": %s,\n", "");
    assertNull(ExplanationJson.parse(none, "hand").outputs().get(0).verification());
    assertFalse(text(ExplanationJson.parse(none, "hand")).contains("verification"));
  }

  /** What a run measured is in its file, of every output. */
  @Test
  void theVerificationOfARunComesBack() throws IOException {
    Explanation explanation =
        Ablate.builder().game(VerificationJsonTest::values).features(9).verify(4).explain();
    Output output = ExplanationJson.parse(text(explanation), "run").outputs().get(0);
    assertEquals(explanation.outputs().get(0).verification(), output.verification());
    assertEquals(4, output.verification().checks().size());
  }

  private static double[] values(Masks masks) {
    return IntStream.range(0, masks.count())
        .mapToDouble(r -> (masks.kept(r, 1) && masks.kept(r, 2) ? 3 : 0) + masks.sizes()[r] / 7.0)
        .toArray();
  }

  /** A derived explanation is of another game, which nobody asked. */
  @Test
  void whatIsDerivedIsNotVerified() {
    Explanation read = ExplanationJson.parse(FILE.formatted(VERIFIED), "hand");
    assertNull(read.scale(2).lowestVerification());
    assertNull(read.ofOrders(0, 1).lowestVerification());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "\"masks\": 3 | \"masks\": -1 | verification: masks must be a whole number from 0",
        "\"masks\": 3, | '' | verification: masks must be a whole number",
        "0.75 | \"high\" | verification: correlation must be a number",
        "[0, 1] | [0, 2] | checks[0]: features must be made of numbers from 0 to 1",
        "\"measured\": 4 | \"measured\": \"4\" | checks[0], alone, value: measured must be",
        "\"parts\": {\"predicted\": 7 | \"part\": {\"predicted\": 7 | parts must be an object",
        "\"removed\": {\"value\": {\"predicted\": 9 | \"lost\": {\"value\": {\"predicted\": 9"
            + " | checks[1]: removed must be an object",
      })
  void badFilesAreNamed(String from, String to, String says) {
    String bad = VERIFIED.replace(from, to);
    InputException refused = assertThrows(InputException.class, () -> read(bad));
    assertTrue(refused.getMessage().contains(says), refused.getMessage());
    assertTrue(refused.getMessage().startsWith("hand"), refused.getMessage());
  }

  private static String text(Explanation explanation) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ExplanationJson.write(out, explanation);
    return out.toString(StandardCharsets.UTF_8);
  }
}
