package dev.ablate.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Real processes that write results over older ones until they are killed: every result is the old
 * one or the new one, whole, a next run succeeds, and nothing is left after it. {@code
 * -Dablate.test.kills=100} kills more of them.
 */
class KilledWritersTest {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final int KILLS = Integer.getInteger("ablate.test.kills", 10);
  private static final int LONGEST_MILLISECONDS = 400;
  private static final String SUMMARY = "summary.jsonl";
  private static final String TEXT = "a good film but never long or dull";

  /** Each writes with two settings in turn; {@code @} is its folder, {@code #} the setting. */
  private enum Writer {
    PACKED(
        "design --packed --features 70 --budget 30000 --seed # --out @ --json @report.json",
        "3",
        "4"),
    SOLVE("solve --masks @../m.npy --values @../v.npy --index # --json @e.json", "sii", "bii"),
    MANY_RESUMED("explain --input @../texts.jsonl --index # --out @ --resume @", "sii", "bii"),
    PREDICT("predict --masks @../all.npy --explanation @../#.json --out @p.npy", "sii", "bii"),
    RESUMED(
        "explain --index # --budget 100 --method screen --resume @j --json @e.json --text",
        "sii",
        "bii"),
    DESIGN("design --features 100 --budget 20000 --seed # --out @", "3", "4"),
    SHAPIQ("solve --masks @../m.npy --values @../v.npy --index # --shapiq @s.json", "sii", "bii"),
    EXPLAIN("explain --index # --json @e.json --text", "sii", "bii"),
    MANY("explain --input @../texts.jsonl --index # --out @", "sii", "bii"),
    ROUNDS(
        "explain --index # --budget 150 --method proxyspex --target-r2 0.999 --resume @j"
            + " --json @e.json --text",
        "sii",
        "bii");

    private final String command;
    private final List<String> settings;

    Writer(String command, String first, String second) {
      this.command = command;
      this.settings = List.of(first, second);
    }

    private int run(Path folder, int setting) {
      List<Object> words = new ArrayList<>();
      for (String word : command.replace("#", settings.get(setting)).split(" ")) {
        words.add(word.startsWith("@") ? folder + "/" + word.substring(1) : word);
      }
      if (command.endsWith("--text")) {
        words.add(TEXT);
      }
      words.addAll(List.of("--backend", "host"));
      Cli.Result result = Cli.run(words.toArray());
      if (result.status() != 0) {
        System.err.println(result.err());
      }
      return result.status();
    }
  }

  /** Writes until it is killed. */
  public static final class Loop {
    private Loop() {}

    /** Prints a line once everything is there; the arguments are a writer and its folder. */
    public static void main(String[] arguments) throws IOException {
      Writer writer = Writer.valueOf(arguments[0]);
      Path place = Path.of(arguments[1]);
      for (int i = 1; writer.run(place, i % 2) == 0; i++) {
        System.out.println("written");
        // A journal that has everything would not be written to again.
        for (Path file : files(place)) {
          if (file.getFileName().toString().matches("j|.*[.]journal")) {
            Files.delete(file);
          }
        }
      }
    }
  }

  @TempDir private Path folder;

  @Test
  @Timeout(3600)
  void everyResultIsWholeAfterAKill() throws Exception {
    inputs();
    SplittableRandom random = new SplittableRandom(20);
    Map<Writer, List<Map<String, JsonNode>>> expected = new TreeMap<>();
    int whole = 0;
    for (int k = 0; k < KILLS; k++) {
      Writer writer = Writer.values()[k % Writer.values().length];
      Path place = Files.createDirectory(folder.resolve(writer + "-" + k));
      if (!expected.containsKey(writer)) {
        expected.put(writer, List.of(undisturbed(writer, 0), undisturbed(writer, 1)));
      }
      kill(writer, place, random.nextInt(LONGEST_MILLISECONDS));
      whole += requireWhole(writer, place, expected.get(writer));
      requireNothingLeft(writer, place, expected.get(writer).get(0));
    }
    assertTrue(whole >= KILLS, whole + " results of " + KILLS + " kills");
  }

  private void inputs() throws IOException {
    Cli.masks(folder.resolve("m.npy"), Cli.everyMask(10));
    double[] values = new double[1024];
    Arrays.setAll(values, m -> Math.sin(m) + Integer.bitCount(m & 21));
    Cli.values(folder.resolve("v.npy"), values);
    Cli.masks(folder.resolve("all.npy"), Cli.everyMask(10));
    Files.writeString(
        folder.resolve("texts.jsonl"),
        "{\"text\": \"good film\"}\n{\"text\": \"never dull or long\"}\n");
    for (String index : List.of("sii", "bii")) {
      Cli.Result solved =
          Cli.run(
              "solve",
              "--masks",
              folder.resolve("m.npy"),
              "--values",
              folder.resolve("v.npy"),
              "--backend",
              "host",
              "--index",
              index,
              "--json",
              folder.resolve(index + ".json"));
      assertEquals(0, solved.status(), solved.err());
    }
  }

  private Map<String, JsonNode> undisturbed(Writer writer, int setting) throws IOException {
    Path place = Files.createDirectory(folder.resolve("whole-" + writer + setting));
    assertEquals(0, writer.run(place, setting));
    return results(place);
  }

  private static void kill(Writer writer, Path place, int milliseconds) throws Exception {
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("java.class.path"),
                Loop.class.getName(),
                writer.name(),
                place.toString())
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    try {
      assertEquals('w', process.getInputStream().read(), writer + " does not write");
      Thread.sleep(milliseconds);
      // Most of the time nothing is written: two of three kills wait until something is.
      if (milliseconds % 3 > 0) {
        awaitWriting(place);
      }
      assertTrue(process.isAlive(), writer + " ended by itself");
    } finally {
      process.destroyForcibly();
      assertTrue(process.waitFor(30, TimeUnit.SECONDS));
    }
  }

  private static void awaitWriting(Path place) throws IOException {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(2);
    boolean writing = false;
    while (!writing && System.nanoTime() < end) {
      writing =
          files(place).stream().anyMatch(file -> file.getFileName().toString().startsWith(".ab"));
    }
  }

  /** How many results there are; each must be one of two, and all of a design the same one's. */
  private static int requireWhole(Writer writer, Path place, List<Map<String, JsonNode>> expected)
      throws IOException {
    Map<String, JsonNode> found = results(place);
    Map<String, JsonNode> pair = new TreeMap<>(found);
    String later = ".ablate-previous";
    if (!found.containsKey("design.json") && found.containsKey("design.json" + later)) {
      // Stopped between two moves: the pair before is whole under its other names.
      pair.put("design.json", found.get("design.json" + later));
      pair.computeIfPresent("masks.npy" + later, (name, masks) -> pair.put("masks.npy", masks));
    }
    if (found.containsKey("masks.npy")) {
      assertTrue(
          expected.stream()
              .anyMatch(
                  one ->
                      one.get("masks.npy").equals(pair.get("masks.npy"))
                          && one.get("design.json").equals(pair.get("design.json"))),
          place + " has no whole pair: " + found.keySet());
    }
    for (String name : expected.get(0).keySet()) {
      JsonNode result = pair.get(name);
      // A summary begins anew and grows: lines may be missing, and are whole.
      boolean missing = result == null && name.startsWith(SUMMARY);
      assertTrue(
          missing || expected.stream().anyMatch(one -> one.get(name).equals(result)),
          place + "/" + name + " is neither the old nor the new one: " + result);
    }
    return pair.size();
  }

  /** An hour later the next run finds nothing in its way and leaves nothing but its results. */
  private static void requireNothingLeft(Writer writer, Path place, Map<String, JsonNode> expected)
      throws IOException {
    FileTime earlier = FileTime.from(Instant.now().minus(Duration.ofHours(2)));
    for (Path file : files(place)) {
      if (file.getFileName().toString().startsWith(".ablate-")) {
        Files.setLastModifiedTime(file, earlier);
      }
    }
    assertEquals(0, writer.run(place, 0));
    assertEquals(expected, results(place));
    for (Path file : files(place)) {
      assertTrue(!file.getFileName().toString().contains(".ablate-"), file + " is left");
    }
  }

  private static List<Path> files(Path place) throws IOException {
    try (Stream<Path> files = Files.list(place)) {
      return files.toList();
    }
  }

  /**
   * Results by name, without what differs from run to run; journals and temporary files are none.
   */
  private static Map<String, JsonNode> results(Path place) throws IOException {
    Map<String, JsonNode> results = new TreeMap<>();
    for (Path file : files(place)) {
      String name = file.getFileName().toString();
      if (name.equals(SUMMARY)) {
        String text = Files.readString(file);
        for (String line : text.substring(0, text.lastIndexOf('\n') + 1).lines().toList()) {
          JsonNode json = JSON.readTree(line);
          results.put(SUMMARY + " " + json.get("id"), lasting(json));
        }
      } else if (name.contains(".json") && !name.equals("report.json")) {
        results.put(name, lasting(JSON.readTree(file.toFile())));
      } else if (name.contains(".npy")) {
        results.put(name, JSON.getNodeFactory().binaryNode(Files.readAllBytes(file)));
      }
    }
    return results;
  }

  /** Without what differs from run to run. */
  private static JsonNode lasting(JsonNode json) {
    for (String key :
        List.of(
            "timestamp",
            "seconds",
            "evaluated",
            "estimation_budget",
            "journal_masks",
            "file_sha256")) {
      json.findParents(key).forEach(one -> ((ObjectNode) one).remove(key));
    }
    return json;
  }
}
