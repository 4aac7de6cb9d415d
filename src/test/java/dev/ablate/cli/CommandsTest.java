package dev.ablate.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Every command, run as a user would. */
class CommandsTest {
  private static final ObjectMapper JSON = new ObjectMapper();

  @TempDir private Path folder;

  private static void assertOk(Cli.Result result) {
    assertEquals(0, result.status(), result.err());
    // Notes, such as how many masks SPEX used, may stand beside a result.
    assertEquals(
        List.of(), result.err().lines().filter(l -> !l.startsWith("ablate: note: ")).toList());
  }

  /** 1 + 2 x0 - 3 x1 x2. */
  private static double game(byte[] mask, int at) {
    return 1 + 2 * mask[at] - 3 * mask[at + 1] * mask[at + 2];
  }

  /** The rows of an NPY file of bytes, read without the project's reader. */
  private static byte[] data(Path file) throws IOException {
    byte[] all = Files.readAllBytes(file);
    int header = 10 + (all[8] & 255) + ((all[9] & 255) << 8);
    return Arrays.copyOfRange(all, header, all.length);
  }

  @ParameterizedTest
  @ValueSource(strings = {"auto", "exact", "spex", "proxyspex", "screen", "gp"})
  void aSingleFeatureIsExplainedExactly(String method) throws IOException {
    Cli.Result one = Cli.run("explain", "--text", "good", "--method", method, "--json", "-");
    assertOk(one);
    JsonNode explained = JSON.readTree(one.out());
    assertEquals("exact", explained.at("/method/ran").asText());
    assertEquals(method, explained.at("/method/asked").asText());

    Path masks = Cli.masks(folder.resolve("masks.npy"), Cli.everyMask(1));
    Path values = Cli.values(folder.resolve("values.npy"), 1, 4);
    Cli.Result table =
        Cli.run("solve", "--masks", masks, "--values", values, "--method", method, "--json", "-");
    assertOk(table);
    assertEquals(4, JSON.readTree(table.out()).at("/fit/all").asDouble(), 1e-12);
  }

  @ParameterizedTest
  @CsvSource({
    "5, auto, exact, none",
    "16, auto, screen, none",
    "16, screen, screen, none",
    "16, gp, gp, none",
    "16, proxyspex, proxyspex, lasso",
    "16, spex, spex, lasso"
  })
  void designSolvePredictRoundTrip(int features, String method, String ran, String refine)
      throws IOException {
    Path out = folder.resolve("design");
    assertOk(
        Cli.run(
            "design", "--features", features, "--method", method, "--budget", 1000, "--out", out));
    byte[] masks = data(out.resolve("masks.npy"));
    double[] values =
        IntStream.range(0, masks.length / features)
            .mapToDouble(r -> game(masks, r * features))
            .toArray();
    Path valuesFile = Cli.values(folder.resolve("values.npy"), values);
    Path json = folder.resolve("explanation.json");
    assertOk(
        Cli.run(
            "solve",
            "--masks",
            out.resolve("masks.npy"),
            "--values",
            valuesFile,
            "--design",
            out.resolve("design.json"),
            "--method",
            method,
            "--json",
            json));
    JsonNode explanation = JSON.readTree(json.toFile());
    assertEquals("ablate-explanation/1", explanation.get("format").asText());
    assertEquals(ran, explanation.at("/method/ran").asText());
    assertEquals(refine, explanation.at("/method/refine").asText());

    Path predicted = folder.resolve("predicted.npy");
    assertOk(
        Cli.run(
            "predict",
            "--explanation",
            json,
            "--masks",
            out.resolve("masks.npy"),
            "--out",
            predicted));
    ByteBuffer read = ByteBuffer.wrap(data(predicted)).order(ByteOrder.LITTLE_ENDIAN);
    double[] found = new double[values.length];
    read.asDoubleBuffer().get(found);
    assertArrayEquals(values, found, 0.05);
  }

  /** Masks by size come back with their design, and R² says of which masks it is. */
  @ParameterizedTest
  @CsvSource({
    "--index sv, paired-size",
    "--index fbii, paired-uniform",
    "--index fbii --sampling both, paired-both",
    "--index sii --sampling uniform, paired-uniform"
  })
  void designsFollowTheIndex(String options, String kind) throws IOException {
    Path out = folder.resolve("design");
    List<Object> words =
        new ArrayList<>(List.of("design", "--features", 12, "--budget", 500, "--out", out));
    words.addAll(List.of(options.split(" ")));
    assertOk(Cli.run(words.toArray()));
    assertEquals(kind, JSON.readTree(out.resolve("design.json").toFile()).get("kind").asText());
    byte[] masks = data(out.resolve("masks.npy"));
    for (int i = 0; i < 12; i++) {
      assertEquals(0, masks[i]);
      assertEquals(1, masks[12 + i]);
      assertEquals(1 - masks[24 + i], masks[36 + i]);
    }
    double[] values = IntStream.range(0, 500).mapToDouble(r -> game(masks, r * 12)).toArray();
    Path json = folder.resolve("explanation.json");
    assertOk(
        Cli.run(
            "solve",
            "--masks",
            out.resolve("masks.npy"),
            "--values",
            Cli.values(folder.resolve("values.npy"), values),
            "--design",
            out.resolve("design.json"),
            "--json",
            json));
    JsonNode explanation = JSON.readTree(json.toFile());
    assertEquals(kind, explanation.at("/provenance/settings/design").asText());
    assertEquals(
        !kind.equals("paired-uniform"),
        explanation.at("/provenance/settings/notes").toString().contains("drawn by size"));
    assertEquals(values[0], explanation.at("/fit/none").asDouble());
    assertEquals(values[1], explanation.at("/fit/all").asDouble());
  }

  @Test
  void packedDesignsAreTheSameMasks() throws IOException {
    Path plain = folder.resolve("plain");
    Path packed = folder.resolve("packed");
    assertOk(Cli.run("design", "--features", 70, "--budget", 50, "--out", plain));
    assertOk(Cli.run("design", "--features", 70, "--budget", 50, "--out", packed, "--packed"));
    byte[] bytes = data(plain.resolve("masks.npy"));
    ByteBuffer words =
        ByteBuffer.wrap(data(packed.resolve("masks.npy"))).order(ByteOrder.LITTLE_ENDIAN);
    for (int r = 0; r < 50; r++) {
      for (int i = 0; i < 70; i++) {
        long word = words.getLong(8 * (2 * r + i / 64));
        assertEquals(bytes[r * 70 + i], (byte) (word >>> i & 1));
      }
    }
  }

  @Test
  void explainPrintsTheSentenceAndItsInteractions() {
    Cli.Result result = Cli.run("explain", "--text", "Her acting never fails to impress");
    assertOk(result);
    assertTrue(result.out().contains("Her acting never fails to impress"), result.out());
    assertTrue(result.out().contains("never × fails"), result.out());
    assertTrue(result.out().contains("exact"), result.out());
  }

  @Test
  void explainWritesJsonToStandardOutputAlone() throws IOException {
    Cli.Result result =
        Cli.run(
            "explain",
            "--text",
            "a good film, never dull",
            "--json",
            "-",
            "--target",
            "positive,negative",
            "--value",
            "probability");
    assertOk(result);
    JsonNode json = JSON.readTree(result.out());
    assertEquals(2, json.get("outputs").size());
    assertEquals("probability", json.at("/outputs/0/value").asText());
    double sum =
        json.at("/outputs/0/fit/all").asDouble() + json.at("/outputs/1/fit/all").asDouble();
    assertEquals(1, sum, 1e-6);
  }

  /** What ends an answer is often the end of a line. */
  @Test
  void whiteSpaceEndsAnswersAndIsNoOtherValue() {
    String text = "Anna has the red key. Who has it?";
    for (String stop : List.of("\n", " ")) {
      assertOk(Cli.run("explain", "--model", "bundled:facts", "--text", text, "--stop", stop));
    }
    for (String option : List.of("--stop", "--answer", "--against")) {
      Cli.Result result =
          Cli.run("explain", "--model", "bundled:facts", "--text", text, option, "");
      assertEquals(2, result.status(), option);
      assertTrue(result.err().contains(option + " is empty"), result.err());
    }
    Cli.Result blank = Cli.run("explain", "--model", "bundled:facts", "--text", " ");
    assertEquals(2, blank.status());
    assertTrue(blank.err().contains("--text is empty"), blank.err());
  }

  @Test
  void aSingleFeatureIsExplainedExactly() throws IOException {
    Cli.Result result = Cli.run("explain", "--text", "wonderful", "--json", "-");
    assertOk(result);
    JsonNode json = JSON.readTree(result.out());
    assertEquals("exact", json.at("/method/ran").asText());
    assertEquals(1, json.get("features").asInt());
  }

  @Test
  void manyTextsGetAFileEach() throws IOException {
    Path input =
        Files.writeString(
            folder.resolve("texts.jsonl"),
            "{\"text\": \"good film\", \"id\": \"a\"}\n\n{\"text\": \"a bad film\"}\n");
    Path out = folder.resolve("out");
    Cli.Result result = Cli.run("explain", "--input", input, "--out", out);
    assertOk(result);
    assertEquals(2, result.out().lines().count());
    assertEquals(
        "good film", JSON.readTree(out.resolve("a.json").toFile()).at("/input/text").asText());
    assertEquals(3, JSON.readTree(out.resolve("3.json").toFile()).get("features").asInt());
    List<String> summary = Files.readAllLines(out.resolve("summary.jsonl"));
    assertEquals(2, summary.size());
    for (String line : summary) {
      JsonNode told = JSON.readTree(line);
      JsonNode file = JSON.readTree(out.resolve(told.get("file").textValue()).toFile());
      assertEquals(file.get("features"), told.get("features"));
      assertEquals(file.get("target"), told.at("/outputs/0"));
      assertEquals(file.at("/fit/evaluated"), told.get("evaluated"));
      JsonNode largest = told.at("/top/0");
      JsonNode pair = null;
      for (JsonNode interaction : file.at("/interactions/values")) {
        boolean more = interaction.get("features").size() > 1;
        pair = pair == null && more ? interaction : pair;
      }
      assertEquals(pair.get("features"), largest.get("features"));
      assertEquals(pair.get("value"), largest.get("value"));
      int first = pair.at("/features/0").intValue();
      assertEquals(file.get("feature_names").get(first), largest.at("/names/0"));
    }
  }

  @Test
  void whatJournalsAndSummaryHaveIsPassedOver() throws IOException {
    Path input =
        Files.writeString(
            folder.resolve("texts.jsonl"),
            "{\"text\": \"good film\", \"id\": \"a\"}\n{\"text\": \"a bad film\"}\n");
    Object[] words = {"explain", "--input", input, "--out", folder, "--resume", folder};
    assertOk(Cli.run(words));
    Cli.Result again = Cli.run(words);
    assertEquals(0, again.status(), again.err());
    assertEquals("ablate: 2 inputs are done already\n", again.err());
    assertEquals("", again.out());
    Files.delete(folder.resolve("a.json"));
    Cli.Result one = Cli.run(words);
    assertEquals("ablate: 1 input is done already\n", one.err());
    assertTrue(one.out().contains("a.json") && one.out().contains(" 0 masks"), one.out());
  }

  @Test
  void solveScoresOnATestPair() throws IOException {
    int[][] every = Cli.everyMask(4);
    Path masks = Cli.masks(folder.resolve("masks.npy"), every);
    double[] values = new double[16];
    Arrays.setAll(values, m -> every[m][0] + 2.0 * every[m][1] * every[m][3]);
    Path valuesFile = Cli.values(folder.resolve("values.npy"), values);
    Cli.Result result =
        Cli.run(
            "solve",
            "--masks",
            masks,
            "--values",
            valuesFile,
            "--test-masks",
            masks,
            "--test-values",
            valuesFile,
            "--json",
            "-");
    assertOk(result);
    JsonNode fit = JSON.readTree(result.out()).get("fit");
    assertEquals("test", fit.get("r2_kind").asText());
    assertEquals(1, fit.get("r2").asDouble(), 1e-12);
    assertEquals(16, fit.get("r2_masks").asInt());
  }

  @Test
  void masksThatAreNotUniformGetOneWarningLine() throws IOException {
    int[][] rows = new int[200][8];
    for (int r = 0; r < 200; r++) {
      for (int i = 0; i < 8; i++) {
        rows[r][i] = (r * 37 + i * 11) % 10 < 8 ? 1 : 0;
      }
    }
    double[] values = new double[200];
    Arrays.setAll(values, r -> rows[r][0] - 2.0 * rows[r][5]);
    Cli.Result result =
        Cli.run(
            "solve",
            "--masks",
            Cli.masks(folder.resolve("m.npy"), rows),
            "--values",
            Cli.values(folder.resolve("v.npy"), values),
            "--method",
            "proxyspex");
    assertEquals(0, result.status(), result.err());
    assertEquals(
        1, result.err().lines().filter(line -> line.contains("not uniform")).count(), result.err());
  }

  @ParameterizedTest
  @CsvSource({"explain", "design", "solve", "predict", "devices", "selftest", "tune"})
  void everyCommandHasHelpAndJson(String command) {
    Cli.Result result = Cli.run(command, "--help");
    assertOk(result);
    assertTrue(result.out().contains("--json"), result.out());
    assertTrue(result.out().contains("cuda[:k] or opencl[:k]"), result.out());
  }

  @Test
  void sameSeedSameExplanation() throws IOException {
    String text = "not a good film but hardly ever dull and it never fails to charm anyone";
    String[] runs = new String[2];
    for (int i = 0; i < 2; i++) {
      Cli.Result result =
          Cli.run("explain", "--text", text, "--budget", 300, "--json", "-", "--threads", 1 + i);
      assertOk(result);
      runs[i] = JSON.readTree(result.out()).get("interactions").toString();
    }
    assertEquals(runs[0], runs[1]);
  }
}
