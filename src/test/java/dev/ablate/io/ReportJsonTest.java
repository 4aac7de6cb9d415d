package dev.ablate.io;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import dev.ablate.explanation.Explanation;
import dev.ablate.explanation.PerOutput;
import dev.ablate.explanation.RoundsReport;
import dev.ablate.explanation.RunReport;
import dev.ablate.solve.FitReport;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Reports in files: what they look like there, and that nothing of a file is lost. */
class ReportJsonTest {
  private static final Path FILES = Path.of("src/test/resources/dev/ablate/io");

  static Stream<FitReport> fits() {
    return Reports.FITS.stream();
  }

  private static JsonNode tree(RunReport report) {
    return Json.MAPPER.valueToTree(ReportWriter.write(report));
  }

  private static JsonNode json(String text) throws IOException {
    return Json.MAPPER.readTree(text.replace('\'', '"'));
  }

  private static List<String> keys(JsonNode object) {
    List<String> keys = new ArrayList<>();
    object.fieldNames().forEachRemaining(keys::add);
    return keys;
  }

  @Test
  void everyKindOfFitIsTried() {
    Set<Class<?>> kinds = new HashSet<>(Arrays.asList(FitReport.class.getPermittedSubclasses()));
    Reports.FITS.forEach(fit -> kinds.remove(fit.getClass()));
    assertEquals(Set.of(FitReport.FromFile.class), kinds);
  }

  @ParameterizedTest
  @MethodSource("fits")
  void whatIsReadIsWhatWasWritten(FitReport fit) {
    for (RunReport report : List.of(Reports.of(fit), Reports.full(fit), Reports.full(fit, fit))) {
      JsonNode written = tree(report);
      RunReport read = ReportReader.read(written);
      assertEquals(written.toString(), tree(read).toString());
      assertEquals(report.backendChoice(), read.backendChoice());
      assertEquals(report.bytesToDevice(), read.bytesToDevice());
      assertEquals(report.bytesToHost(), read.bytesToHost());
      assertEquals(report.model(), read.model());
      assertEquals(report.modelHashes(), read.modelHashes());
      assertEquals(report.lens(), read.lens());
      assertEquals(report.design(), read.design());
      assertEquals(report.designMasks(), read.designMasks());
      assertEquals(report.rounds(), read.rounds());
      assertEquals(report.journalMasks(), read.journalMasks());
      assertEquals(report.index(), read.index());
      assertEquals(report.order(), read.order());
      assertEquals(report.notes(), read.notes());
      assertNull(read.kept());
      assertEquals(report.solver().values().size(), read.solver().values().size());
      read.solver().values().forEach(f -> assertSame(fit, f));
    }
  }

  private static void assertSame(FitReport written, FitReport read) {
    if (written instanceof FitReport.Contest contest) {
      FitReport.Contest found = assertInstanceOf(FitReport.Contest.class, read);
      assertEquals(contest.heldOutR2(), found.heldOutR2());
      assertEquals(contest.chosen(), found.chosen());
      assertEquals(contest.energyLeftScores(), found.energyLeftScores());
      assertEquals(contest.energyClearScore(), found.energyClearScore());
    } else {
      assertInstanceOf(FitReport.FromFile.class, read);
    }
  }

  @Test
  void derivedReportsComeBack() throws IOException {
    RunReport report = RunReport.derived("sum of 2");
    assertEquals(json("{'derived': 'sum of 2'}"), tree(report));
    assertEquals(report, ReportReader.read(tree(report)));
    assertEquals(RunReport.NONE, ReportReader.read(json("{}")));
  }

  /** The layout of the files, written out. */
  @Test
  void theLayoutIsThePublishedOne() throws IOException {
    JsonNode stacked = tree(Reports.full(Reports.FITS.get(9)));
    assertEquals(
        List.of("backend_choice", "provider_choice", "bytes_to_device", "bytes_to_host", "model"),
        keys(stacked).subList(0, 5));
    assertEquals(
        new TreeSet<>(List.of("tokenizer_sha256", "configuration_sha256")),
        new TreeSet<>(keys(stacked).subList(5, 7)));
    assertEquals(
        new TreeSet<>(List.of("ablate", "keep")), new TreeSet<>(keys(stacked).subList(7, 9)));
    assertEquals(
        List.of(
            "design",
            "design_masks",
            "rounds",
            "journal_masks",
            "index",
            "order",
            "solver",
            "notes"),
        keys(stacked).subList(9, 17));
    assertEquals(
        json("""
        {'held_out_r2': {'screen': 0.5, 'gp': null}, 'chosen': 'screen',
         'energy_left_scores': [0.5, -1.0, 12.25], 'energy_clear_score': 4.0,
         'orders_in_full': 2, 'orders_among_active': 4, 'active_features': {'3': 12, '4': 0},
         'candidates': 1500000.0, 'family_wise_error': 0.05,
         'threshold_standard_errors': {'1': 3.5}, 'pruned_below_standard_errors': {'1': 3.0},
         'rounds': 3, 'searches': 2, 'near_misses': 17, 'orders_by_signs': 5,
         'sign_searches': 4, 'sets_joined': 2.5E8, 'terms': 55,
         'rest': {'rows': 400, 'scale': 1.25, 'noise': 1e-30, 'rough': 0.5,
         'stretch': 3.5, 'tilt': -0.25, 'closeness': 0.125, 'log_likelihood': -321.5,
                  'sets_read_off': 20000, 'terms': 50, 'terms_by': 'held-out masks'}}
        """)
            .toString(),
        stacked.get("solver").toString());
    assertEquals(
        json("""
        {'target_r2': 0.9, 'stopped': 'budget spent',
         'rounds': [{'masks': 200, 'r2': [0.5, null], 'standard_error': [0.5, null]},
                    {'masks': 400, 'r2': [0.5, null]}]}
        """)
            .toString(),
        tree(Reports.full(Reports.SCREENING, Reports.PROCESS)).get("rounds").toString());
    assertEquals(0.5, stacked.at("/rounds/rounds/1/r2").doubleValue());
  }

  @Test
  void everyKeyIsInTheDocs() throws IOException {
    String docs = Files.readString(Path.of("docs", "formats.md"));
    TreeSet<String> missing = new TreeSet<>();
    for (FitReport fit : Reports.FITS) {
      JsonNode report = tree(Reports.full(fit));
      missing.addAll(keys(report));
      missing.addAll(keys(report.get("solver")));
      missing.addAll(keys(report.get("rounds")));
    }
    assertTrue(missing.size() > 50, missing.toString());
    missing.removeIf(key -> docs.contains("`" + key + "`"));
    assertEquals(new TreeSet<String>(), missing);
  }

  /** Keys of other versions, and known keys with values of another kind. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "{'later': {'a': [1, null, {'b': 2.5}]}, 'solver': {'held_out_r2': 1, 'chosen': 'gp'}}",
        "{'index': 5, 'order': 'two', 'model': null, 'design_masks': 1.5, 'notes': ['a', 1]}",
        "{'rounds': {'target_r2': 0.9, 'stopped': 'x', 'rounds': [{'masks': 1}]}}",
        "{'rounds': {'target_r2': 0.9, 'stopped': 'x', 'rounds': [{'masks': 1, 'r2': 1}], 'y': 0}}",
        "{'rounds': 3, 'solver': [], 'notes': 'a', 'derived': {}, 'backend_choice': []}",
        "{'solver': [{'terms': 1}, 2], 'some_sha256': 'ab', 'bytes_to_host': 99999999999999999999}",
      })
  void nothingIsLost(String text) throws IOException {
    JsonNode json = json(text);
    RunReport read = ReportReader.read(json);
    assertEquals(json, tree(read));
    assertNull(read.rounds());
    assertEquals(List.of(), read.notes());
  }

  @Test
  void anOlderContestIsOne() throws IOException {
    JsonNode json = json("{'solver': {'held_out_r2': {'gp': 0.5}, 'chosen': 'gp', 'rows': 3}}");
    FitReport.Contest contest =
        assertInstanceOf(FitReport.Contest.class, ReportReader.read(json).solver().first());
    assertEquals(Map.of("gp", 0.5), contest.heldOutR2());
    assertEquals(List.of(), contest.energyLeftScores());
    assertNull(contest.energyClearScore());
    assertEquals(new FitReport.FromFile(new KeptKeys(Map.of("rows", 3))), contest.winner());
    assertEquals(json, tree(ReportReader.read(json)));
  }

  /** Files as {@code ablate explain} wrote them before reports had types. */
  @ParameterizedTest
  @ValueSource(strings = {"contest.json", "targets.json"})
  void filesOfEarlierVersionsReadToTheSame(String name) throws IOException {
    Path file = FILES.resolve(name);
    Explanation read = ExplanationJson.read(file);
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ExplanationJson.write(out, read);
    assertEquals(Files.readString(file), out.toString(StandardCharsets.UTF_8));
    assertNull(read.provenance().report().kept());
  }

  /** The values as they stand in the file. */
  @Test
  void aContestOfAnEarlierVersionIsTyped() {
    RunReport report = ExplanationJson.read(FILES.resolve("contest.json")).provenance().report();
    assertEquals("host: asked for", report.backendChoice());
    assertNull(report.bytesToDevice());
    assertEquals("sentiment (bundled)", report.model());
    assertEquals(
        List.of("tokenizer_sha256", "configuration_sha256"),
        List.copyOf(report.modelHashes().keySet()));
    assertEquals(Map.of("ablate", "mask", "keep", List.of()), report.lens());
    assertEquals("uniform", report.design());
    assertEquals(100, report.designMasks());
    assertEquals(162, report.journalMasks());
    assertEquals("fbii", report.index());
    assertEquals(1, report.order());
    assertEquals(1, report.notes().size());
    RoundsReport rounds = report.rounds();
    assertEquals(0.98, rounds.targetR2());
    assertEquals("budget spent", rounds.stopped());
    assertEquals(
        List.of(50L, 75L, 100L), rounds.rounds().stream().map(RoundsReport.Round::masks).toList());
    assertEquals(
        new RoundsReport.Round(
            75,
            new PerOutput<>(List.of(0.9332506207436304)),
            new PerOutput<>(List.of(0.014332929816602844))),
        rounds.rounds().get(1));
    FitReport.Contest contest = assertInstanceOf(FitReport.Contest.class, report.solver().first());
    assertEquals(List.of("screen", "gp", "trees"), List.copyOf(contest.heldOutR2().keySet()));
    assertEquals(0.931922867320527, contest.heldOutR2().get("trees"));
    assertEquals("gp", contest.chosen());
    assertEquals(-0.09073522445395857, contest.energyLeftScores().get(0));
    assertEquals(4.0, contest.energyClearScore());
    FitReport.FromFile winner = assertInstanceOf(FitReport.FromFile.class, contest.winner());
    assertEquals("asked for", ((KeptKeys) winner.keys()).entries().get("terms_by"));
  }

  @Test
  void severalTargetsOfAnEarlierVersionHaveAFitEach() {
    RunReport report = ExplanationJson.read(FILES.resolve("targets.json")).provenance().report();
    FitReport four = new FitReport.FromFile(new KeptKeys(Map.of("terms", 4)));
    assertEquals(new PerOutput<>(List.of(four, four)), report.solver());
    assertNull(report.rounds());
    assertNull(report.journalMasks());
    assertEquals(
        List.of("terms does nothing here: exact does not heed it, auto and gp do"), report.notes());
  }

  /** Reports have types: what is named by a text alone stays between lens, game and io. */
  @Test
  void nothingButInputsAndLensSettingsIsReadByAText() throws IOException {
    // What inputs and lenses say of themselves, lines of files, and the header that compares them.
    List<String> texts =
        List.of(
            "game/Input.java",
            "game/PlantedGame.java",
            "game/Subject.java",
            "lens/LensKind.java",
            "lens/data/DataGame.java",
            "lens/heads/CsvExamples.java",
            "lens/heads/ExampleFile.java",
            "lens/heads/ExampleReader.java",
            "lens/heads/HeadsGame.java",
            "lens/heads/HeadsLensKind.java",
            "lens/text/AnswerMeasure.java",
            "lens/text/Chat.java",
            "lens/text/ChatRows.java",
            "lens/text/Keys.java",
            "lens/text/Measure.java",
            "lens/text/PromptReader.java",
            "lens/text/PromptSource.java",
            "lens/text/ServedAnswers.java",
            "lens/text/ServedFirstTokens.java",
            "lens/text/ServedPerplexity.java",
            "lens/text/ServedSimilarity.java",
            "lens/text/SimilarityMeasure.java",
            "lens/text/TextGame.java",
            "lens/text/TextLensKind.java",
            "lens/text/Turns.java",
            "model/remote/Chat.java",
            "jobs/Items.java",
            "run/journal/JournalHeader.java",
            "train/BoostingLearner.java",
            "train/Learner.java",
            "train/LogisticLearner.java",
            "train/NeighboursLearner.java",
            "train/PerceptronLearner.java",
            "train/RidgeLearner.java",
            "train/command/CommandLearner.java",
            "explanation/RunReport.java");
    Path sources = Path.of("src/main/java/dev/ablate");
    TreeSet<String> found = new TreeSet<>();
    try (Stream<Path> files = Files.walk(sources)) {
      for (Path file : files.filter(f -> f.toString().endsWith(".java")).toList()) {
        String name = sources.relativize(file).toString().replace('\\', '/');
        // The variables of a template are anything.
        boolean known = name.startsWith("io/") || name.startsWith("model/chat/");
        if (!known && Files.readString(file).contains("Map<String, Object>")) {
          found.add(name);
        }
      }
    }
    assertEquals(new TreeSet<>(texts), found);
  }
}
