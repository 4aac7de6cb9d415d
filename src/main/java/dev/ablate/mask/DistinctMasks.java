package dev.ablate.mask;

import java.util.Arrays;

/**
 * The different masks of a table in order of first appearance, and where each row of the table
 * finds its own.
 *
 * @param masks the different masks
 * @param position {@code (rows)} the row of {@code masks} that equals each row of the table
 */
public record DistinctMasks(Masks masks, int[] position) {
  /** Finds the different rows of a table. */
  public static DistinctMasks of(Masks table) {
    int words = table.words();
    long[] all = table.hostWords();
    int[] position = new int[table.count()];
    int[] first = new int[table.count()];
    // Open addressing on row numbers: no object a row, tables may hold millions of masks.
    int[] slots = new int[Integer.highestOneBit(Math.max(1, table.count())) * 4];
    Arrays.fill(slots, -1);
    int distinct = 0;
    for (int r = 0; r < table.count(); r++) {
      int slot = hash(all, r * words, words) & (slots.length - 1);
      while (slots[slot] >= 0 && !equal(all, first[slots[slot]] * words, r * words, words)) {
        slot = (slot + 1) & (slots.length - 1);
      }
      if (slots[slot] < 0) {
        slots[slot] = distinct;
        first[distinct++] = r;
      }
      position[r] = slots[slot];
    }
    Masks masks = distinct == table.count() ? table : table.select(Arrays.copyOf(first, distinct));
    return new DistinctMasks(masks, position);
  }

  private static boolean equal(long[] all, int a, int b, int words) {
    return Arrays.equals(all, a, a + words, all, b, b + words);
  }

  private static int hash(long[] all, int from, int words) {
    long hash = 0;
    for (int w = from; w < from + words; w++) {
      hash = (hash ^ all[w]) * 0x9E3779B97F4A7C15L;
      hash ^= hash >>> 32;
    }
    return (int) hash;
  }
}
