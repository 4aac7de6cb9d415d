package dev.ablate.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** {@code ablate best} on explanations that other commands wrote. */
class BestCommandTest {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final int FEATURES = 8;

  @TempDir private Path folder;

  /** Values with interactions, from 0 to 1, by the number of the mask. */
  private static double value(int mask, int output) {
    double sum = Math.sin(1 + output + mask % 7) + Math.cos(mask / 9.0 + output);
    return 1 / (1 + Math.exp(-2 * sum));
  }

  private Path explanation(int outputs) throws IOException {
    int[][] rows = Cli.everyMask(FEATURES);
    double[] values = new double[rows.length * outputs];
    for (int row = 0; row < rows.length; row++) {
      for (int o = 0; o < outputs; o++) {
        values[row * outputs + o] = value(number(rows[row]), o);
      }
    }
    Cli.masks(folder.resolve("masks.npy"), rows);
    Path file = folder.resolve("values.npy");
    String shape = "(" + rows.length + ", " + outputs + ")";
    Cli.npy(file, "<f8", false, shape, Cli.doubles(values));
    Path explanation = folder.resolve("explanation.json");
    Cli.Result solved =
        Cli.run(
            "solve",
            "--masks",
            folder.resolve("masks.npy"),
            "--values",
            file,
            "--method",
            "exact",
            "--json",
            explanation);
    assertEquals(0, solved.status(), solved.err());
    return explanation;
  }

  private static int number(int[] row) {
    int mask = 0;
    for (int i = 0; i < row.length; i++) {
      mask |= row[i] << i;
    }
    return mask;
  }

  private static double best(int size, int output, int sign) {
    double best = Double.NEGATIVE_INFINITY;
    for (int mask = 0; mask < 1 << FEATURES; mask++) {
      if (Integer.bitCount(mask) == size) {
        best = Math.max(best, sign * value(mask, output));
      }
    }
    return sign * best;
  }

  /** The largest loss is what nobody looks for. */
  @Test
  void ofALossTheSmallestIsBest() throws IOException {
    Path file = explanation(1);
    String text = Files.readString(file);
    Files.writeString(file, text.replaceFirst("\"value\" : \"[^\"]*\"", "\"value\" : \"loss\""));
    Cli.Result plain = Cli.run("best", "--explanation", file, "--size", 3);
    assertTrue(plain.out().startsWith("loss of "), plain.out());
    assertTrue(plain.err().contains("--min finds the set"), plain.err());
    Cli.Result asked = Cli.run("best", "--explanation", file, "--size", 3, "--max");
    assertEquals("", asked.err());
  }

  @ParameterizedTest
  @CsvSource({"1, --max, 1", "3, --max, 1", "5, --min, -1", "8, --min, -1"})
  void theBestOfAllMasksOfEachOutput(int size, String goal, int sign) throws IOException {
    Path file = explanation(2);
    Cli.Result result = Cli.run("best", "--explanation", file, "--size", size, goal, "--json", "-");
    assertEquals(0, result.status(), result.err());
    JsonNode found = JSON.readTree(result.out());
    assertEquals("ablate-best/1", found.get("format").asText());
    assertEquals(size, found.get("size").asInt());
    assertEquals(goal, "--" + found.get("goal").asText());
    assertEquals(2, found.get("outputs").size());
    for (int o = 0; o < 2; o++) {
      JsonNode each = found.get("outputs").get(o);
      int mask = 0;
      for (JsonNode feature : each.get("features")) {
        mask |= 1 << feature.asInt();
      }
      assertEquals(size, Integer.bitCount(mask));
      assertEquals(size, each.get("feature_names").size());
      assertEquals(value(mask, o), each.get("predicted").asDouble(), 1e-9);
      assertEquals(best(size, o, sign), each.get("predicted").asDouble(), 1e-9);
      assertTrue(each.get("proven").asBoolean());
      assertEquals(0, each.get("gap").asDouble());
    }
  }

  @Test
  void helpNamesSizeAndWork() {
    Cli.Result result = Cli.run("best", "--help");
    assertEquals(0, result.status());
    assertTrue(result.out().contains("--size"), result.out());
    assertTrue(result.out().contains("--work"), result.out());
  }

  @Test
  void oneOutputIsShownWithItsFeatures() throws IOException {
    Path file = explanation(2);
    String name = JSON.readTree(file.toFile()).get("outputs").get(1).get("target").asText();
    Path json = folder.resolve("best.json");
    Cli.Result result =
        Cli.run("best", "--explanation", file, "--size", 2, "--output", name, "--json", json);
    assertEquals(0, result.status(), result.err());
    JsonNode outputs = JSON.readTree(json.toFile()).get("outputs");
    assertEquals(1, outputs.size());
    assertEquals(name, outputs.get(0).get("target").asText());
    assertTrue(result.out().contains("2 of 8 kept"), result.out());
    assertTrue(result.out().contains("all sets were looked at"), result.out());
    String names = outputs.get(0).get("feature_names").get(0).asText();
    assertTrue(result.out().contains("\n  " + names + ", "), result.out());
  }

  @Test
  void aSpectrumBeforeALinkHasTheSameBestSet() throws IOException {
    Path file = explanation(1);
    JsonNode plain = best(file);
    String text = Files.readString(file);
    String link =
        "\"link\": {\"function\": \"logit\", \"low\": 0, \"high\": 1, \"margin\": 0.01},\n";
    Path linked = folder.resolve("linked.json");
    Files.writeString(linked, text.replaceFirst("\"spectrum\"", link + "\"spectrum\""));
    JsonNode behind = best(linked);
    assertEquals(plain.get("features"), behind.get("features"));
    double share = 1 / (1 + Math.exp(-plain.get("predicted").asDouble()));
    assertEquals(-0.01 + 1.02 * share, behind.get("predicted").asDouble(), 1e-9);
    assertEquals(behind.get("predicted"), behind.get("bound"));
  }

  private static JsonNode best(Path file) throws IOException {
    Cli.Result result = Cli.run("best", "--explanation", file, "--size", 4, "--json", "-");
    assertEquals(0, result.status(), result.err());
    return JSON.readTree(result.out()).get("outputs").get(0);
  }

  @Test
  void whatCannotBeAskedIsRefusedInOneLine() throws IOException {
    Path file = explanation(2);
    Path broken = Files.writeString(folder.resolve("broken.json"), "{\"format\": \"other\"}");
    Path json = folder.resolve("best.json");
    refused("give 1 to 8", json, "--explanation", file, "--size", 9);
    refused("--size 0", json, "--explanation", file, "--size", 0);
    refused("--size -3", json, "--explanation", file, "--size", -3);
    refused("--size half", json, "--explanation", file, "--size", "half");
    refused("--size is missing", json, "--explanation", file);
    refused("--work -1", json, "--explanation", file, "--size", 2, "--work", -1);
    refused("give one", json, "--explanation", file, "--size", 2, "--min", "--max");
    refused("name one of them", json, "--explanation", file, "--size", 2, "--output", "nobody");
    refused("ablate-explanation/1", json, "--explanation", broken, "--size", 2);
    refused("does not exist", json, "--explanation", folder.resolve("none.json"), "--size", 2);
    refused("--explanation", json, "--size", 2);
    refused("reads the same file", file, "--explanation", file, "--size", 2);
  }

  private static void refused(String says, Path json, Object... words) throws IOException {
    boolean was = Files.exists(json);
    Object[] all = Arrays.copyOf(new Object[] {"best", "--json", json}, words.length + 3);
    System.arraycopy(words, 0, all, 3, words.length);
    Cli.Result result = Cli.run(all);
    assertEquals(2, result.status(), result.out());
    assertEquals(1, result.err().lines().count(), result.err());
    assertTrue(result.err().contains(says), result.err());
    assertEquals("", result.out());
    assertEquals(was, Files.exists(json));
    assertFalse(was && Files.readString(json).contains("ablate-best"));
  }
}
