package dev.ablate.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Notes reach whoever should read them, and say what they are about. */
class NotesCommandsTest {
  @TempDir private Path folder;

  private Cli.Result many(String lines, Object... more) throws IOException {
    Path input = Files.writeString(folder.resolve("texts.jsonl"), lines);
    Object[] words = {"explain", "--backend", "host", "--input", input, "--out", folder};
    Object[] all = Arrays.copyOf(words, words.length + more.length);
    System.arraycopy(more, 0, all, words.length, more.length);
    return Cli.run(all);
  }

  @Test
  void aNoteOfManyTextsIsPrintedOnce() throws IOException {
    Cli.Result result =
        many("{\"text\": \"a good film\"}\n{\"text\": \"a bad film\"}\n", "--method", "screen");
    assertEquals(0, result.status(), result.err());
    List<String> notes = result.err().lines().toList();
    assertEquals(1, notes.size(), result.err());
    // With the text that is done first.
    assertTrue(
        notes.get(0).matches("ablate: line [12]: note: every mask is known.*"), result.err());
    for (String id : List.of("1", "2")) {
      String json = Files.readString(folder.resolve(id + ".json"));
      assertTrue(json.contains("every mask is known"), json);
    }
  }

  @Test
  void theLineOfATextSpeaksOfAllItsOutputs() throws IOException {
    String text = "{\"text\": \"a good film but never long or dull\"}\n";
    Object[] words = {"--budget", "40", "--method", "gp", "--value", "logit", "--target"};
    double lowest = 1;
    for (String target : List.of("negative", "positive")) {
      Object[] one = Arrays.copyOf(words, words.length + 1);
      one[words.length] = target;
      lowest = Math.min(lowest, r2(many(text, one), "R² "));
    }
    Object[] both = Arrays.copyOf(words, words.length + 1);
    both[words.length] = "negative,positive";
    assertEquals(lowest, r2(many(text, both), "lowest R² "), 1e-4);
  }

  private static double r2(Cli.Result result, String before) {
    assertEquals(0, result.status(), result.err());
    int at = result.out().indexOf("  " + before);
    assertTrue(at > 0, result.out());
    String number = result.out().substring(at + 2 + before.length()).split(" ")[0];
    return Double.parseDouble(number);
  }

  @Test
  void whereNoTextCanBeExplainedThereAreNoOthers() throws IOException {
    assertEquals(0, many("{\"text\": \"good film\"}\n").status());
    Cli.Result result = many("{\"text\": \"…\"}\n", "--keep", "film");
    assertEquals(2, result.status());
    assertTrue(
        result
            .err()
            .endsWith(
                "1 of 1 inputs could not be explained; in "
                    + folder
                    + " 1.json is of an earlier run\n"),
        result.err());
  }

  @Test
  void aNoteAboutOneOutputNamesIt() throws IOException {
    int[][] masks = Cli.everyMask(5);
    double[] values = new double[96];
    for (int r = 0; r < masks.length; r++) {
      values[3 * r] = masks[r][0];
      values[3 * r + 1] = 5;
      values[3 * r + 2] = masks[r][1] * masks[r][2];
    }
    Path table = Cli.npy(folder.resolve("v.npy"), "<f8", false, "(32, 3)", Cli.doubles(values));
    Path rows = Cli.masks(folder.resolve("m.npy"), masks);
    Cli.Result result =
        Cli.run("solve", "--backend", "host", "--method", "gp", "--masks", rows, "--values", table);
    assertEquals(0, result.status(), result.err());
    assertTrue(
        result.err().contains("note: output 1: all values are equal: the spectrum"), result.err());
    Path equal = Cli.values(folder.resolve("v.npy"), new double[32]);
    Cli.Result single =
        Cli.run("solve", "--backend", "host", "--method", "gp", "--masks", rows, "--values", equal);
    assertTrue(single.err().contains("note: all values are equal"), single.err());
  }
}
