package dev.ablate.lens.text;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Rows of tokens, equal ones once: two masks may leave the same text, as where one of two equal
 * words is taken out.
 *
 * @param firsts the masks whose rows are unlike all before them
 * @param same for each mask, which of {@code firsts} has its row
 * @param lengths tokens of the row of each of {@code firsts}
 */
record DistinctRows(int[] firsts, int[] same, int[] lengths) {
  /** The rows of so many packed masks. Rows are made again to be compared: all need too much. */
  static DistinctRows of(AblatedTokens tokens, long[] words, int wordsEach, int masks) {
    Map<Long, List<Integer>> byHash = new HashMap<>();
    int[] firsts = new int[masks];
    int[] same = new int[masks];
    int[] lengths = new int[masks];
    int count = 0;
    for (int m = 0; m < masks; m++) {
      int[] row = tokens.row(words, m * wordsEach);
      List<Integer> alike = byHash.computeIfAbsent(hash(row), hash -> new ArrayList<>(1));
      same[m] = -1;
      for (int earlier : alike) {
        if (Arrays.equals(row, tokens.row(words, firsts[earlier] * wordsEach))) {
          same[m] = earlier;
        }
      }
      if (same[m] < 0) {
        alike.add(count);
        firsts[count] = m;
        lengths[count] = row.length;
        same[m] = count++;
      }
    }
    return new DistinctRows(Arrays.copyOf(firsts, count), same, Arrays.copyOf(lengths, count));
  }

  /** FNV-1a, over whole numbers in place of bytes, with the bits mixed at each step. */
  private static long hash(int[] row) {
    long hash = 0xcbf29ce484222325L;
    for (int id : row) {
      hash = (hash ^ id) * 0x100000001b3L;
      hash ^= hash >>> 29;
    }
    return hash;
  }

  /** How many there are. */
  int count() {
    return firsts.length;
  }

  /** The masks of each row. */
  int[][] masks() {
    int[][] masks = new int[count()][];
    int[] have = new int[count()];
    for (int row : same) {
      have[row]++;
    }
    for (int r = 0; r < masks.length; r++) {
      masks[r] = new int[have[r]];
    }
    for (int m = same.length - 1; m >= 0; m--) {
      masks[same[m]][--have[same[m]]] = m;
    }
    return masks;
  }
}
