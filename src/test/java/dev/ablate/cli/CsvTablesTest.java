package dev.ablate.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** {@code solve} on tables that people keep in CSV. */
class CsvTablesTest {
  private static final ObjectMapper JSON = new ObjectMapper();

  @TempDir private Path folder;

  private Path file(String name, String content) throws IOException {
    return Files.writeString(folder.resolve(name), content.replace('~', '\n'));
  }

  private static JsonNode solved(Object... arguments) throws IOException {
    Cli.Result result = Cli.run(arguments);
    assertEquals(0, result.status(), result.err());
    return JSON.readTree(result.out());
  }

  /** 1 + 2 a - 3 a b, and its negative, on every mask of a and b. */
  @Test
  void namesOfFeaturesAndOutputsComeFromTheFirstLines() throws IOException {
    Path masks = file("m.csv", "\uFEFFalpha;\"be;ta\"\r~0;0\r~1;0\r~0;1\r~1;1\r~");
    Path values = file("v.csv", "up;down~1,0;-1,0~3,0;-3,0~1,0;-1,0~0,0;0,0~");
    JsonNode all =
        solved("solve", "--masks", masks, "--values", values, "--index", "moebius", "--json", "-");
    JsonNode first = all.isArray() ? all.get(0) : all;
    JsonNode outputs = first.has("outputs") ? first.get("outputs") : all;
    assertEquals("[\"alpha\",\"be;ta\"]", first.get("feature_names").toString());
    assertEquals("up", outputs.get(0).get("target").asText());
    assertEquals("down", outputs.get(1).get("target").asText());
    JsonNode pairs = outputs.get(0).at("/interactions/values");
    boolean found = false;
    for (JsonNode value : pairs) {
      if (value.get("features").toString().equals("[0,1]")) {
        found = true;
        assertEquals(-3, value.get("value").asDouble(), 1e-9);
      }
    }
    assertTrue(found, pairs.toString());
  }

  @Test
  void namesFromAFileGoBeforeThoseOfTheTable() throws IOException {
    Path masks = file("m.csv", "a,b~False,False~True,False~False,True~True,True~");
    Path values = file("v.csv", "1~3~1~0~");
    Path names = file("names.txt", "first one~second one~");
    JsonNode all =
        solved("solve", "--masks", masks, "--values", values, "--names", names, "--json", "-");
    assertEquals("[\"first one\",\"second one\"]", all.get("feature_names").toString());
    assertEquals("output 0", all.get("target").asText());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '@',
      value = {
        "a,b~0,0~1,2~ | 1~2~ | a,b | m.csv row 2, column \"b\": holds 2; masks are 0",
        "a,b~0,0~1,~ | 1~2~ | a,b | m.csv row 2, column \"b\": is empty",
        "a,b~0,0~1,1~ | y~1~~2~ | a,b | v.csv row 2, column \"y\": is empty",
        "a,b~0,0~1,1~ | y~1~\"2,5\"~ | a,b | \"2,5\" has a comma; write a decimal point",
        "a,b~0,0~1,1~ | y~1~NaN~ | a,b | v.csv row 2, column \"y\": \"NaN\" is no finite number",
        "a,b~0,0~1,1~ | 1~2~3~ | a,b | 2 masks but 3 values",
        "a,b~ | 1~ | a,b | m.csv has names and no masks",
        "a,b~0,0~1,1~ | 1~2~ | a | has 1 names for 2 features",
        "a,b~0,0~1,1~ | 1~2~ | a,,c | line 2 is empty",
        "a,b~0,0~1,1~ | 1~2~ | a,a | n.txt line 2: a is named twice",
      })
  void whatIsWrongIsSaidWithItsPlace(String masks, String values, String names, String says)
      throws IOException {
    Cli.Result result =
        Cli.run(
            "solve",
            "--masks",
            file("m.csv", masks),
            "--values",
            file("v.csv", values),
            "--names",
            file("n.txt", names.replace(',', '~')));
    assertEquals(2, result.status(), result.err());
    assertEquals(1, result.err().lines().count(), result.err());
    assertTrue(result.err().contains(says), result.err());
  }

  @Test
  void testMasksOfOtherColumnsAreRefused() throws IOException {
    Path masks = file("m.csv", "a,b~0,0~1,0~0,1~1,1~");
    Path values = file("v.csv", "1~3~1~0~");
    Path other = file("o.csv", "b,a~0,0~1,0~0,1~1,1~");
    Cli.Result result =
        Cli.run(
            "solve",
            "--masks",
            masks,
            "--values",
            values,
            "--test-masks",
            other,
            "--test-values",
            values);
    assertEquals(2, result.status(), result.err());
    assertTrue(result.err().contains("its columns are not those of"), result.err());
    // Other names for people change nothing about which columns they are.
    result =
        Cli.run(
            "solve",
            "--masks",
            masks,
            "--values",
            values,
            "--names",
            file("n.txt", "left~right~"),
            "--test-masks",
            other,
            "--test-values",
            values);
    assertEquals(2, result.status(), result.err());
    assertTrue(result.err().contains("its columns are not those of"), result.err());
  }

  /**
   * Outputs are known by their names as features are, and a file without names has none to differ.
   */
  @Test
  void testValuesOfOtherColumnsAreRefused() throws IOException {
    Path masks = file("m.csv", "a,b~0,0~1,0~0,1~1,1~");
    Path values = file("v.csv", "up,down~1,2~3,1~1,1~0,5~");
    Path swapped = file("s.csv", "down,up~2,1~1,3~1,1~5,0~");
    Cli.Result result = tested(masks, values, masks, swapped);
    assertEquals(2, result.status(), result.err());
    assertTrue(result.err().contains("s.csv: its columns are not those of"), result.err());
    Path bareMasks = file("bm.csv", "0,0~1,0~0,1~1,1~");
    Path bareValues = file("bv.csv", "1,2~3,1~1,1~0,5~");
    Cli.Result bare = tested(masks, values, bareMasks, bareValues);
    assertEquals(0, bare.status(), bare.err());
  }

  private static Cli.Result tested(Path masks, Path values, Path testMasks, Path testValues) {
    return Cli.run(
        "solve",
        "--masks",
        masks,
        "--values",
        values,
        "--test-masks",
        testMasks,
        "--test-values",
        testValues);
  }
}
