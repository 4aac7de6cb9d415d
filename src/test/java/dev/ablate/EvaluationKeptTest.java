package dev.ablate;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ablate.code.InputException;
import dev.ablate.game.Evaluation;
import dev.ablate.game.EvaluationKept;
import dev.ablate.game.Game;
import dev.ablate.game.Values;
import dev.ablate.io.EvaluationFiles;
import dev.ablate.io.ValueFile;
import dev.ablate.mask.Masks;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The library's failures are what they were, and carry what was evaluated. */
class EvaluationKeptTest {
  @TempDir private Path folder;

  private static Game game(Runnable end) {
    return new Game() {
      @Override
      public int features() {
        return 10;
      }

      @Override
      public List<String> notes() {
        // Asked for when everything is evaluated.
        end.run();
        return Game.super.notes();
      }

      @Override
      public void evaluate(Masks masks, Values out) {
        for (int r = 0; r < masks.count(); r++) {
          out.set(r, 0, masks.kept(r, 3) ? 2 : -1);
        }
      }
    };
  }

  private static <T extends Throwable> T failure(Class<T> type, Runnable end) {
    return assertThrows(
        type, () -> Ablate.builder().game(game(end)).budget(200).testMasks(50).explain());
  }

  private static void assertWhole(Throwable failure) {
    Evaluation kept = EvaluationKept.in(failure).orElseThrow();
    assertEquals(200, kept.fitted().masks().count());
    assertEquals(50, kept.heldOut().masks().count());
    assertEquals(250, kept.masks());
    assertNull(kept.ends(), "nothing kept and everything kept are fitted");
    for (Evaluation.Rows rows : List.of(kept.fitted(), kept.heldOut())) {
      for (int r = 0; r < rows.masks().count(); r++) {
        assertEquals(rows.masks().kept(r, 3) ? 2 : -1, rows.values().get(r, 0));
      }
    }
  }

  @Test
  void theFailureItselfIsThrown() {
    InputException mine = new InputException("mine");
    InputException thrown =
        failure(
            InputException.class,
            () -> {
              throw mine;
            });
    assertSame(mine, thrown);
    assertWhole(thrown);
  }

  /** The virtual machine's own errors are not made by a constructor and suppress nothing. */
  @Test
  void memoryThatIsReallyUsedUpLosesNothing() {
    OutOfMemoryError thrown =
        failure(
            OutOfMemoryError.class,
            () -> {
              long[] more = new long[Integer.MAX_VALUE];
              more[0] = 1;
            });
    assertWhole(thrown);
  }

  @Test
  void aStackThatIsReallyUsedUpLosesNothing() {
    Error thrown = failure(Error.class, EvaluationKeptTest::deeper);
    assertWhole(thrown);
    assertTrue(thrown.toString().contains("StackOverflowError"), thrown.toString());
  }

  private static void deeper() {
    deeper();
    deeper();
  }

  @Test
  void aFailureThatSuppressesNothingIsACause() {
    RuntimeException closed =
        new RuntimeException("closed", null, false, false) {
          private static final long serialVersionUID = 1L;
        };
    RuntimeException thrown =
        failure(
            RuntimeException.class,
            () -> {
              throw closed;
            });
    assertSame(closed, thrown.getCause());
    assertWhole(thrown);
  }

  @Test
  void nothingIsCarriedWhereNothingWasEvaluated() {
    InputException refused =
        assertThrows(
            InputException.class,
            () -> Ablate.builder().game(game(() -> {})).method("spex").budget(2).explain());
    assertEquals(Optional.empty(), EvaluationKept.in(refused));
  }

  @Test
  void whatIsCarriedCanBeWritten() {
    Throwable thrown =
        failure(
            IllegalStateException.class,
            () -> {
              throw new IllegalStateException();
            });
    Evaluation kept = EvaluationKept.in(thrown).orElseThrow();
    EvaluationFiles.Written written = EvaluationFiles.write(folder, "kept", kept);
    assertEquals(folder.resolve("kept"), written.folder());
    assertArrayEquals(
        kept.heldOut().values().hostDoubles(),
        ValueFile.read(written.files().get("test-values")).hostDoubles());
  }
}
