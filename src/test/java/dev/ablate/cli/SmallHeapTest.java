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
    Result small = solve("24m", "gp", ROWS, 1);
    assertEquals(0, small.status, small.errors);
    assertFalse(small.errors.contains("OutOfMemory"), small.errors);
    Matcher note = Pattern.compile("the process took (\\d+) rows at most").matcher(small.json);
    assertTrue(note.find(), small.json);
    assertTrue(Integer.parseInt(note.group(1)) < 4 * ROWS / 5, note.group());
    small.requireR2();
  }

  /** The products of 1,500 columns that folds choose from would take 17 MB and more each. */
  @Test
  void aLassoTakesFewerColumnsAndSaysSoOnce() throws Exception {
    Result small = solve("32m", "proxyspex", ROWS, 1);
    assertEquals(0, small.status, small.errors);
    assertFalse(small.errors.contains("OutOfMemory"), small.errors);
    Matcher note =
        Pattern.compile("the lasso took ([0-9 to]+) columns at most").matcher(small.json);
    assertTrue(note.find(), small.json);
    assertFalse(note.find(), "one line: " + small.json);
    small.requireR2();
  }

  @Test
  void screeningEndsWell() throws Exception {
    Result small = solve("24m", "screen", ROWS, 1);
    assertEquals(0, small.status, small.errors);
    small.requireR2();
  }

  @Test
  void manyOutputsEndWell() throws Exception {
    Result small = solve("32m", "auto", ROWS / 4, 40);
    assertEquals(0, small.status, small.errors);
    small.requireR2();
  }

  private record Result(int status, String json, String errors) {
    void requireR2() {
      Matcher r2 = Pattern.compile("\"r2\" ?: ?([0-9.]+)").matcher(json);
      assertTrue(r2.find(), json);
      assertTrue(Double.parseDouble(r2.group(1)) > 0.9, r2.group());
    }
  }

  private Result solve(String heap, String method, int rows, int outputs)
      throws IOException, InterruptedException {
    Path masks = folder.resolve("masks.csv");
    Path values = folder.resolve("values.csv");
    write(masks, values, rows, outputs);
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

  /** Sums of features and a product of two, of as many outputs as are wanted. */
  private static void write(Path masks, Path values, int rows, int outputs) throws IOException {
    Random random = new Random(7);
    StringBuilder bits = new StringBuilder();
    StringBuilder sums = new StringBuilder();
    for (int r = 0; r < rows; r++) {
      boolean[] kept = new boolean[FEATURES];
      for (int f = 0; f < FEATURES; f++) {
        kept[f] = random.nextBoolean();
        bits.append(f == 0 ? "" : ",").append(kept[f] ? 1 : 0);
      }
      bits.append('\n');
      for (int o = 0; o < outputs; o++) {
        double sum = 0.01 * random.nextGaussian();
        for (int f = 0; f < FEATURES; f++) {
          sum += kept[f] ? 1.0 / (1 + f) : 0;
        }
        int pair = o % (FEATURES - 4);
        sums.append(o == 0 ? "" : ",").append(sum + (kept[pair + 1] && kept[pair + 4] ? 1 : 0));
      }
      sums.append('\n');
    }
    Files.writeString(masks, bits);
    Files.writeString(values, sums);
  }
}
