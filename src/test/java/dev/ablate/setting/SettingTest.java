package dev.ablate.setting;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ablate.Ablate;
import dev.ablate.backend.Backends;
import dev.ablate.code.InputException;
import dev.ablate.explanation.Explanation;
import dev.ablate.lens.Lenses;
import dev.ablate.lens.data.DataSettings;
import dev.ablate.run.RunSettings;
import dev.ablate.solve.Method;
import dev.ablate.solve.SolverSettings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SettingTest {
  private static final List<Setting<?>> TABLE =
      Stream.of(Backends.SETTINGS, Lenses.INPUTS.settings(), RunSettings.ALL)
          .<Setting<?>>flatMap(List::stream)
          .toList();

  /** What a command that switches components offers. */
  private static final List<Setting<?>> COMPONENTS =
      Stream.of(Backends.SETTINGS, Lenses.COMPONENTS.settings(), RunSettings.ALL)
          .<Setting<?>>flatMap(List::stream)
          .toList();

  /** What a command that trains on subsets offers. */
  private static final List<Setting<?>> TRAINING =
      Stream.of(Backends.SETTINGS, DataSettings.ALL, RunSettings.ALL)
          .<Setting<?>>flatMap(List::stream)
          .toList();

  /** Options that a command declares itself, because they name its own files. */
  private static final Set<String> COMMANDS_OWN = Set.of("features", "input", "model");

  @Test
  void namesAreThereOnce() {
    for (List<Setting<?>> table : List.of(TABLE, COMPONENTS, TRAINING)) {
      assertEquals(table.size(), table.stream().map(Setting::name).distinct().count());
      table.forEach(s -> assertTrue(s.name().matches("[a-z][a-z0-9-]*"), s.name()));
    }
  }

  @Test
  void messagesNameSettingsThatExist() throws IOException {
    Set<String> known =
        Stream.of(TABLE, COMPONENTS, TRAINING)
            .flatMap(List::stream)
            .map(Setting::name)
            .collect(Collectors.toSet());
    known.addAll(COMMANDS_OWN);
    TreeSet<String> unknown = new TreeSet<>();
    try (Stream<Path> files = Files.walk(Path.of("src/main/java"))) {
      for (Path file : files.filter(f -> f.toString().endsWith(".java")).toList()) {
        Matcher named =
            Pattern.compile("InputException\\.setting\\(\\s*\"([^\"]*)\"")
                .matcher(Files.readString(file));
        while (named.find()) {
          if (!known.contains(named.group(1))) {
            unknown.add(file + ": " + named.group(1));
          }
        }
      }
    }
    assertEquals(new TreeSet<String>(), unknown);
  }

  /** Below the command line nobody knows that settings are flags. */
  @Test
  void flagsAreWrittenOnTheCommandLineOnly() throws IOException {
    Pattern flag = Pattern.compile("\"[^\"]*(?<![\\w-])--[a-z][a-z-]+");
    // What was chosen and the view say so for the terminal; nvcc and Java have flags of their own.
    Set<String> known =
        Set.of("Backends.java", "Serving.java", "TerminalView.java", "CudaNvcc.java", "Child.java");
    TreeSet<String> found = new TreeSet<>();
    try (Stream<Path> files = Files.walk(Path.of("src/main/java/dev/ablate"))) {
      for (Path file : files.filter(f -> f.toString().endsWith(".java")).toList()) {
        boolean above = file.getParent().endsWith("cli");
        Matcher matcher = flag.matcher(Files.readString(file));
        while (!above && !known.contains(file.getFileName().toString()) && matcher.find()) {
          found.add(file.getFileName() + " " + matcher.group());
        }
      }
    }
    assertEquals(new TreeSet<String>(), found);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "budget         | 0    | budget 0: must be at least 1",
        "budget         | many | budget many: must be a whole number at least 1",
        "test-masks     | -1   | test-masks -1: must be 0 to 10000000",
        "target-r2      | 1    | target-r2 1.0: must be above 0 and below 1",
        "target-r2      | NaN  | target-r2 NaN: must be above 0 and below 1",
        "target-r2      | half | target-r2 half: must be a number, above 0 and below 1",
        "verify         | 0    | verify 0: must be 1 to 10000",
        "screen-seconds | -1   | screen-seconds -1.0: must be 0 to 86400",
        "screen-order   | 16   | screen-order 16: must be 1 to 15",
        "method         | best | method best: unknown; use auto, exact, spex, proxyspex, screen or"
            + " gp",
        "unit           | verse | unit verse: unknown; use word, token, sentence, line, paragraph,"
            + " segment or message",
        "threads        | 2000 | threads 2000: must be 0 to 1024",
      })
  void whatIsWrongIsSaidInTheWordsOfTheLibrary(String name, String value, String message) {
    Setting<?> setting =
        TABLE.stream().filter(s -> s.name().equals(name)).findFirst().orElseThrow();
    InputException e = assertThrows(InputException.class, () -> setting.parse(List.of(value)));
    assertEquals(message, e.getMessage());
    assertEquals(
        "--" + message, e.message(named -> "--" + named), "the command line adds its flag");
  }

  @Test
  void valuesAreReadInAnyCase() {
    assertEquals(Method.PROXYSPEX, SolverSettings.METHOD.parse(List.of("ProxySPEX")));
    assertEquals(Long.valueOf(12), RunSettings.BUDGET.parse(List.of(" 12 ")));
  }

  @Test
  void whatNobodySetHasItsDefault() {
    assertEquals(Method.AUTO, Settings.STANDARD.get(SolverSettings.METHOD));
    assertNull(Settings.STANDARD.get(RunSettings.BUDGET));
    Settings some = Settings.STANDARD.with(RunSettings.SEED, 7L).with(RunSettings.BUDGET, 9L);
    assertEquals(Long.valueOf(7), some.get(RunSettings.SEED));
    assertEquals(List.of(RunSettings.SEED, RunSettings.BUDGET), List.copyOf(some.set()));
    assertNull(some.with(RunSettings.BUDGET, null).get(RunSettings.BUDGET));
    assertThrows(InputException.class, () -> some.with(RunSettings.BUDGET, 0L));
  }

  @Test
  void aSettingThatDoesNothingIsSaidSo() {
    Explanation explanation =
        Ablate.builder()
            .game(masks -> new double[masks.count()])
            .features(9)
            .method("screen")
            .terms(5)
            .screenSeconds(0.1)
            .testMasks(0)
            .budget(60)
            .explain();
    List<String> notes = explanation.provenance().report().notes();
    assertEquals("terms does nothing here: screen does not heed it, auto and gp do", notes.get(0));
    assertEquals(1, notes.stream().filter(n -> n.contains("does nothing")).count());
  }

  @Test
  void theBuilderTakesSettingsByName() {
    Explanation explanation =
        Ablate.builder()
            .game(masks -> new double[masks.count()])
            .features(3)
            .set("method", "exact")
            .set("index", "sv")
            .explain();
    assertEquals("exact", explanation.outputs().get(0).method().asked());
    assertEquals("sv", explanation.interactions().index().label());
    InputException e =
        assertThrows(InputException.class, () -> Ablate.builder().set("screen_seconds", "1"));
    assertTrue(e.getMessage().startsWith("no setting screen_seconds: it is one of method, "));
  }

  @Test
  void anExactRunHeedsNothingOfTheContest() {
    Explanation explanation =
        Ablate.builder()
            .game(masks -> new double[masks.count()])
            .features(3)
            .screenOrder(2)
            .explain();
    assertTrue(explanation.provenance().report().notes().toString().contains("screen-order does"));
  }
}
