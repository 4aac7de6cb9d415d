package dev.ablate.model.onnx;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import org.junit.jupiter.api.Test;

class AskedRowsTest {
  private static final List<int[]> ROWS =
      List.of(
          new int[] {1, 2, 3, 40},
          new int[] {1, 2, 9},
          new int[] {1, 2, 3, 41},
          new int[] {1, 2, 3});
  private static final int[] ASKED = {1, 2, 2, 1};

  @Test
  void rowsThatAreAlikeButForTheLastTokenRunOnce() {
    AskedRows asked = new AskedRows(ROWS, ASKED, false);
    TokenRows running = asked.running();
    assertArrayEquals(new int[] {3, 2}, running.lengths());
    assertArrayEquals(new int[] {1, 2, 3, 1, 2, 0}, running.tokens());
    AskedTokens tokens = asked.of(TokenBatch.of(running, 0, 2));
    assertArrayEquals(new int[] {0, 0, 0, 1, 1, 1}, tokens.rows());
    assertArrayEquals(new int[] {2, 1, 2, 0, 1, 1}, tokens.positions());
    assertArrayEquals(new int[] {40, 3, 41, 2, 9, 3}, tokens.targets());
  }

  @Test
  void whatIsFoundComesToItsRow() {
    AskedRows asked = new AskedRows(ROWS, ASKED, false);
    TokenRows running = asked.running();
    float[][] found = new float[ROWS.size()][];
    asked.put(TokenBatch.of(running, 1, 2), new float[] {4, 5, 6}, found);
    asked.put(TokenBatch.of(running, 0, 1), new float[] {1, 2, 3}, found);
    assertArrayEquals(new float[][] {{1}, {4, 5}, {2, 3}, {6}}, found);
  }

  @Test
  void wholeRowsRunWithTheirLastToken() {
    AskedRows asked = new AskedRows(ROWS, ASKED, true);
    assertArrayEquals(new int[] {4, 3, 4, 3}, asked.running().lengths());
    assertEquals(6, asked.of(TokenBatch.of(asked.running(), 0, 4)).count());
  }
}
