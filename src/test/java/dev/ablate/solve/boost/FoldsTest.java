package dev.ablate.solve.boost;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ablate.code.InputException;
import dev.ablate.code.Philox;
import dev.ablate.mask.Masks;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FoldsTest {
  @ParameterizedTest
  @ValueSource(ints = {5, 63, 64, 65, 127, 128, 403})
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
