package dev.ablate.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Solving in little memory takes less, says so, and ends with a result. */
class SmallHeapTest {
  private static final int ROWS = 1450;
  private static final int FEATURES = 24;

  @TempDir private Path folder;

  /** Two halves of a matrix of the fitted rows would take 11 MB, beside all else. */
  @Test
  void aProcessTakesFewerRowsWhereAllDoNotFit() throws Exception {
    Result small = solve("24m", "gp");
    assertEquals(0, small.status, small.errors);
    assertFalse(small.errors.contains("OutOfMemory"), small.errors);
    Matcher note = Pattern.compile("the process took (\\d+) rows at most").matcher(small.json);
    assertTrue(note.find(), small.json);
    assertTrue(Integer.parseInt(note.group(1)) < 4 * ROWS / 5, note.group());
    Matcher r2 = Pattern.compile("\"r2\" ?: ?([0-9.]+)").matcher(small.json);
    assertTrue(r2.find(), small.json);
    assertTrue(Double.parseDouble(r2.group(1)) > 0.9, r2.group());
  }

  private record Result(int status, String json, String errors) {}

  private Result solve(String heap, String method) throws IOException, InterruptedException {
    Path masks = folder.resolve("masks.csv");
    Path values = folder.resolve("values.csv");
    write(masks, values);
    Path json = folder.resolve("out.json");
    List<String> words = new ArrayList<>();
    words.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    words.addAll(List.of("-Xmx" + heap, "-XX:+UseParallelGC"));
    words.addAll(List.of("-cp", System.getProperty("java.class.path"), Main.class.getName()));
    words.addAll(List.of("solve", "--backend", "host", "--threads", "2", "--method", method));
    words.addAll(List.of("--masks", masks.toString(), "--values", values.toString()));
    words.addAll(List.of("--json", json.toString()));
    Process process =
        new ProcessBuilder(words).redirectOutput(ProcessBuilder.Redirect.DISCARD).start();
    String errors = new String(process.getErrorStream().readAllBytes(), StandardCharsets.UTF_8);
    int status = process.waitFor();
    return new Result(status, Files.exists(json) ? Files.readString(json) : "", errors);
  }

  /** A sum of features and a product of two. */
  private static void write(Path masks, Path values) throws IOException {
    Random random = new Random(7);
    StringBuilder bits = new StringBuilder();
    StringBuilder sums = new StringBuilder();
    for (int r = 0; r < ROWS; r++) {
      double sum = 0.01 * random.nextGaussian();
      boolean[] kept = new boolean[FEATURES];
      for (int f = 0; f < FEATURES; f++) {
        kept[f] = random.nextBoolean();
        bits.append(f == 0 ? "" : ",").append(kept[f] ? 1 : 0);
        sum += kept[f] ? 1.0 / (1 + f) : 0;
      }
      bits.append('\n');
      sums.append(sum + (kept[1] && kept[4] ? 1 : 0)).append('\n');
    }
    Files.writeString(masks, bits);
    Files.writeString(values, sums);
  }
}
