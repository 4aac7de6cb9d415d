package dev.ablate.mask;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MaskTableTest {
  /** Against a map of lists; few different words, so that many rows repeat. */
  @ParameterizedTest
  @CsvSource({"1, 3000, 5000", "1, 50, 2000", "2, 40, 4000", "5, 4, 4000", "3, 1000000000, 3000"})
  void numbersRowsInTheOrderInWhichTheyCome(int words, int different, int rows) {
    Random random = new Random(words);
    MaskTable table = new MaskTable(words);
    Map<List<Long>, Integer> expected = new HashMap<>();
    long[] all = new long[rows * words];
    for (int i = 0; i < all.length; i++) {
      all[i] = random.nextInt(different) * 0x100000001L;
    }
    for (int r = 0; r < rows; r++) {
      List<Long> row = java.util.Arrays.stream(all, r * words, (r + 1) * words).boxed().toList();
      assertEquals(expected.getOrDefault(row, -1), table.find(all, r * words));
      int number = expected.computeIfAbsent(row, key -> expected.size());
      assertEquals(number, table.add(all, r * words));
      assertEquals(expected.size(), table.count());
    }
  }
}
