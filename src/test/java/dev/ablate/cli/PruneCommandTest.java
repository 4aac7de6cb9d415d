package dev.ablate.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code ablate prune} from end to end. */
class PruneCommandTest {
  private static final Path WHO = Path.of("src", "test", "resources", "facts", "heads-who.jsonl");

  @TempDir private Path folder;

  private Path who() throws IOException {
    return Files.write(folder.resolve("who.jsonl"), Files.readAllLines(WHO).subList(0, 20));
  }

  @Test
  void aTableForPeopleAndOneForPrograms() throws IOException {
    Path json = folder.resolve("pruning.json");
    Cli.Result result =
        Cli.run(
            "prune",
            "--model",
            "bundled:facts",
            "--data",
            who(),
            "--sizes",
            "4,2",
            "--random",
            3,
            "--json",
            json);
    assertEquals(0, result.status(), result.err());
    String out = result.out();
    assertTrue(
        out.startsWith("log-probability of 10 held-out examples, of sets chosen by 10 others\n"),
        out);
    List<String> lines = out.lines().toList();
    assertEquals(9, lines.size(), out);
    assertTrue(lines.get(1).contains("best of 3 random"), out);
    assertTrue(lines.get(4).strip().startsWith("4 of 8"), out);
    assertTrue(lines.get(6).strip().startsWith("CPR"), out);
    JsonNode found = new ObjectMapper().readTree(json.toFile());
    assertEquals("ablate-pruning/1", found.get("format").asText());
    String note = found.get("notes").get(0).asText();
    assertTrue(result.err().contains("ablate: note: " + note), result.err());
    assertEquals(8, found.get("feature_names").size());
    assertEquals(3, found.get("ways").size());
    JsonNode way = found.get("ways").get(0);
    assertEquals("interactions", way.get("name").asText());
    assertEquals(4, way.get("sets").size());
    JsonNode half = way.get("sets").get(2);
    assertEquals(
        List.of("L0H0", "L0H1", "L0H3", "L1H1"),
        Stream.of(0, 1, 2, 3).map(f -> half.get("feature_names").get(f).asText()).toList());
    assertEquals(0.5, half.get("share").asDouble());
    assertEquals(
        way.get("sets").get(3).get("held_out").asDouble(), half.get("held_out").asDouble(), 0.05);
    double shown = Double.parseDouble(lines.get(4).strip().split(" {2,}")[1]);
    assertEquals(half.get("held_out").asDouble(), shown, 6e-4);
    // The area of the curve below 1 is what both say of it together.
    assertEquals(1, way.get("cpr").asDouble() + way.get("cmd").asDouble(), 0.05);
  }

  @Test
  void labelsOfAClassifier() throws IOException {
    Path data =
        Files.writeString(
            folder.resolve("data.csv"),
            "text,label\nA charming film.,positive\nA dull film.,negative\n"
                + "It never fails to impress.,positive\nToo long and too slow.,negative\n");
    Cli.Result result =
        Cli.run(
            "prune", "--data", data, "--layers", "3", "--random", 0, "--sizes", "4", "--json", "-");
    assertEquals(0, result.status(), result.err());
    JsonNode found = new ObjectMapper().readTree(result.out());
    assertEquals("log-odds", found.get("value").asText());
    assertEquals(2, found.get("ways").size());
    JsonNode all = found.get("ways").get(1).get("sets").get(2);
    assertEquals(1, all.get("held_out_accuracy").asDouble(), "easy reviews");
  }

  @Test
  void nothingIsWrittenWhereTheLastStepFails() throws IOException {
    Path data = who();
    Path json = Files.createDirectory(folder.resolve("out")).resolve("pruning.json");
    Cli.Result result =
        Cli.run(
            "prune", "--model", "bundled:facts", "--data", data, "--sizes", "9", "--json", json);
    assertEquals(2, result.status());
    assertEquals(1, result.err().lines().count(), result.err());
    assertTrue(result.err().contains("up to the 8 components"), result.err());
    assertFalse(Files.exists(json));
    Cli.Result same = Cli.run("prune", "--data", data, "--json", data);
    assertEquals(2, same.status());
    assertTrue(same.err().contains("reads the same file"), same.err());
  }
}
