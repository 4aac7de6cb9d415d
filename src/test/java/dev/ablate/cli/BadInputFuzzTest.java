package dev.ablate.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.ablate.code.OneLine;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Odd files and odd command lines, each drawn from its seed: whatever it is, a command serves it or
 * says in one line what is wrong, and nothing is lost. One case alone runs again with {@code
 * -Dablate.fuzz.seed=SEED -Dablate.fuzz.count=1}.
 */
@Timeout(30)
class BadInputFuzzTest {
  private static final ObjectMapper JSON = new ObjectMapper();

  /** What speaks of the program's inside instead of the input. */
  private static final Pattern INSIDE =
      Pattern.compile(
          "failed inside|\\w(Exception|Error)\\b|(: |\\()null\\b|java\\.|fasterxml|picocli");

  /** What stands around a message: the program's name, and where its help is. */
  private static final int AROUND = "ablate:  (see ablate explain --help)".length();

  private static final Pattern OBEYED = Pattern.compile("[\\p{Cc}\\p{Zl}\\p{Zp}\\p{Cs}\u202e]");

  private static final List<OddFiles.Kind> KINDS = OddFiles.KINDS;

  @TempDir private static Path untouched;
  @TempDir private Path folder;

  static LongStream seeds() {
    long first = Long.getLong("ablate.fuzz.seed", 1);
    return LongStream.range(first, first + Integer.getInteger("ablate.fuzz.count", 320));
  }

  @BeforeAll
  static void files() throws IOException {
    OddFiles.write(untouched);
  }

  @BeforeEach
  void copies() throws IOException {
    try (Stream<Path> all = Files.walk(untouched)) {
      for (Path path : all.filter(path -> !path.equals(untouched)).toList()) {
        Files.copy(path, folder.resolve(untouched.relativize(path)), LinkOption.NOFOLLOW_LINKS);
      }
    }
  }

  @ParameterizedTest
  @FieldSource("KINDS")
  void untouchedFilesAreServed(OddFiles.Kind kind) {
    Cli.Result result = Cli.run(resolved(kind.words()));
    assertEquals(0, result.status(), result.err());
  }

  @ParameterizedTest(name = "seed {0}")
  @MethodSource("seeds")
  void oddFiles(long seed) throws IOException {
    Random random = random(seed);
    OddFiles.Kind kind = KINDS.get(Math.floorMod(seed, KINDS.size()));
    Path file = folder.resolve(kind.file());
    boolean journal = kind.file().equals("journal");
    JsonNode undisturbed = journal ? spectrumOf(Cli.run(resolved(kind.words()))) : null;
    byte[] content = Files.readAllBytes(file);
    boolean tree = kind.json() && random.nextInt(4) > 0;
    byte[] odd =
        tree
            ? OddJson.of(new String(content, StandardCharsets.UTF_8), random)
                .getBytes(StandardCharsets.UTF_8)
            : OddBytes.of(content, random);
    Files.write(file, odd);
    Cli.Result result = check(seed, kind.words());
    if (journal && result.status() == 0) {
      assertEquals(undisturbed, spectrumOf(result), said(seed, kind.words(), result));
    }
    if (result.status() == 2) {
      String said = said(seed, kind.words(), result);
      // A text that cannot be explained is named by its line, what fails later by the model.
      String name = kind.file().startsWith("model/") ? "model" : file.getFileName().toString();
      assertTrue(result.err().contains(name) || result.err().contains("line 1: "), said);
      assertTrue(result.err().split(Pattern.quote(file.toString()), -1).length <= 2, said);
    }
  }

  @ParameterizedTest(name = "seed {0}")
  @MethodSource("seeds")
  void oddWords(long seed) throws IOException {
    check(seed, OddWords.of(random(seed)));
  }

  private JsonNode spectrumOf(Cli.Result served) throws IOException {
    assertEquals(0, served.status(), served.err());
    return JSON.readTree(folder.resolve("out.json").toFile()).get("spectrum");
  }

  /** Seeds that follow one another begin alike, unless they are spread. */
  private static Random random(long seed) {
    return new Random(seed * 0x9E3779B97F4A7C15L);
  }

  private Cli.Result check(long seed, List<String> words) throws IOException {
    Map<String, Integer> before = listing();
    List<String> outside = outside();
    Cli.Result result = Cli.run(resolved(words));
    Map<String, Integer> after = listing();
    String said = said(seed, words, result);
    assertEquals(outside, outside(), "written outside of the folder: " + said);
    assertTrue(result.status() == 0 || result.status() == 2, said);
    boolean many = words.contains("--input");
    for (String line : result.err().lines().toList()) {
      assertTrue(line.startsWith("ablate: "), said);
      assertTrue(line.length() <= OneLine.MOST + AROUND, said);
      assertTrue(!OBEYED.matcher(line).find(), said);
      assertTrue(!INSIDE.matcher(line).find(), said);
    }
    for (String name : after.keySet()) {
      assertTrue(!name.endsWith(".tmp"), name + " is left over: " + said);
    }
    if (result.status() == 2) {
      assertTrue(many || result.err().lines().count() == 1, said);
      if (many) {
        // What could be explained is there; what was there before stays.
        after.keySet().retainAll(before.keySet());
      } else {
        assertEquals("", result.out(), said);
      }
      assertEquals(before, after, "files changed: " + said);
    } else if (after.containsKey("out.json")
        && !after.get("out.json").equals(before.get("out.json"))) {
      JSON.readTree(folder.resolve("out.json").toFile());
    }
    return result;
  }

  private String said(long seed, List<String> words, Cli.Result result) {
    return "seed "
        + seed
        + ": "
        + OneLine.of(String.join(" ", words))
        + " ended with "
        + result.status()
        + ": "
        + result.err();
  }

  private Object[] resolved(List<String> words) {
    return words.stream()
        .map(word -> word.startsWith("@") ? folder + "/" + word.substring(1) : word)
        .toArray();
  }

  /** What stands where this process works. */
  private static List<String> outside() throws IOException {
    try (Stream<Path> all = Files.list(Path.of(""))) {
      return all.map(Path::toString).sorted().toList();
    }
  }

  /** The names of all files and what they hold. */
  private Map<String, Integer> listing() throws IOException {
    Map<String, Integer> contents = new TreeMap<>();
    try (Stream<Path> all = Files.walk(folder)) {
      for (Path path : all.toList()) {
        boolean plain = Files.isRegularFile(path, LinkOption.NOFOLLOW_LINKS);
        int content = plain ? Arrays.hashCode(Files.readAllBytes(path)) : 0;
        contents.put(folder.relativize(path).toString(), content);
      }
    }
    return contents;
  }
}
