package dev.ablate.lens.text;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.ablate.mask.Masks;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class DistinctRowsTest {
  /**
   * Few different tokens, and substitutes of no, one or two of them, so that many rows are alike.
   */
  @Test
  void findsWhatAPlainMapFinds() {
    SplittableRandom random = new SplittableRandom(5);
    for (int round = 0; round < 200; round++) {
      int features = 1 + random.nextInt(80);
      AblatedTokens tokens = tokens(random, features);
      Masks masks = masks(random, features, random.nextInt(300));
      Map<List<Integer>, List<Integer>> masksOfRow = new LinkedHashMap<>();
      for (int m = 0; m < masks.count(); m++) {
        masksOfRow.computeIfAbsent(row(tokens, masks, m), r -> new ArrayList<>()).add(m);
      }
      DistinctRows found = DistinctRows.of(tokens, masks.hostWords(), masks.words(), masks.count());
      assertEquals(masksOfRow.size(), found.count());
      int r = 0;
      for (Map.Entry<List<Integer>, List<Integer>> row : masksOfRow.entrySet()) {
        assertEquals(row.getValue().get(0), found.firsts()[r]);
        assertEquals(row.getKey().size(), found.lengths()[r]);
        assertEquals(row.getValue().size(), found.owners()[r]);
        assertArrayEquals(row.getValue().stream().mapToInt(m -> m).toArray(), found.masks()[r]);
        for (int mask : row.getValue()) {
          assertEquals(r, found.same()[mask]);
        }
        r++;
      }
    }
  }

  private static AblatedTokens tokens(SplittableRandom random, int features) {
    int count = features + random.nextInt(4);
    int[] owners = new int[count];
    int[][] substitutes = new int[count][];
    for (int t = 0; t < count; t++) {
      owners[t] = t < features ? t : Features.NOBODY;
      substitutes[t] = random.ints(random.nextInt(3), 0, 2).toArray();
    }
    return new AblatedTokens(random.ints(count, 0, 2).toArray(), owners, substitutes);
  }

  private static Masks masks(SplittableRandom random, int features, int count) {
    boolean[][] rows = new boolean[count + 1][features];
    for (boolean[] row : rows) {
      boolean few = random.nextBoolean();
      for (int f = 0; f < features; f++) {
        row[f] = few ? random.nextInt(features) == 0 : random.nextBoolean();
      }
    }
    return Masks.of(rows);
  }

  /** The row of a mask, token by token. */
  private static List<Integer> row(AblatedTokens tokens, Masks masks, int mask) {
    List<Integer> row = new ArrayList<>();
    for (int t = 0; t < tokens.ids().length; t++) {
      int owner = tokens.owners()[t];
      if (owner == Features.NOBODY || masks.kept(mask, owner)) {
        row.add(tokens.ids()[t]);
      } else {
        for (int id : tokens.substitutes()[t]) {
          row.add(id);
        }
      }
    }
    return row;
  }
}
