package dev.ablate.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.ablate.code.Philox;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** {@code ablate data} from end to end. */
class DataCommandTest {
  private static final ObjectMapper JSON = new ObjectMapper();

  @TempDir private Path folder;

  private Path file(String name, String text) throws IOException {
    return Files.writeString(folder.resolve(name), text);
  }

  /** Two classes about -1 and 1 in both columns, in turns. */
  private static String csv(int rows, long seed, String separator) {
    Philox.Stream random = Philox.stream(seed, 1);
    StringBuilder text = new StringBuilder(String.join(separator, "width", "kind", "height"));
    for (int r = 0; r < rows; r++) {
      double centre = r % 2 == 0 ? -1 : 1;
      text.append(
          String.format(
              Locale.ROOT,
              "%n%.6f%s%s%s%.6f",
              centre + random.nextGaussian(),
              separator,
              r % 2 == 0 ? "odd \"one\"".replace("\"", "") : "even",
              separator,
              centre + random.nextGaussian()));
    }
    return text + "\n";
  }

  /** 24 training rows in 6 groups. */
  private List<Object> words(Object... more) throws IOException {
    String groups = "group\n" + IntStream.range(0, 24).mapToObj(r -> "g" + r / 4 + "\n").toList();
    groups = groups.replaceAll("[\\[\\],]", "").replace("\n ", "\n");
    List<Object> words =
        new ArrayList<>(
            List.of(
                "data",
                "--features",
                file("train.csv", csv(24, 1, ",")),
                "--labels",
                "kind",
                "--test",
                file("test.csv", csv(30, 2, ",")),
                "--groups",
                file("groups.csv", groups)));
    words.addAll(List.of(more));
    return words;
  }

  private static Cli.Result run(List<Object> words) {
    return Cli.run(words.toArray());
  }

  private static JsonNode json(List<Object> words) throws IOException {
    words.addAll(List.of("--json", "-"));
    Cli.Result result = run(words);
    assertEquals(0, result.status(), result.err());
    return JSON.readTree(result.out());
  }

  @ParameterizedTest
  @CsvSource({
    "ridge, penalty",
    "logistic, penalty",
    "knn, neighbours",
    "boosting, trees",
    "mlp, hidden",
  })
  void everyLearnerIsAsked(String learner, String second) throws IOException {
    JsonNode json = json(words("--learner", learner));
    assertEquals("margin", json.at("/value").asText());
    assertEquals("30 test rows (mean)", json.at("/target").asText());
    assertEquals("exact", json.at("/method/ran").asText());
    assertEquals("[0,1,2,3]", json.at("/input/groups/0").toString());
    assertEquals("g5", json.at("/feature_names/5").asText());
    assertEquals(learner, json.at("/provenance/settings/learner").asText());
    assertEquals(64, json.at("/provenance/settings/training_sha256").asText().length());
    assertTrue(json.at("/fit/all").asDouble() > json.at("/fit/none").asDouble());
    assertEquals(0, json.at("/fit/none").asDouble(), "nothing kept gives scores of 0");
    assertFalse(json.at("/findings/helpful").isMissingNode());
    List<String> settings = new ArrayList<>();
    json.at("/provenance/settings").fieldNames().forEachRemaining(settings::add);
    // In another order a journal would not be known again.
    assertEquals(settings.indexOf("learner") + 1, settings.indexOf(second), settings.toString());
  }

  @Test
  void theTerminalSaysWhatHelps() throws IOException {
    Cli.Result result = run(words("--learner", "ridge"));
    assertEquals(0, result.status(), result.err());
    assertTrue(result.out().contains("margin of 30 test rows (mean): "), result.out());
    assertTrue(result.out().contains("training examples (95 % intervals)"), result.out());
  }

  /** Every test row by itself; their mean is the mean. */
  @Test
  void eachTestRowIsAnOutput() throws IOException {
    JsonNode each = json(words("--learner", "ridge", "--each"));
    JsonNode mean = json(words("--learner", "ridge"));
    assertEquals(30, each.at("/outputs").size());
    assertEquals("test row 1 (even)", each.at("/outputs/1/target").asText());
    double sum = 0;
    for (JsonNode output : each.at("/outputs")) {
      sum += output.at("/fit/all").asDouble();
    }
    assertEquals(mean.at("/fit/all").asDouble(), sum / 30, 1e-9);
  }

  /** A byte order mark, semicolons and quotes change nothing. */
  @Test
  void otherWritingGivesTheSame() throws IOException {
    List<Object> plain = words("--learner", "ridge");
    List<Object> other = new ArrayList<>(plain);
    String quoted = csv(24, 1, ";").replace("even", "\"even\"").replace(".", ",");
    other.set(2, file("other.csv", "\uFEFF" + quoted));
    JsonNode one = json(plain);
    JsonNode two = json(other);
    assertEquals(one.at("/spectrum"), two.at("/spectrum"));
  }

  @Test
  void rowsOfOneFileTest() throws IOException {
    List<Object> words =
        new ArrayList<>(
            List.of(
                "data",
                "--features",
                file("all.csv", csv(30, 3, ",")),
                "--labels",
                "kind",
                "--test-rows",
                "20-29",
                "--groups",
                "4",
                "--learner",
                "knn",
                "--neighbours",
                "3",
                "--value",
                "probability"));
    JsonNode json = json(words);
    assertEquals(4, json.at("/features").asInt());
    assertTrue(json.at("/feature_names/0").asText().startsWith("cluster 0 ("));
    int rows = 0;
    for (JsonNode group : json.at("/input/groups")) {
      rows += group.size();
    }
    assertEquals(20, rows);
    assertEquals("10 test rows (mean)", json.at("/target").asText());
  }

  /** Rows of one file are known by their numbers there, whichever of them test. */
  @Test
  void rowsKeepTheirNumbers() throws IOException {
    List<Object> words =
        new ArrayList<>(List.of("data", "--features", file("all.csv", csv(30, 3, ","))));
    words.addAll(List.of("--labels", "kind", "--test-rows", "0-9,20", "--groups", "4"));
    words.addAll(List.of("--learner", "ridge", "--each"));
    JsonNode json = json(words);
    assertEquals("10", json.at("/input/row_names/0").asText());
    assertEquals("21", json.at("/input/row_names/10").asText());
    assertEquals("test row 20 (odd one)", json.at("/outputs/10/target").asText());
    words.addAll(List.of("--test-labels", "kind"));
    Cli.Result result = run(words);
    assertEquals(2, result.status(), result.err());
    assertTrue(result.err().contains("--test-labels does nothing with --test-rows"), result.err());
  }

  /** What learners are told decides what they say, and stands in the file. */
  @Test
  void learnersHeedTheirSettings() throws IOException {
    JsonNode plain = json(words("--learner", "boosting"));
    JsonNode few = json(words("--learner", "boosting", "--trees", "2", "--depth", "1"));
    assertEquals(50, plain.at("/provenance/settings/trees").asInt());
    assertEquals(2, few.at("/provenance/settings/trees").asInt());
    assertEquals(2, few.at("/provenance/settings/leaves").asInt());
    assertNotEquals(plain.at("/fit/all"), few.at("/fit/all"));
    JsonNode small =
        json(words("--learner", "mlp", "--hidden", "4", "--epochs", "2", "--learning-rate", "0.5"));
    assertEquals(4, small.at("/provenance/settings/hidden").asInt());
    assertEquals(0.5, small.at("/provenance/settings/rate").asDouble());
  }

  /** Every test row by itself, and what all of them say together. */
  @Test
  void rowsSpeakTogether() throws IOException {
    JsonNode json = json(words("--learner", "ridge", "--each"));
    assertEquals("bii", json.at("/findings/index_pairs").asText());
    assertTrue(json.at("/outputs").size() > 1);
    Cli.Result shown = run(words("--learner", "ridge", "--each"));
    assertTrue(shown.out().startsWith("training examples over "), shown.out());
  }

  @Test
  void targetsAreRegressed() throws IOException {
    String targets = "y\n" + "1.5\n2.25\n-1\n0\n".repeat(6);
    List<Object> words = words();
    words.set(4, file("y.csv", targets));
    words.set(2, file("x.csv", csv(24, 1, ",").replaceAll("(?m),[^,\n]*,", ",")));
    words.set(6, words.get(2));
    words.addAll(List.of("--test-labels", words.get(4)));
    JsonNode json = json(words);
    assertEquals("prediction", json.at("/value").asText());
    assertEquals("ridge", json.at("/provenance/settings/learner").asText());
    assertFalse(json.at("/findings/raising").isMissingNode());
  }

  @Test
  void aJournalIsGoneOnWith() throws IOException {
    Path journal = folder.resolve("run.journal");
    JsonNode one = json(words("--learner", "ridge", "--resume", journal));
    JsonNode two = json(words("--learner", "ridge", "--resume", journal));
    assertEquals(64, two.at("/provenance/settings/journal_masks").asInt());
    assertEquals(0, two.at("/fit/evaluated").asInt());
    assertEquals(one.at("/spectrum"), two.at("/spectrum"));
    Path names = file("names.csv", "name\n" + "row\n".repeat(24));
    JsonNode named = json(words("--learner", "ridge", "--names", names, "--resume", journal));
    assertEquals(
        64, named.at("/provenance/settings/journal_masks").asInt(), "names decide nothing");
    assertEquals("row", named.at("/input/row_names/0").asText());
    Cli.Result other = run(words("--learner", "ridge", "--penalty", "2", "--resume", journal));
    assertEquals(2, other.status(), other.err());
    assertTrue(other.err().contains("the journal is of another penalty"), other.err());
  }

  /** The command trains nothing: it says how many rows it was given. */
  @Test
  void aCommandTrains() throws IOException {
    Path script =
        file(
            "count.py",
            """
            import json, sys
            sys.stdin.readline()
            print(json.dumps({"outputs": ["rows", "first"]}), flush=True)
            for line in sys.stdin:
                asked = json.loads(line)
                kept = asked["kept"]
                print(json.dumps({"id": asked["id"], "values": [len(kept), 0 in kept]})
                      .replace("true", "1").replace("false", "0"), flush=True)
            """);
    List<Object> words = words();
    words.subList(3, 7).clear();
    words.set(1, "--trainer");
    words.set(2, "python3 " + script);
    JsonNode json = json(words);
    assertEquals("rows", json.at("/outputs/0/target").asText());
    assertEquals(24, json.at("/outputs/0/fit/all").asDouble());
    assertEquals("[0]", json.at("/outputs/1/findings/raising/0/features").toString());
    assertEquals(1, json.at("/outputs/1/findings/raising").size());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "--learner logistic --neighbours 3 | --neighbours does nothing with --learner logistic",
        "--learner ridge --epochs 3        | --epochs does nothing with --learner ridge",
        "--learner knn --learning-rate 1   | --learning-rate does nothing with --learner knn",
        "--learner boosting --depth 11     | --depth 11",
        "--hidden 8                        | --hidden does nothing without --learner mlp",
        "--workers 2                       | --workers does nothing without --trainer",
        "--trainer cat                     | --test does nothing with --trainer",
        "--value prediction                | --value prediction is of targets",
        "--learner ridge --value probability | are no probabilities",
        "--test-rows 3                     | one of --test and --test-rows",
        "--test-labels no                  | has no column",
        "--task regression                 | is no number, as targets are",
        "--names missing.csv               | missing.csv",
        "--test-labels no.CSV              | --test-labels no.CSV: neither a file nor a column of",
      })
  void whatCannotBeIsOneLine(String more, String said) throws IOException {
    Cli.Result result = run(words((Object[]) more.strip().split(" ")));
    assertEquals(2, result.status(), result.err());
    assertEquals(1, result.err().lines().count(), result.err());
    assertTrue(result.err().contains(said), result.err());
  }

  @Test
  void filesThatDoNotFitAreNamed() throws IOException {
    String[][] all = {
      {"--labels", "width,kind,height\n1,a,2\n2,,3\n", "row 2, column \"kind\""},
      {"--labels", "width,kind,height\n1,a,2\n,b,3\n", "row 2, column \"width\""},
      {"--labels", "width,kind,height\n1,a,2\n3,b\n", "row 2"},
      {"--labels", "width,kind,height\n1,a,2\n3,a,4\n", "all training rows have the label a"},
      {"--labels", "width,kind,height\n1,a,2\n3,nan,4\n", "the label is missing"},
    };
    for (String[] each : all) {
      List<Object> words = words();
      words.set(2, file("bad.csv", each[1]));
      words.subList(7, 9).clear();
      Cli.Result result = run(words);
      assertEquals(2, result.status(), result.err());
      assertEquals(1, result.err().lines().count(), result.err());
      assertTrue(result.err().contains(each[2]), result.err());
    }
    List<Object> words = words();
    words.set(8, file("few.csv", "group\na\nb\n"));
    assertTrue(run(words).err().contains("2 groups"), run(words).err());
  }
}
