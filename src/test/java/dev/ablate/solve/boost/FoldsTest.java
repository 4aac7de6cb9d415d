package dev.ablate.solve.boost;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ablate.backend.host.HostBackend;
import dev.ablate.code.InputException;
import dev.ablate.code.Philox;
import dev.ablate.game.Values;
import dev.ablate.mask.Design;
import dev.ablate.mask.MaskSampling;
import dev.ablate.mask.Masks;
import dev.ablate.mask.PairedMasks;
import dev.ablate.solve.HeldFifth;
import dev.ablate.solve.Problem;
import java.util.Arrays;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FoldsTest {
  private static final HostBackend HOST = new HostBackend(1);

  @AfterAll
  static void close() {
    HOST.close();
  }

  @ParameterizedTest
  @ValueSource(ints = {5, 63, 64, 65, 127, 128, 256})
  void everyRowIsHeldOnceAndFoldsAreOfEqualSize(int rows) {
    Masks masks = Masks.exhaustive(9).range(0, rows);
    Folds folds = Folds.of(masks, 5, 1);
    for (int r = 0; r < rows; r++) {
      int held = 0;
      for (int f = 0; f < 5; f++) {
        boolean in = bit(folds.held(f), r);
        held += in ? 1 : 0;
        assertEquals(!in, bit(folds.rest(f), r));
      }
      assertEquals(1, held);
    }
    for (int f = 0; f < 5; f++) {
      int size = size(folds.held(f));
      assertTrue(size == rows / 5 || size == rows / 5 + 1);
      assertEquals(rows, size + size(folds.rest(f)));
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {10, 11, 64, 403})
  void complementsShareAFold(int rows) {
    Design.Paired design = new Design.Paired(MaskSampling.SIZE, 12, rows, 2);
    Masks masks = PairedMasks.draw(HOST, design, null);
    Folds folds = Folds.of(masks, 5, 1);
    int held = 0;
    for (int f = 0; f < 5; f++) {
      for (int r = 0; r + 1 < rows; r += 2) {
        assertEquals(bit(folds.held(f), r), bit(folds.held(f), r + 1), "pair at " + r);
      }
      assertEquals(rows / 5.0, size(folds.held(f)), 2);
      held += size(folds.held(f));
    }
    assertEquals(rows, held);
  }

  /** Fewer pairs than folds: better to part them than to have no folds. */
  @Test
  void fewPairsArePartedRatherThanRefused() {
    Folds folds = Folds.of(Masks.exhaustive(2), 4, 1);
    for (int f = 0; f < 4; f++) {
      assertEquals(1, size(folds.held(f)));
    }
  }

  @Test
  void theEndsAreNeverHeldOut() {
    for (int seed = 0; seed < 20; seed++) {
      Design.Paired design = new Design.Paired(MaskSampling.UNIFORM, 12, 40, seed);
      Masks masks = PairedMasks.draw(HOST, design, null);
      Problem problem = Problem.of(masks, Values.of(new double[40]), HOST, seed);
      HeldFifth fifth = HeldFifth.of(problem);
      for (int r = 0; r < 40; r++) {
        assertEquals(bit(fifth.train(), r), !bit(fifth.held(), r));
      }
      assertTrue(bit(fifth.train(), 0) && bit(fifth.train(), 1), "ends are fitted");
      assertEquals(8, size(fifth.held()), 2);
    }
  }

  @Test
  void equalMasksShareAFold() {
    Philox.Stream random = Philox.stream(4, 0);
    int[] picked = new int[600];
    Arrays.setAll(picked, r -> random.nextInt(64));
    Folds folds = Folds.of(Masks.exhaustive(6).select(picked), 5, 8);
    for (int f = 0; f < 5; f++) {
      for (int a = 0; a < picked.length; a++) {
        for (int b = 0; b < a; b++) {
          if (picked[a] == picked[b]) {
            assertEquals(bit(folds.held(f), a), bit(folds.held(f), b));
          }
        }
      }
      assertEquals(120, size(folds.held(f)), 12);
    }
  }

  @Test
  void theSeedDecides() {
    Masks masks = Masks.exhaustive(8);
    assertArrayEquals(Folds.of(masks, 5, 3).held(2), Folds.of(masks, 5, 3).held(2));
    assertFalse(Arrays.equals(Folds.of(masks, 5, 3).held(2), Folds.of(masks, 5, 4).held(2)));
  }

  @Test
  void tooFewDifferentMasksAreRefused() {
    Masks masks = Masks.exhaustive(2).select(new int[] {0, 1, 2, 3, 3, 3, 3});
    InputException thrown = assertThrows(InputException.class, () -> Folds.of(masks, 5, 0));
    assertTrue(thrown.getMessage().contains("4 different masks"), thrown.getMessage());
  }

  private static boolean bit(long[] bits, int row) {
    return (bits[row >>> 6] >>> row & 1) != 0;
  }

  private static int size(long[] bits) {
    return Arrays.stream(bits).mapToInt(Long::bitCount).sum();
  }
}
