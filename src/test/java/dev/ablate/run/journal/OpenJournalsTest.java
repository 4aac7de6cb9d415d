package dev.ablate.run.journal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ablate.Ablate;
import dev.ablate.code.InputException;
import dev.ablate.explanation.Explanation;
import dev.ablate.game.Game;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** One run at a time has a journal, in this process and in others, whatever the file is called. */
class OpenJournalsTest {
  @TempDir private Path folder;

  /** Tries to open the journal that its argument names, and says what came of it. */
  public static final class Opener {
    private Opener() {}

    /** Prints a line. */
    public static void main(String[] arguments) {
      Path file = Path.of(arguments[0]);
      try (Journal journal = Journal.open(file, JournalHeader.of(constant()), 20, 1)) {
        System.out.println("opened, " + journal.known().count() + " masks");
      } catch (InputException e) {
        System.out.println(e.getMessage());
      }
    }
  }

  private static Game constant() {
    return Game.of(20, masks -> new double[masks.count()]);
  }

  private static String openElsewhere(Path file) throws IOException {
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                Opener.class.getName(),
                file.toString())
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    return new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
  }

  private static Journal open(Path file) {
    return Journal.open(file, JournalHeader.of(constant()), 20, 1);
  }

  /** POSIX ends all locks of a process with the first descriptor that it closes. */
  @Test
  void aRefusedSecondRunLeavesTheLock() throws IOException {
    Path file = folder.resolve("journal");
    Path alias = folder.resolve("alias");
    try (Journal journal = open(file)) {
      Files.createLink(alias, file);
      for (Path name :
          List.of(file, alias, folder.resolve("../" + folder.getFileName() + "/journal"))) {
        String line = assertThrows(InputException.class, () -> open(name)).getMessage();
        assertTrue(line.contains("another run"), line);
      }
      String elsewhere = openElsewhere(file);
      assertTrue(elsewhere.contains("another run"), elsewhere);
      journal.append(new long[] {5}, new double[] {1.5}, 1);
    }
    assertEquals("opened, 1 masks", openElsewhere(file).strip());
    open(alias).close();
  }

  @Test
  void aRefusedOpeningLeavesNoClaim() throws IOException {
    Path file = Files.writeString(folder.resolve("file"), "no journal at all");
    for (int i = 0; i < 2; i++) {
      String line = assertThrows(InputException.class, () -> open(file)).getMessage();
      assertTrue(line.contains("no journal"), line);
    }
    Files.delete(file);
    open(file).close();
  }

  @Test
  void aLinkIsNoJournal() throws IOException {
    Path file = folder.resolve("new");
    Path link = Files.createSymbolicLink(folder.resolve("link"), file);
    String line = assertThrows(InputException.class, () -> open(link)).getMessage();
    assertTrue(line.contains("is a link"), line);
    assertFalse(Files.exists(file));
    // Who names a link to a builder means the file.
    Explanation explanation =
        Ablate.builder().game(constant()).budget(30).testMasks(0).journal(link).explain();
    assertEquals(0, explanation.provenance().report().journalMasks());
    assertTrue(Files.size(file) > 500);
    assertTrue(Files.isSymbolicLink(link));
  }
}
