package dev.ablate.lens.text;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ablate.backend.Backend;
import dev.ablate.game.Game;
import dev.ablate.game.Progress;
import dev.ablate.game.Values;
import dev.ablate.mask.Masks;
import java.util.BitSet;

/** What a game tells of values as they come. */
final class ToldValues {
  private ToldValues() {}

  /** Each mask is told once, with its value where it belongs by then. */
  static void assertTold(Game there, Masks masks, Values expected, Backend backend) {
    Values out = Values.zeros(masks.count(), there.outputs());
    BitSet told = new BitSet();
    int[] blocks = new int[1];
    there.evaluate(
        masks,
        out,
        backend,
        new Progress() {
          @Override
          public void done(long more) {
            throw new AssertionError("told a number");
          }

          @Override
          public void finished(int[] rows) {
            blocks[0]++;
            Progress.super.finished(rows);
          }

          @Override
          public void finished(int row) {
            assertTrue(!told.get(row), "told twice");
            told.set(row);
            assertClose(
                expected.range(row, row + 1).hostDoubles(), out.range(row, row + 1).hostDoubles());
          }
        });
    assertEquals(masks.count(), told.cardinality());
    assertTrue(blocks[0] > 0, "masks of a batch are told together");
    assertClose(expected.hostDoubles(), out.hostDoubles());
  }

  /** The host rounds log-probabilities to singles, of which perplexities are exponentials. */
  static void assertClose(double[] expected, double[] found) {
    assertEquals(expected.length, found.length);
    for (int i = 0; i < expected.length; i++) {
      assertEquals(expected[i], found[i], 1e-5 * Math.max(1, Math.abs(expected[i])));
    }
  }
}
