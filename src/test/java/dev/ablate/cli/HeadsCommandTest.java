package dev.ablate.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.ablate.explanation.Explanation;
import dev.ablate.game.Input;
import dev.ablate.io.ExplanationJson;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code ablate heads} from end to end. */
class HeadsCommandTest {
  private static final String PROMPT =
      "Anna has the red key. Tom has the blue cup. Who has the blue cup?";

  private static final Path WHO = Path.of("src", "test", "resources", "facts", "heads-who.jsonl");

  @TempDir private Path folder;

  private static Cli.Result ok(Object... words) {
    Cli.Result result = Cli.run(words);
    assertEquals(0, result.status(), result.err());
    return result;
  }

  private Path few(int examples) throws IOException {
    return few(0, examples);
  }

  private Path few(int from, int to) throws IOException {
    return Files.write(folder.resolve("who.jsonl"), Files.readAllLines(WHO).subList(from, to));
  }

  @Test
  void listsComponents() throws IOException {
    String heads = ok("heads", "--list").out();
    assertEquals(5, heads.lines().count(), heads);
    assertTrue(heads.startsWith("L0H0-L0H7  layer 0  8 heads  (batch, 8, tokens, 16)"), heads);
    assertTrue(heads.contains("32 components"), heads);
    String out =
        ok(
                "heads", "--list", "--model", "bundled:facts", "--components", "heads+mlp",
                "--layers", "1", "--json", "-")
            .out();
    JsonNode list = new ObjectMapper().readTree(out);
    assertEquals(5, list.size(), out);
    assertEquals("L1H0", list.get(0).get("name").asText());
    assertEquals("mlp", list.get(4).get("kind").asText());
    assertEquals(1, list.get(4).get("layer").asInt());
    assertFalse(list.get(4).get("node").asText().isEmpty());
  }

  /** Which heads do it is known from the model's own study. */
  @Test
  void findsThePairThatAnswersWho() throws IOException {
    Path json = folder.resolve("out.json");
    String out =
        ok(
                "heads", "--model", "bundled:facts", "--data", few(20), "--index", "fourier",
                "--json", json)
            .out();
    assertTrue(out.contains("log-probability of 20 examples (mean)"), out);
    Explanation explanation = ExplanationJson.read(json);
    List<String> names = explanation.featureNames();
    int[] first = explanation.interactions().ofOrders(2, 2).top(1).get(0).features();
    assertEquals(List.of("L0H0", "L1H1"), List.of(names.get(first[0]), names.get(first[1])));
    Input.Components input = (Input.Components) explanation.input();
    assertEquals(List.of(4, 4), input.heads());
    assertTrue(
        explanation.provenance().report().notes().stream()
            .anyMatch(note -> note.startsWith("heads that attend to the token before")));
  }

  @Test
  void aTextAPromptAndManyOfThem() throws IOException {
    assertTrue(
        ok("heads", "--text", "A charming film.", "--layers", "3", "--ablate", "zero")
            .out()
            .contains("log-odds of positive"));
    Path prompt =
        Files.writeString(
            folder.resolve("prompt.json"), "{\"text\": \"" + PROMPT + "\", \"against\": \"Anna\"}");
    assertTrue(
        ok("heads", "--model", "bundled:facts", "--prompt", prompt)
            .out()
            .contains("log-odds of Tom"));
    Path many =
        Files.writeString(
            folder.resolve("many.jsonl"),
            "{\"text\": \"Good film\", \"id\": \"a\"}\n"
                + "{\"text\": \"Good film\", \"label\": \"negative\"}\n");
    Path out = folder.resolve("explained");
    ok("heads", "--input", many, "--out", out, "--layers", "3");
    Explanation one = ExplanationJson.read(out.resolve("a.json"));
    Explanation other = ExplanationJson.read(out.resolve("2.json"));
    assertEquals("positive", one.outputs().get(0).target());
    assertEquals("negative", other.outputs().get(0).target());
    assertEquals(
        -one.outputs().get(0).fit().all(), other.outputs().get(0).fit().all(), 1e-6);
  }

  @Test
  void eachExampleIsAnOutput() throws IOException {
    Path data =
        Files.writeString(
            folder.resolve("data.csv"),
            "id,text,label\none,A charming film.,positive\ntwo,A dull film.,negative\n");
    Path json = folder.resolve("each.json");
    ok("heads", "--data", data, "--layers", "3", "--each", "--json", json);
    Explanation explanation = ExplanationJson.read(json);
    assertEquals(
        List.of("one", "two"), explanation.outputs().stream().map(o -> o.target()).toList());
    assertEquals(8, explanation.features());
  }

  @Test
  void aJournalIsOfItsExamplesAndReplacements() throws IOException {
    Path journal = folder.resolve("heads.journal");
    Path data = few(3);
    Object[] words = {
      "heads", "--model", "bundled:facts", "--data", data, "--resume", journal, "--json", "-"
    };
    ObjectMapper mapper = new ObjectMapper();
    JsonNode first = mapper.readTree(ok(words).out());
    JsonNode again = mapper.readTree(ok(words).out());
    assertEquals(256, first.at("/fit/evaluated").asInt());
    assertEquals(0, again.at("/fit/evaluated").asInt());
    assertEquals(first.get("spectrum"), again.get("spectrum"));
    Cli.Result other =
        Cli.run(
            "heads", "--model", "bundled:facts", "--data", few(1, 4), "--resume", journal);
    assertEquals(2, other.status());
    assertTrue(other.err().contains("the journal is of another examples sha256"), other.err());
    Cli.Result mean =
        Cli.run(
            "heads", "--model", "bundled:facts", "--data", few(3), "--resume", journal,
            "--ablate", "mean");
    assertEquals(2, mean.status());
    assertTrue(mean.err().contains("the journal is of another ablate"), mean.err());
  }
}
