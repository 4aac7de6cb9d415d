package dev.ablate.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.ablate.backend.kernel.TuningTables;
import dev.ablate.model.TinyModels;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** No result takes the place of what a command reads, or of another result. */
class FilesOfCommandsTest {
  private static final String TEXT = "a good film, never dull";
  private static final ObjectMapper JSON = new ObjectMapper();

  @TempDir private Path folder;

  /** One of each thing that a command reads, and other names for all of them. */
  @BeforeEach
  void files() throws IOException {
    Cli.masks(folder.resolve("m.npy"), Cli.everyMask(4));
    double[] values = new double[16];
    Arrays.setAll(values, i -> i * i);
    Cli.values(folder.resolve("v.npy"), values);
    Cli.values(folder.resolve("t.npy"), values);
    Files.writeString(
        folder.resolve("d.json"),
        "{\"format\": \"ablate-design/1\", \"kind\": \"exhaustive\", \"features\": 4,"
            + " \"masks\": 16}");
    Files.createDirectory(folder.resolve("texts"));
    Files.writeString(folder.resolve("texts/a.json"), "{\"text\": \"good film\", \"id\": \"a\"}\n");
    Files.createDirectories(folder.resolve("model/onnx"));
    for (String file : List.of("tokenizer.json", "config.json", "model.onnx", "onnx/weights.bin")) {
      Files.writeString(folder.resolve("model").resolve(file), file);
    }
    Cli.Result solved =
        Cli.run(words("solve --backend host --masks @m.npy --values @v.npy --json @e.json"));
    assertEquals(0, solved.status(), solved.err());
    for (String name : List.of("m.npy", "v.npy", "t.npy", "d.json", "e.json", "texts/a.json")) {
      Path file = folder.resolve(name);
      String plain = file.getFileName().toString();
      Files.createSymbolicLink(folder.resolve("soft-" + plain), file);
      Files.createLink(folder.resolve("hard-" + plain), file);
    }
    Files.createSymbolicLink(folder.resolve("linked"), folder);
  }

  private Object[] words(String command) {
    List<Object> words = new ArrayList<>();
    for (String word : command.split(" ")) {
      words.add(word.startsWith("@") ? folder.resolve(word.substring(1)) : word);
    }
    return words.toArray();
  }

  private Map<Path, String> contents() throws IOException {
    Map<Path, String> all = new TreeMap<>();
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : (Iterable<Path>) files::iterator) {
        boolean plain = Files.isRegularFile(file);
        all.put(file, plain ? Arrays.toString(Files.readAllBytes(file)) : "");
      }
    }
    return all;
  }

  private String refused(Object... words) throws IOException {
    Map<Path, String> before = contents();
    Cli.Result result = Cli.run(words);
    assertEquals(2, result.status(), result.out() + result.err());
    assertEquals(1, result.err().lines().count(), result.err());
    assertEquals("", result.out());
    assertEquals(before, contents(), "something was written");
    return result.err();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "solve --masks @m.npy --values @v.npy | json | values | v.npy",
        "solve --masks @m.npy --values @v.npy | json | masks | m.npy",
        "solve --masks @m.npy --values @v.npy --design @d.json | json | design | d.json",
        "solve --masks @m.npy --values @v.npy --design @d.json | shapiq | design | d.json",
        "solve --masks @hard-m.npy --values @soft-v.npy --test-masks @m.npy --test-values @t.npy"
            + " | json | test-values | t.npy",
        "predict --explanation @e.json --masks @m.npy | out | explanation | e.json",
        "predict --explanation @e.json --masks @m.npy | out | masks | m.npy",
        "predict --explanation @e.json --masks @m.npy --out @p.npy | json | explanation | e.json",
        "explain --input @texts/a.json --out @out | resume/ | input | a.json",
      })
  void aResultIsNoInput(String command, String output, String input, String file)
      throws IOException {
    if (output.endsWith("/")) {
      // The journal of an input bears its name, and so does the file of inputs here.
      Files.move(folder.resolve("texts/a.json"), folder.resolve("texts/a.journal"));
      String line =
          refused(words("explain --input @texts/a.journal --out @out --resume @linked/texts"));
      assertTrue(line.contains("--resume") && line.contains("--input"), line);
      return;
    }
    for (String name :
        List.of(file, "./" + file, "linked/" + file, "soft-" + file, "hard-" + file)) {
      String line = refused(words(command + " --" + output + " @" + name));
      assertTrue(line.contains("--" + output), line);
      assertTrue(line.contains("--" + input + " reads the same file"), line);
    }
  }

  @Test
  void anArchiveIsReadWhicheverArrayIsNamed() throws IOException {
    Path archive = Files.writeString(folder.resolve("table.npz"), "never read");
    String line =
        refused("solve", "--masks", archive + ":m", "--values", archive + ":v", "--json", archive);
    assertTrue(line.contains("--masks reads the same file"), line);
  }

  @ParameterizedTest
  @CsvSource({"texts", "linked/texts"})
  void theFileOfInputsIsNoResult(String out) throws IOException {
    String line = refused(words("explain --input @texts/a.json --out @" + out));
    assertTrue(line.contains("--out") && line.contains("--input reads the same file"), line);
  }

  @Test
  void theFileOfInputsIsNoSummary() throws IOException {
    Path inputs = folder.resolve("texts/summary.jsonl");
    Files.move(folder.resolve("texts/a.json"), inputs);
    String line = refused(words("explain --input @texts/summary.jsonl --out @linked/texts"));
    assertTrue(line.contains("--out") && line.contains("--input reads the same file"), line);
  }

  /** Those that are not there would be read by the next run. */
  @ParameterizedTest
  @CsvSource({
    "model/tokenizer.json",
    "linked/model/config.json",
    "model/onnx/weights.bin",
    "model/model.onnx",
    "model/generation_config.json",
    "linked/model/special_tokens_map.json",
    "model/chat_template.jinja"
  })
  void aModelIsNoResult(String file) throws IOException {
    String line =
        refused(
            "explain",
            "--text",
            TEXT,
            "--model",
            folder.resolve("model"),
            "--json",
            folder.resolve(file));
    assertTrue(line.contains("--model reads the same file"), line);
  }

  @Test
  void resultsMayStandBesideAModelAndBeWrittenAgain() throws IOException {
    Path model = Files.createDirectory(folder.resolve("tiny"));
    TinyModels.copyTo(model);
    for (int run = 0; run < 2; run++) {
      Cli.Result result =
          Cli.run(
              "explain",
              "--text",
              "good film",
              "--model",
              model,
              "--json",
              model.resolve("e.json"),
              "--shapiq",
              model.resolve("s.json"),
              "--resume",
              model.resolve("j"),
              "--index",
              "sii");
      assertEquals(0, result.status(), result.err());
    }
    byte[] graph = Files.readAllBytes(model.resolve("model.onnx"));
    String line =
        refused(
            "explain",
            "--text",
            "good film",
            "--model",
            model,
            "--resume",
            model.resolve("model.onnx"));
    assertTrue(line.contains("no journal"), line);
    assertArrayEquals(graph, Files.readAllBytes(model.resolve("model.onnx")));
  }

  @Test
  void aModelsFolderTakesNoResultsOfItsFilesNames() throws IOException {
    Files.writeString(folder.resolve("t.jsonl"), "{\"text\": \"good film\", \"id\": \"config\"}\n");
    String line = refused(words("explain --input @t.jsonl --model @model --out @linked/model"));
    assertTrue(line.contains("config.json: --model reads the same file"), line);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "--json @new.json --shapiq @linked/new.json | --json",
        "--json @linked/texts/new --resume @texts/new | --json",
        "--shapiq @new.json --resume @linked/new.json | --shapiq",
      })
  void twoResultsHaveTwoFiles(String options, String named) throws IOException {
    List<Object> words = new ArrayList<>(List.of("explain", "--text", TEXT));
    words.addAll(List.of(words(options)));
    String line = refused(words.toArray());
    assertTrue(line.contains(named) && line.contains("writes the same file"), line);
  }

  @Test
  void aJournalIsNotReplacedThroughALink() throws IOException {
    Path journal = folder.resolve("real.json");
    Path link = Files.createSymbolicLink(folder.resolve("jj"), journal);
    assertEquals(0, Cli.run("explain", "--text", TEXT, "--resume", link).status());
    byte[] kept = Files.readAllBytes(journal);
    String line = refused("explain", "--text", TEXT, "--resume", link, "--shapiq", journal);
    assertTrue(line.contains("--shapiq") && line.contains("--resume"), line);
    assertArrayEquals(kept, Files.readAllBytes(journal));
  }

  @Test
  void aDesignAndItsReportHaveTwoFiles() throws IOException {
    Files.createDirectory(folder.resolve("design"));
    String line =
        refused(words("design --features 4 --out @design --json @linked/design/masks.npy"));
    assertTrue(line.contains("--out writes the same file"), line);
  }

  @ParameterizedTest
  @CsvSource({"devices", "selftest", "tune"})
  void aTuningTableIsNoReport(String command) throws IOException {
    Assumptions.assumeTrue(System.getenv(TuningTables.VARIABLE) == null, "a table is set");
    String home = System.getProperty("user.home");
    System.setProperty("user.home", folder.toString());
    Path table = TuningTables.userTable("no device of this name");
    try {
      Files.createDirectories(table.getParent());
      Files.writeString(table, "paths.batch = 8");
      String line = refused(command, "--backend", "host", "--json", table);
      assertTrue(line.contains("the tuning table"), line);
    } finally {
      Files.deleteIfExists(table);
      System.setProperty("user.home", home);
    }
  }

  @Test
  void aRerunThatFailsSaysWhichResultsAreOld() throws IOException {
    Path input = folder.resolve("t.jsonl");
    Path out = folder.resolve("out");
    Files.writeString(input, "{\"text\": \"good film\"}\n{\"text\": \"bad film\"}\n");
    assertEquals(0, Cli.run("explain", "--input", input, "--out", out).status());
    Files.writeString(input, "{\"text\": \"good film\"}\n{\"text\": \"…\"}\n");
    Cli.Result again = Cli.run("explain", "--input", input, "--out", out, "--keep", "film");
    assertEquals(2, again.status());
    List<String> lines = again.err().lines().toList();
    assertEquals(2, lines.size(), again.err());
    assertTrue(lines.get(0).startsWith("ablate: line 2: "), again.err());
    assertTrue(lines.get(0).endsWith(out.resolve("2.json") + " is of an earlier run"), again.err());
    assertTrue(lines.get(1).endsWith("where 2.json is of an earlier run"), again.err());
  }

  /** The command that the failure names goes on from the masks, to the same interactions. */
  @ParameterizedTest
  @CsvSource({"auto, 200", "spex, 40000", "gp, 200", "exact, 100000"})
  void aResultThatCannotBeWrittenIsSolvedFromWhatIsKept(String method, int budget)
      throws IOException {
    Path full = Path.of("/dev/full");
    Assumptions.assumeTrue(Files.exists(full), "no device that is always full");
    Object[] words =
        words(
            "explain --backend host --method "
                + method
                + " --budget "
                + budget
                + " --seed 7 --index sii --json @whole.json --text");
    List<Object> asked = new ArrayList<>(List.of(words));
    asked.add("a good film, never dull or long");
    assertEquals(0, Cli.run(asked.toArray()).status());
    Path link = Files.createSymbolicLink(folder.resolve("full.json"), full);
    List<Object> failing = new ArrayList<>(asked);
    failing.replaceAll(word -> folder.resolve("whole.json").equals(word) ? link : word);
    Cli.Result failed = Cli.run(failing.toArray());
    assertEquals(2, failed.status(), failed.err());
    String line = failed.err().lines().reduce((first, last) -> last).orElseThrow();
    assertTrue(line.startsWith("ablate: cannot write " + link), line);
    int at = line.indexOf("ablate solve ");
    assertTrue(at > 0, line);
    List<Object> command = new ArrayList<>(List.of(line.substring(at).split(" ")));
    command.remove(0);
    command.addAll(List.of("--backend", "host", "--json", folder.resolve("again.json")));
    Cli.Result again = Cli.run(command.toArray());
    assertEquals(0, again.status(), again.err());
    JsonNode whole = JSON.readTree(folder.resolve("whole.json").toFile());
    JsonNode resumed = JSON.readTree(folder.resolve("again.json").toFile());
    assertEquals(whole.get("interactions"), resumed.get("interactions"));
    assertEquals(whole.at("/fit/r2"), resumed.at("/fit/r2"));
    assertTrue(Files.isSymbolicLink(link));
    assertFalse(Files.isRegularFile(full));
    Path kept = folder.resolve("ablate-evaluated");
    assertTrue(line.contains(kept + "/masks.npy"), "beside the output that was named: " + line);
  }
}
