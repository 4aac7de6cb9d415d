package dev.ablate.run;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ablate.backend.Backends;
import dev.ablate.backend.host.HostBackend;
import dev.ablate.code.InputException;
import dev.ablate.explanation.Explanation;
import dev.ablate.game.Budget;
import dev.ablate.game.Evaluation;
import dev.ablate.game.Game;
import dev.ablate.game.Progress;
import dev.ablate.game.Values;
import dev.ablate.mask.Masks;
import dev.ablate.solve.Method;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Games that tell rows as they finish: each is kept at once, with a journal and without one. */
class ToldRowsTest {
  private static final int FEATURES = 16;
  private static final HostBackend HOST = new HostBackend(2);
  private final Runner runner = new Runner(new Backends.Choice(HOST, "host: in a test"));

  @TempDir private Path folder;

  @AfterAll
  static void close() {
    HOST.close();
  }

  /** Finishes its rows from the last to the first, and breaks off after some. */
  private static class Telling implements Game {
    private final Set<String> asked = new HashSet<>();
    private final List<Integer> batches = new ArrayList<>();
    private final int most;
    private final RuntimeException end;
    private int odd = -1;

    Telling(int most, RuntimeException end) {
      this.most = most;
      this.end = end;
    }

    @Override
    public int features() {
      return FEATURES;
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
      batches.add(masks.count());
      for (int r = masks.count() - 1; r >= 0; r--) {
        if (asked.size() == most) {
          throw end;
        }
        boolean[] row = masks.row(r);
        assertTrue(asked.add(Arrays.toString(row)), "asked twice in one run");
        out.set(r, 0, asked.size() == odd ? Double.NaN : value(row));
        progress.finished(r);
      }
    }
  }

  private static double value(boolean[] row) {
    return (row[0] ? 1 : 0) + (row[1] && row[2] ? 2 : 0) + (row[3] ? 0.5 : 0);
  }

  private Request request() {
    return Request.standard()
        .withMethod(Method.SCREEN)
        .withBudget(new Budget(600))
        .withTestMasks(100);
  }

  private static Telling whole() {
    return new Telling(Integer.MAX_VALUE, null);
  }

  @Test
  void allMasksComeAtOnceAndEachIsKept() {
    Telling first = whole();
    Request kept = request().withJournal(folder.resolve("journal"));
    Explanation begun = runner.explain(first, kept, Progress.NONE);
    assertEquals(List.of(700), first.batches, "more than a journal takes at once");
    assertEquals(700, begun.outputs().get(0).fit().evaluated());
    Telling second = whole();
    Explanation resumed = runner.explain(second, kept, Progress.NONE);
    assertEquals(Set.of(), second.asked);
    assertEquals(700, resumed.provenance().report().journalMasks());
    assertEquals(begun.outputs().get(0).fit().r2(), resumed.outputs().get(0).fit().r2());
  }

  /** What is told together is written together: a write that was cut short counts for nothing. */
  @Test
  void rowsThatAreToldTogetherAreOneWrite() throws IOException {
    Path journal = folder.resolve("journal");
    Game blocks =
        new Telling(Integer.MAX_VALUE, null) {
          @Override
          public void evaluate(Masks masks, Values out, Progress progress) {
            for (int r = 0; r < masks.count(); r++) {
              out.set(r, 0, value(masks.row(r)));
            }
            for (int r = 0; r < masks.count(); r += 100) {
              int from = r;
              progress.finished(
                  IntStream.range(from, Math.min(masks.count(), from + 100)).toArray());
            }
          }
        };
    long[] done = new long[1];
    runner.explain(blocks, request().withJournal(journal), more -> done[0] += more);
    assertEquals(700, done[0]);
    try (FileChannel file = FileChannel.open(journal, StandardOpenOption.WRITE)) {
      file.truncate(file.size() - 1);
    }
    Telling second = whole();
    runner.explain(second, request().withJournal(journal), Progress.NONE);
    assertEquals(100, second.asked.size());
  }

  @Test
  void whatFinishedBeforeAFailureIsNotAskedAgain() {
    Request kept = request().withJournal(folder.resolve("journal"));
    Telling broken = new Telling(317, new InputException("mine"));
    assertEquals(
        "mine",
        assertThrows(InputException.class, () -> runner.explain(broken, kept, Progress.NONE))
            .getMessage());
    Telling second = whole();
    runner.explain(second, kept, Progress.NONE);
    assertEquals(700 - 317, second.asked.size());
    second.asked.retainAll(broken.asked);
    assertEquals(Set.of(), second.asked);
  }

  @Test
  void withoutAJournalAFailureHandsOnWhatFinished() {
    Telling broken = new Telling(123, new InputException("mine"));
    List<Evaluation> handed = new ArrayList<>();
    assertThrows(
        InputException.class, () -> runner.explain(broken, request(), Progress.NONE, handed::add));
    Evaluation.Rows rows = handed.get(handed.size() - 1).fitted();
    assertEquals(123, rows.masks().count());
    for (int r = 0; r < 123; r++) {
      assertEquals(value(rows.masks().row(r)), rows.values().get(r, 0));
      assertTrue(broken.asked.contains(Arrays.toString(rows.masks().row(r))));
    }
  }

  @Test
  void aValueThatIsNoneEndsTheRunAtOnceAndIsNotKept() {
    Request kept = request().withJournal(folder.resolve("journal"));
    Telling odd = whole();
    odd.odd = 50;
    String line =
        assertThrows(InputException.class, () -> runner.explain(odd, kept, Progress.NONE))
            .getMessage();
    assertTrue(line.startsWith("the model returned NaN for output 0 on the mask that keeps"), line);
    assertEquals(50, odd.asked.size());
    Telling second = whole();
    runner.explain(second, kept, Progress.NONE);
    assertEquals(700 - 49, second.asked.size());
  }
}
