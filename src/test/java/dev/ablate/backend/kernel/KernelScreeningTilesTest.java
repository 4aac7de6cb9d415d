package dev.ablate.backend.kernel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Tiles hold every set of an order once, wherever lists are cut. */
class KernelScreeningTilesTest {
  @ParameterizedTest
  @CsvSource({
    "2,2,1000",
    "3,2,1000",
    "3,3,1000",
    "5,4,1000",
    "12,2,5",
    "12,3,50",
    "12,4,40",
    "12,5,70",
    "12,6,130",
    "30,4,300"
  })
  void everySetIsInOneTile(int features, int order, int list) {
    KernelScreeningTiles tiles = KernelScreeningTiles.of(features, order);
    Map<String, Integer> times = new HashMap<>();
    for (long left = 0; left < tiles.leftCount(); left += list) {
      int lefts = (int) Math.min(list, tiles.leftCount() - left);
      for (long right = 0; right < tiles.rightCount(); right += list) {
        int rights = (int) Math.min(list, tiles.rightCount() - right);
        long[] starts = tiles.starts(left, lefts, right, rights);
        for (int t = 0; t + 1 < starts.length; t++) {
          long columns = (starts[t + 1] - starts[t]) * KernelScreeningTiles.RIGHT;
          for (int i = 0;
              i < KernelScreeningTiles.LEFT && t * KernelScreeningTiles.LEFT + i < lefts;
              i++) {
            for (int j = 0; j < Math.min(columns, rights); j++) {
              int[] set = tiles.set(left + t * KernelScreeningTiles.LEFT + i, right + j);
              if (isAscending(set)) {
                times.merge(Arrays.toString(set), 1, Integer::sum);
              }
            }
          }
        }
      }
    }
    assertEquals(KernelScreeningTiles.choose(features, order), times.size());
    assertTrue(times.values().stream().allMatch(n -> n == 1));
  }

  private static boolean isAscending(int[] set) {
    for (int k = 1; k < set.length; k++) {
      if (set[k - 1] >= set[k]) {
        return false;
      }
    }
    return true;
  }

  @Test
  void tilesHoldLittleElse() {
    // What a tile multiplies beyond sets, at the sizes that are asked for.
    assertTrue(waste(64, 6) < 1.35, "" + waste(64, 6));
    assertTrue(waste(256, 4) < 1.15, "" + waste(256, 4));
    assertTrue(waste(1000, 4) < 1.05, "" + waste(1000, 4));
  }

  private static double waste(int features, int order) {
    KernelScreeningTiles tiles = KernelScreeningTiles.of(features, order);
    long[] starts = tiles.starts(0, (int) tiles.leftCount(), 0, (int) tiles.rightCount());
    double pairs =
        (double) starts[starts.length - 1] * KernelScreeningTiles.LEFT * KernelScreeningTiles.RIGHT;
    return pairs / KernelScreeningTiles.choose(features, order);
  }

  @Test
  void binomialsThatOverflowAreTheLargestNumber() {
    assertEquals(0, KernelScreeningTiles.choose(2, 3));
    assertEquals(1, KernelScreeningTiles.choose(7, 0));
    assertEquals(74_974_368L, KernelScreeningTiles.choose(64, 6));
    assertEquals(41_417_124_750L, KernelScreeningTiles.choose(1000, 4));
    assertEquals(Long.MAX_VALUE, KernelScreeningTiles.choose(1_000_000, 9));
  }
}
