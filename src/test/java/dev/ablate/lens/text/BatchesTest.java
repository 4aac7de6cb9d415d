package dev.ablate.lens.text;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.BitSet;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class BatchesTest {
  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
  void holdEveryRowOnceWithinTheLimit(long seed) {
    Random random = new Random(seed);
    for (int trial = 0; trial < 100; trial++) {
      int[] lengths = random.ints(1 + random.nextInt(60), 1, 40).toArray();
      int limit = 1 + random.nextInt(100);
      Batches batches = Batches.of(lengths, limit);
      BitSet seen = new BitSet();
      for (int b = 0; b < batches.count(); b++) {
        int[] rows = batches.rows(b);
        assertTrue(rows.length > 0);
        assertTrue(rows.length == 1 || rows.length * batches.width(b) <= limit);
        assertEquals(
            Arrays.stream(rows).map(r -> lengths[r]).max().orElseThrow(), batches.width(b));
        for (int row : rows) {
          assertTrue(!seen.get(row));
          seen.set(row);
        }
      }
      assertEquals(lengths.length, seen.cardinality());
    }
  }

  @Test
  void rowsOfOneLengthFillTheLimit() {
    int[] lengths = new int[10];
    Arrays.fill(lengths, 8);
    Batches batches = Batches.of(lengths, 32);
    assertEquals(3, batches.count());
    assertEquals("[0, 1, 2, 3]", Arrays.toString(batches.rows(0)));
    assertEquals("[8, 9]", Arrays.toString(batches.rows(2)));
  }

  /** Four rows of 2 are a quarter of 32: the row of 3 is not padded to; three rows are too few. */
  @Test
  void aBatchThatHoldsEnoughIsNotPadded() {
    assertEquals("[4, 1]", sizes(Batches.of(new int[] {2, 2, 3, 2, 2}, 32)));
    assertEquals("[4]", sizes(Batches.of(new int[] {2, 2, 3, 2}, 32)));
    assertEquals("[5]", sizes(Batches.of(new int[] {2, 2, 2, 2, 2}, 32)));
  }

  private static String sizes(Batches batches) {
    return Arrays.toString(
        IntStream.range(0, batches.count()).map(b -> batches.rows(b).length).toArray());
  }

  @Test
  void noRowsAreNoBatches() {
    assertEquals(0, Batches.of(new int[0], 32).count());
  }
}
