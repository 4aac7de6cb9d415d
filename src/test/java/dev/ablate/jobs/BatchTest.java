package dev.ablate.jobs;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ablate.code.InputException;
import dev.ablate.explanation.Explanation;
import dev.ablate.io.ExplanationJson;
import dev.ablate.io.MaskFile;
import dev.ablate.run.Request;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Many inputs under a lens of a few lines: a number of features times a factor. */
class BatchTest {

  @TempDir private Path folder;

  /** Notes what it hears. */
  private static class Noted implements Batch.Listener<Integer> {
    final List<String> heard = new ArrayList<>();
    long masks;

    @Override
    public Batch.Watch begins(Item<Integer> item) {
      heard.add("begins " + item.id());
      return new Batch.Watch() {
        @Override
        public void done(long done) {
          try {
            hear(done);
          } catch (IOException e) {
            throw new UncheckedIOException(e);
          }
        }

        @Override
        public void close() {
          heard.add("ends " + item.id());
        }
      };
    }

    void hear(long done) throws IOException {
      masks += done;
    }

    @Override
    public void finished(Item<Integer> item, Path file, Explanation explanation) {
      assertTrue(Files.isRegularFile(file), "whole before anybody hears of it");
      heard.add("finished " + file.getFileName());
    }

    @Override
    public void failed(Item<Integer> item, InputException why) {
      heard.add("failed " + item.line() + ": " + why.getMessage());
    }
  }

  private static Explainer<Double, Integer> explainer() {
    return Sums.explainer(new Sums(), 2.0, Request.standard());
  }

  private Batch<Integer> batch(Path journals) {
    List<Item<Integer>> items =
        List.of(Sums.item("three", 3, 1), Sums.item("none", 0, 2), Sums.item("two", 2, 4));
    return new Batch<>(items, folder.resolve("out"), journals);
  }

  @Test
  void resultsComeAsTheyFinishAndAFailureStopsNothing() {
    Noted noted = new Noted();
    assertEquals(1, batch(null).explain(explainer(), 1, noted));
    assertEquals(
        List.of(
            "begins three",
            "ends three",
            "finished three.json",
            "begins none",
            "ends none",
            "failed 2: nothing to ablate",
            "begins two",
            "ends two",
            "finished two.json"),
        noted.heard);
    assertEquals(8 + 4, noted.masks);
    Explanation read = ExplanationJson.read(folder.resolve("out/two.json"));
    assertEquals(2 * 1.0, read.top(1).get(0).value(), 1e-12);
    assertFalse(Files.exists(folder.resolve("out/none.json")));
  }

  @Test
  void aResultOfAnEarlierRunIsCalledSo() throws IOException {
    Files.createDirectory(folder.resolve("out"));
    Path earlier = Files.writeString(folder.resolve("out/none.json"), "of another text");
    Noted noted = new Noted();
    assertEquals(1, batch(null).explain(explainer(), 1, noted));
    assertEquals(
        List.of("failed 2: nothing to ablate; " + earlier + " is of an earlier run"),
        noted.heard.stream().filter(line -> line.startsWith("failed")).toList());
    assertEquals("of another text", Files.readString(earlier));
  }

  /** Who may write in the folders must not choose which other files are written. */
  @Test
  void linksInTheFoldersAreNotFollowed() throws IOException {
    Files.createDirectory(folder.resolve("out"));
    Path journals = Files.createDirectory(folder.resolve("journals"));
    Path victim = Files.writeString(folder.resolve("victim"), "precious");
    Files.createSymbolicLink(folder.resolve("out/three.json"), victim);
    Files.createSymbolicLink(journals.resolve("two.journal"), folder.resolve("made"));
    Noted noted = new Noted();
    assertEquals(2, batch(journals).explain(explainer(), 1, noted));
    assertEquals("precious", Files.readString(victim));
    assertFalse(Files.exists(folder.resolve("made")));
    assertEquals(3, ExplanationJson.read(folder.resolve("out/three.json")).features());
    assertTrue(
        noted.heard.stream().anyMatch(line -> line.startsWith("failed 4: resume")),
        noted.heard.toString());
  }

  @Test
  void aResultThatCannotBeWrittenIsKnownBeforeTheWork() throws IOException {
    Files.createDirectories(folder.resolve("out/three.json"));
    Noted noted = new Noted();
    assertEquals(2, batch(null).explain(explainer(), 1, noted));
    assertTrue(noted.heard.get(2).contains("it is a folder"), noted.heard.toString());
    assertEquals(4, noted.masks);
    assertTrue(Files.isRegularFile(folder.resolve("out/two.json")));
  }

  /** Failing to write one result is a failure of that input, and its masks are kept. */
  @Test
  void aResultThatCannotBeWrittenLosesNothing() throws IOException {
    Noted noted =
        new Noted() {
          @Override
          void hear(long done) throws IOException {
            super.hear(done);
            Files.createDirectories(folder.resolve("out/three.json"));
          }
        };
    assertEquals(2, batch(null).explain(explainer(), 1, noted));
    Path kept = folder.resolve("out/three.evaluated");
    assertEquals(8, MaskFile.read(kept.resolve("masks.npy")).count());
    assertTrue(
        noted.heard.stream()
            .anyMatch(line -> line.contains("it is a folder") && line.contains(kept.toString())),
        noted.heard.toString());
    assertTrue(Files.isRegularFile(folder.resolve("out/two.json")));
  }

  @Test
  void journalsSpareASecondRun() throws IOException {
    Path journals = folder.resolve("journals");
    batch(journals).explain(explainer(), 1, new Noted());
    Files.delete(folder.resolve("out/two.json"));
    Noted again = new Noted();
    batch(journals).explain(explainer(), 1, again);
    assertEquals(0, again.masks);
    assertTrue(again.heard.contains("finished two.json"), again.heard.toString());
  }

  @Test
  void anInterruptEndsTheBatchAndKeepsWhatIsDone() {
    Thread caller = Thread.currentThread();
    Noted noted =
        new Noted() {
          @Override
          public void finished(Item<Integer> item, Path file, Explanation explanation) {
            caller.interrupt();
            // Its own thread is told by the caller.
            while (!Thread.currentThread().isInterrupted()) {
              Thread.onSpinWait();
            }
          }
        };
    assertThrows(CancellationException.class, () -> batch(null).explain(explainer(), 1, noted));
    assertTrue(Thread.interrupted());
    assertTrue(Files.exists(folder.resolve("out/three.json")));
    assertFalse(Files.exists(folder.resolve("out/two.json")));
  }
}
