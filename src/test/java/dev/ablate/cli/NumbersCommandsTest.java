package dev.ablate.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What numbers claim: how sure they are, of how many masks, and that they are numbers. */
class NumbersCommandsTest {
  private static final ObjectMapper JSON = new ObjectMapper();

  @TempDir private Path folder;

  private Path masks(int[][] rows) throws IOException {
    return Cli.masks(folder.resolve("masks.npy"), rows);
  }

  private Path values(double... values) throws IOException {
    return Cli.values(folder.resolve("values.npy"), values);
  }

  private Cli.Result solve(int[][] rows, double[] values, Object... more) throws IOException {
    List<Object> words = new ArrayList<>();
    words.addAll(List.of("solve", "--masks", masks(rows), "--values", values(values)));
    words.addAll(List.of(more));
    return Cli.run(words.toArray());
  }

  private static int[][] random(int rows, int features) {
    Random random = new Random(1);
    int[][] masks = new int[rows][features];
    for (int[] row : masks) {
      Arrays.setAll(row, i -> random.nextInt(2));
    }
    return masks;
  }

  private static void assertRefused(Cli.Result result, String says) {
    assertEquals(2, result.status(), result.out() + result.err());
    assertTrue(result.err().contains(says), result.err());
    assertEquals(
        1, result.err().lines().filter(l -> !l.startsWith("ablate: note: ")).count(), result.err());
  }

  @Test
  void shapiqCountsTheMasksOfATable() throws IOException {
    int[][] rows = random(300, 8);
    double[] values = new double[300];
    Arrays.setAll(values, r -> rows[r][0] + 2.0 * rows[r][1] * rows[r][3]);
    Path file = folder.resolve("shapiq.json");
    Cli.Result result = solve(rows, values, "--shapiq", file);
    assertEquals(0, result.status(), result.err());
    JsonNode metadata = JSON.readTree(file.toFile()).get("metadata");
    assertEquals(300, metadata.get("estimation_budget").asLong());
    assertTrue(metadata.get("estimated").asBoolean());
  }

  @Test
  void shapiqKnowsThatRepeatsDiffer() throws IOException {
    int[][] every = Cli.everyMask(3);
    int[][] rows = new int[32][];
    Arrays.setAll(rows, r -> every[r % 8]);
    Random random = new Random(5);
    Path noise = values(random.doubles(32).toArray());
    Path file = folder.resolve("shapiq.json");
    for (boolean tested : new boolean[] {false, true}) {
      Path masks = masks(rows);
      Object[] plain = {"solve", "--masks", masks, "--values", noise, "--shapiq", file};
      Object[] pair = Arrays.copyOf(plain, plain.length + 4);
      System.arraycopy(
          new Object[] {"--test-masks", masks, "--test-values", noise}, 0, pair, plain.length, 4);
      Cli.Result result = Cli.run(tested ? pair : plain);
      assertEquals(0, result.status(), result.err());
      assertTrue(result.err().contains("equal masks have different values"), result.err());
      assertFalse(result.out().contains("exact: every mask"), result.out());
      JsonNode metadata = JSON.readTree(file.toFile()).get("metadata");
      assertTrue(metadata.get("estimated").asBoolean());
      assertEquals(32, metadata.get("estimation_budget").asLong());
    }
  }

  @Test
  void aJournalsMasksCountForShapiq() throws IOException {
    Path journal = folder.resolve("game.journal");
    Path file = folder.resolve("shapiq.json");
    for (int run = 0; run < 2; run++) {
      Cli.Result result =
          Cli.run("explain", "--text", "never fails", "--resume", journal, "--shapiq", file);
      assertEquals(0, result.status(), result.err());
      JsonNode metadata = JSON.readTree(file.toFile()).get("metadata");
      assertEquals(4, metadata.get("estimation_budget").asLong());
      assertFalse(metadata.get("estimated").asBoolean());
    }
  }

  @Test
  void aBatchSaysWhatWasNotMeasured() throws IOException {
    Path input =
        Files.writeString(folder.resolve("in.jsonl"), "{\"text\": \"a good film never fails\"}\n");
    Cli.Result result =
        Cli.run(
            "explain",
            "--input",
            input,
            "--out",
            folder.resolve("out"),
            "--method",
            "gp",
            "--budget",
            5,
            "--test-masks",
            0);
    assertEquals(0, result.status(), result.err());
    assertTrue(result.out().contains("R² not measured"), result.out());
    assertFalse(result.out().contains("NaN"), result.out());
  }

  @ParameterizedTest
  @CsvSource({
    "never fails, screen",
    "never fails, proxyspex",
    "never fails, gp",
    "never fails, spex",
    "it never fails, screen",
    "it never fails, proxyspex",
    "it never fails, gp",
    "it never fails, spex",
    "fails, spex",
  })
  void fewWordsAreReadWhateverTheMethod(String text, String method) throws IOException {
    Cli.Result asked = Cli.run("explain", "--text", text, "--method", method, "--json", "-");
    Cli.Result exact = Cli.run("explain", "--text", text, "--method", "exact", "--json", "-");
    assertEquals(0, asked.status(), asked.err());
    JsonNode found = JSON.readTree(asked.out());
    JsonNode truth = JSON.readTree(exact.out());
    assertEquals(truth.get("spectrum"), found.get("spectrum"));
    assertEquals("exact", found.at("/method/ran").asText());
    assertEquals(method, found.at("/method/asked").asText());
    assertEquals("exact", found.at("/fit/r2_kind").asText());
    assertTrue(asked.err().contains("too few for " + method), asked.err());
  }

  /** 16 masks are too few for any test to be sure; all of them are known all the same. */
  @ParameterizedTest
  @ValueSource(strings = {"screen", "auto", "gp", "proxyspex"})
  void noAnswerIsEmptyWhereEveryMaskIsKnown(String method) throws IOException {
    int[][] every = Cli.everyMask(4);
    Random random = new Random(2);
    double[] values = new double[16];
    Arrays.setAll(values, m -> every[m][0] + 0.5 * random.nextGaussian());
    Cli.Result result = solve(every, values, "--method", method, "--json", "-");
    assertEquals(0, result.status(), result.err());
    assertTrue(JSON.readTree(result.out()).get("spectrum").size() > 1, result.out());
  }

  @Test
  void aSearchThatFindsNothingGivesWayToTheTransform() throws IOException {
    int[][] every = Cli.everyMask(4);
    double[] values = new Random(2).doubles(16).toArray();
    Cli.Result result = solve(every, values, "--method", "screen", "--json", "-");
    assertEquals(0, result.status(), result.err());
    JsonNode json = JSON.readTree(result.out());
    assertEquals("screen", json.at("/method/asked").asText());
    assertEquals("exact", json.at("/method/ran").asText());
    assertEquals(16, json.get("spectrum").size());
    assertTrue(result.err().contains("screen found no term"), result.err());
  }

  @ParameterizedTest
  @ValueSource(strings = {"auto", "exact", "screen", "gp", "proxyspex"})
  void valuesNearTheLargestDoubleAreExplainedOrRefused(String method) throws IOException {
    int[][] every = Cli.everyMask(4);
    double[] values = new double[16];
    Arrays.setAll(values, m -> (every[m][0] * 2 - 1) * Double.MAX_VALUE / (1 + m));
    for (String index : new String[] {"fourier", "fbii", "sv", "moebius", "sii"}) {
      Path json = folder.resolve(index + ".json");
      Cli.Result result =
          solve(every, values, "--method", method, "--index", index, "--json", json);
      assertTrue(result.status() == 0 || result.status() == 2, result.err());
      assertFalse(result.err().contains("failed inside"), result.err());
      if (result.status() == 2) {
        assertEquals(1, result.err().lines().count(), result.err());
        assertFalse(Files.exists(json));
      }
    }
  }

  @Test
  void theTransformOfTheLargestDoublesIsRight() throws IOException {
    double most = Double.MAX_VALUE;
    double[] values = {-most, most, -most, most};
    Cli.Result result = solve(Cli.everyMask(2), values, "--index", "fourier", "--json", "-");
    assertEquals(0, result.status(), result.err());
    JsonNode spectrum = JSON.readTree(result.out()).get("spectrum");
    assertEquals(1, spectrum.size());
    assertEquals(-most, spectrum.get(0).get("coefficient").asDouble());
  }

  private Path explanation(String from, String to) throws IOException {
    Path file = folder.resolve("e.json");
    Cli.Result result = solve(Cli.everyMask(2), new double[] {0, 1, 2, 7}, "--json", file);
    assertEquals(0, result.status(), result.err());
    String text = Files.readString(file);
    assertTrue(text.contains(from), text);
    return Files.writeString(file, text.replace(from, to));
  }

  @Test
  void predictNeverWritesInfinity() throws IOException {
    Path file = explanation("\"coefficient\" :", "\"coefficient\" : 1.7e308, \"was\" :");
    Path out = folder.resolve("predicted.npy");
    Cli.Result result =
        Cli.run("predict", "--explanation", file, "--masks", masks(Cli.everyMask(2)), "--out", out);
    assertRefused(result, "Infinity");
    assertFalse(Files.exists(out));
  }

  /** Its bytes are NPY, which would be read as what the name says. */
  @ParameterizedTest
  @ValueSource(strings = {"predicted.csv", "predicted.TSV", "predicted.npz", "-"})
  void predictionsAreCalledWhatTheyAre(String name) throws IOException {
    Path file = explanation("\"r2\" :", "\"r2\" :");
    Path out = name.equals("-") ? Path.of(name) : folder.resolve(name);
    Cli.Result result =
        Cli.run("predict", "--explanation", file, "--masks", masks(Cli.everyMask(2)), "--out", out);
    assertRefused(result, "values are written as NPY");
    assertFalse(Files.exists(out));
  }

  @ParameterizedTest
  @CsvSource({"2147483648, at most 1", "1.0000001, at most 1", "NaN, number", "'\"1\"', number"})
  void anR2ThatIsNoneIsRefused(String r2, String says) throws IOException {
    Path file = explanation("\"r2\" :", "\"r2\" : " + r2 + ", \"was\" :");
    Cli.Result result =
        Cli.run(
            "predict",
            "--explanation",
            file,
            "--masks",
            masks(Cli.everyMask(2)),
            "--out",
            folder.resolve("predicted.npy"));
    assertRefused(result, says);
  }

  @Test
  void testMasksThatWereFittedAreSaid() throws IOException {
    int[][] rows = random(100, 20);
    double[] values = new double[100];
    Arrays.setAll(values, r -> rows[r][0] + 2.0 * rows[r][1]);
    Path masks = masks(rows);
    Path file = values(values);
    Cli.Result result =
        Cli.run(
            "solve",
            "--masks",
            masks,
            "--values",
            file,
            "--test-masks",
            masks,
            "--test-values",
            file);
    assertEquals(0, result.status(), result.err());
    assertTrue(result.err().contains("100 of the 100 test masks were fitted too"), result.err());
  }

  @ParameterizedTest
  @CsvSource({
    "uniform, 40, 2147483647",
    "spex, 3000, 9223372036854775807",
    "proxyspex, 1000000, 100000000",
  })
  void aDesignBeyondMemoryIsRefusedBeforeItIsMade(String method, int features, long budget) {
    Path out = folder.resolve("design");
    Cli.Result result =
        Cli.run(
            "design",
            "--features",
            features,
            "--budget",
            budget,
            "--method",
            method.equals("uniform") ? "auto" : method,
            "--out",
            out);
    assertRefused(result, "more than fit in memory: lower --budget to at most ");
    assertFalse(Files.exists(out));
  }

  @Test
  void aDesignOfMoreMasksThanNumbersIsRefused() throws IOException {
    Path design =
        Files.writeString(
            folder.resolve("design.json"),
            "{\"format\": \"ablate-design/1\", \"kind\": \"exhaustive\", \"features\": 70,"
                + " \"masks\": 64}");
    Cli.Result result = solve(random(64, 70), new double[64], "--design", design);
    assertRefused(result, "features must be a whole number from 1 to 62");
  }
}
