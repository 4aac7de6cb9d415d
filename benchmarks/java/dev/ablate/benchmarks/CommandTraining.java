package dev.ablate.benchmarks;

import dev.ablate.game.Game;
import dev.ablate.mask.Masks;
import dev.ablate.run.journal.Journal;
import dev.ablate.run.journal.JournalHeader;
import dev.ablate.run.journal.KnownValues;
import dev.ablate.train.Groups;
import dev.ablate.train.command.CommandLearner;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;

/**
 * What it costs to have subsets trained by a command, beside the training, and to keep each mask as
 * it is done: a trainer in Python that answers at once, and a journal that is forced to the disk
 * after each mask, and as runs do it. The argument is how many masks; without it 10000.
 */
public final class CommandTraining {
  private static final int ROWS = 1000;
  private static final int GROUPS = 64;

  private static final String TRAINER =
      """
      import json, sys
      hello = json.loads(sys.stdin.readline())
      print(json.dumps({"outputs": 1}), flush=True)
      for line in sys.stdin:
          ask = json.loads(line)
          print(json.dumps({"id": ask["id"], "values": [len(ask["kept"])]}), flush=True)
      """;

  private CommandTraining() {}

  /** Prints the table. */
  public static void main(String[] args) throws IOException {
    int count = args.length > 0 ? Integer.parseInt(args[0]) : 10_000;
    Path folder = Files.createTempDirectory("ablate-benchmark");
    Masks masks = Masks.none(count, GROUPS);
    for (int m = 0; m < count; m++) {
      masks.hostWords()[m] = (m + 1) * 0x9E3779B97F4A7C15L;
    }
    for (boolean each : new boolean[] {true, false}) {
      double seconds = keep(folder.resolve("journal" + each), masks, each);
      print(each ? "kept, forced each" : "kept, as runs do", count, seconds);
    }
    Path script = Files.writeString(folder.resolve("trainer.py"), TRAINER);
    List<String> names = IntStream.range(0, GROUPS).mapToObj(Integer::toString).toList();
    Groups groups = new Groups(names, IntStream.range(0, ROWS).map(row -> row % GROUPS).toArray());
    for (int workers : new int[] {1, 2}) {
      try (CommandLearner learner = new CommandLearner("python3 " + script, groups, workers, 60)) {
        long start = System.nanoTime();
        learner.train(masks, (subset, scores) -> {});
        print("asked, " + workers + " workers", count, (System.nanoTime() - start) / 1e9);
      }
    }
    for (String left : new String[] {"journaltrue", "journalfalse", "trainer.py", ""}) {
      Files.delete(folder.resolve(left));
    }
  }

  private static double keep(Path file, Masks masks, boolean each) {
    Game game = Game.of(GROUPS, all -> new double[all.count()]);
    long[] keys = KnownValues.keys(masks);
    long start = System.nanoTime();
    try (Journal journal = Journal.open(file, JournalHeader.of(game), GROUPS, 1)) {
      for (int m = 0; m < masks.count(); m++) {
        journal.append(new long[] {keys[m]}, new double[] {m}, 1);
        if (each) {
          journal.force();
        }
      }
      journal.force();
    }
    return (System.nanoTime() - start) / 1e9;
  }

  private static void print(String what, int count, double seconds) {
    System.out.printf(
        Locale.ROOT,
        "%-18s %6d masks %7.2f s %8.1f us each%n",
        what,
        count,
        seconds,
        1e6 * seconds / count);
  }
}
