package dev.ablate.train.command;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ablate.backend.Backends;
import dev.ablate.backend.host.HostBackend;
import dev.ablate.explanation.Explanation;
import dev.ablate.game.Budget;
import dev.ablate.game.Game;
import dev.ablate.game.Input;
import dev.ablate.game.Progress;
import dev.ablate.game.Subject;
import dev.ablate.game.Values;
import dev.ablate.mask.Masks;
import dev.ablate.run.Request;
import dev.ablate.run.Runner;
import dev.ablate.run.journal.Journal;
import dev.ablate.run.journal.JournalHeader;
import dev.ablate.run.journal.KnownValues;
import dev.ablate.train.Groups;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * A command that trains, in a run that is killed and resumed: no subset that was trained is trained
 * again, but for those that were being trained when the kill came, and the result is that of an
 * undisturbed run. A process of its own does the work; the trainer notes every subset that it has
 * trained. It trains with scikit-learn where that is there, else with plain Python.
 */
class KilledTrainingTest {
  private static final int GROUPS = 10;
  private static final int ROWS = 60;
  private static final int WORKERS = 2;

  /** Rows in two columns with two classes, and the margin of one more. */
  private static final String TRAINER =
      """
import json, os, sys, time
folder = os.path.dirname(os.path.abspath(__file__))
hello = json.loads(sys.stdin.readline())
rows = [((r * 7919 %% 101) / 50 - 1, (r * 104729 %% 103) / 51 - 1) for r in range(hello["rows"])]
labels = [int(a + b * b > 0.3) for a, b in rows]
try:
    if %s:
        raise ImportError
    from sklearn.linear_model import LogisticRegression
    def margin(kept):
        if len(set(labels[r] for r in kept)) < 2:
            return 0.0
        model = LogisticRegression().fit([rows[r] for r in kept], [labels[r] for r in kept])
        return float(model.decision_function([(0.4, 0.1)])[0])
except ImportError:
    def margin(kept):
        means = []
        for c in (0, 1):
            own = [rows[r] for r in kept if labels[r] == c]
            if not own:
                return 0.0
            means.append([sum(column) / len(own) for column in zip(*own)])
        far = [(0.4 - m[0]) ** 2 + (0.1 - m[1]) ** 2 for m in means]
        return far[0] - far[1]
print(json.dumps({"outputs": ["margin"]}), flush=True)
for line in sys.stdin:
    ask = json.loads(line)
    value = margin(ask["kept"])
    time.sleep(0.01)
    with open(folder + "/notes", "a") as notes:
        notes.write(" ".join(map(str, ask["groups"])) + "\\n")
    print(json.dumps({"id": ask["id"], "values": [value]}), flush=True)
""";

  @TempDir private Path folder;

  private record Trained(CommandLearner learner, int features) implements Game {
    @Override
    public Subject subject() {
      return new Subject(Input.BARE, "value", null, learner.settings());
    }

    @Override
    public List<String> outputNames() {
      return learner.outputs();
    }

    @Override
    public boolean tellsRows() {
      return true;
    }

    @Override
    public void evaluate(Masks masks, Values out) {
      evaluate(masks, out, Progress.NONE);
    }

    @Override
    public void evaluate(Masks masks, Values out, Progress progress) {
      learner.train(
          masks,
          (subset, scores) -> {
            out.set(subset, 0, scores[0]);
            synchronized (progress) {
              progress.finished(subset);
            }
          });
    }
  }

  private static CommandLearner learner(String command) {
    List<String> names = IntStream.range(0, GROUPS).mapToObj(g -> "group " + g).toList();
    int[] groupOf = IntStream.range(0, ROWS).map(r -> r * GROUPS / ROWS).toArray();
    return new CommandLearner(command, new Groups(names, groupOf), WORKERS, 60);
  }

  /** Explains; the arguments are the command and the journal. */
  public static final class Run {
    private Run() {}

    /** Prints how many masks were evaluated, how many were known, and what was found. */
    public static void main(String[] arguments) {
      Request request =
          Request.standard()
              .withBudget(new Budget(300))
              .withTestMasks(100)
              .withJournal(Path.of(arguments[1]));
      try (CommandLearner learner = learner(arguments[0]);
          HostBackend host = new HostBackend(1)) {
        Explanation explanation =
            new Runner(new Backends.Choice(host, "host: in a test"))
                .explain(new Trained(learner, GROUPS), request, Progress.NONE);
        System.out.println(explanation.outputs().get(0).fit().evaluated());
        System.out.println(explanation.provenance().report().journalMasks());
        System.out.println(explanation.outputs().get(0).fit().r2());
        for (int s = 0; s < explanation.spectrum().size(); s++) {
          System.out.println(explanation.spectrum().coefficient(s));
        }
      }
    }
  }

  private Process start(Path place, String command) throws IOException {
    return new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-cp",
            System.getProperty("java.class.path"),
            Run.class.getName(),
            command,
            place.resolve("journal").toString())
        .redirectError(ProcessBuilder.Redirect.INHERIT)
        .start();
  }

  private List<String> run(Path place, String command) throws Exception {
    Process process = start(place, command);
    String told = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertEquals(0, process.waitFor(), told);
    return told.lines().toList();
  }

  private static List<String> notes(Path place) throws IOException {
    Path notes = place.resolve("notes");
    return Files.exists(notes) ? Files.readAllLines(notes) : List.of();
  }

  private static final Python PYTHON = new Python();

  /** Which Python trains. */
  private static final class Python {
    private final String name = System.getProperty("ablate.test.python", "python3");
    private final boolean learns = Trainers.runs(name, "-c", "import sklearn.linear_model");
  }

  private static String trainer(Path place) throws IOException {
    String script =
        Trainers.script(
            place, String.format(Locale.ROOT, TRAINER, PYTHON.learns ? "False" : "True"));
    return PYTHON.name + script.substring("python3".length());
  }

  @Test
  @Timeout(600)
  void aKilledRunTrainsNothingAgainThatWasTrained() throws Exception {
    Path whole = Files.createDirectory(folder.resolve("whole"));
    String command = trainer(whole);
    List<String> undisturbed = run(whole, command);
    assertEquals(400, notes(whole).size());
    assertEquals(400, Set.copyOf(notes(whole)).size());

    Path killed = Files.createDirectory(folder.resolve("killed"));
    String again = trainer(killed);
    Process process = start(killed, again);
    while (notes(killed).size() < 150) {
      assertTrue(process.isAlive(), "it ended by itself");
      Thread.sleep(5);
    }
    // SIGKILL: nothing of this process runs after it.
    process.destroyForcibly();
    assertTrue(process.waitFor(30, TimeUnit.SECONDS));
    Set<String> known = journalled(killed, again);
    // What was being trained ends by itself, for nobody reads it.
    Thread.sleep(1000);
    List<String> before = notes(killed);
    assertTrue(before.size() < 400, "it was killed before its end");
    assertTrue(known.size() >= before.size() - WORKERS, known.size() + " of " + before.size());

    List<String> resumed = run(killed, again);
    List<String> notes = notes(killed);
    List<String> after = notes.subList(before.size(), notes.size());
    Set<String> twice = new HashSet<>(after);
    twice.retainAll(known);
    assertEquals(Set.of(), twice, "trained again");
    assertEquals(400 - known.size(), after.size());
    assertEquals(Integer.toString(known.size()), resumed.get(1));
    assertEquals(Set.copyOf(notes(whole)), Set.copyOf(notes));
    assertEquals(undisturbed.subList(2, undisturbed.size()), resumed.subList(2, resumed.size()));
    System.out.printf(
        "trained with %s: %d of 400 subsets before the kill, %d of them in the journal, %d after%n",
        PYTHON.learns ? "scikit-learn" : "plain Python", before.size(), known.size(), after.size());
  }

  /** The subsets that a journal holds, as the trainer notes them; opening it mends it. */
  private static Set<String> journalled(Path place, String command) {
    Set<String> held = new HashSet<>();
    try (CommandLearner learner = learner(command);
        Journal journal =
            Journal.open(
                place.resolve("journal"),
                JournalHeader.of(new Trained(learner, GROUPS)),
                GROUPS,
                1)) {
      Masks all = Masks.exhaustive(GROUPS);
      KnownValues known = journal.known();
      for (int m = 0; m < all.count(); m++) {
        if (known.find(new long[] {m}, 0) >= 0) {
          List<String> groups = new ArrayList<>();
          for (int g = 0; g < GROUPS; g++) {
            if (all.kept(m, g)) {
              groups.add(Integer.toString(g));
            }
          }
          held.add(String.join(" ", groups));
        }
      }
      assertEquals(known.count(), held.size());
    }
    return held;
  }
}
