package dev.ablate.mask;

import dev.ablate.work.Work;
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
    MaskTable distinct = new MaskTable(words);
    for (int r = 0; r < table.count(); r++) {
      Work.check();
      int before = distinct.count();
      position[r] = distinct.add(all, r * words);
      if (position[r] == before) {
        first[before] = r;
      }
    }
    int count = distinct.count();
    Masks masks = count == table.count() ? table : table.select(Arrays.copyOf(first, count));
    return new DistinctMasks(masks, position);
  }
}
