package dev.ablate.train;

import dev.ablate.mask.Masks;
import java.util.Arrays;
import java.util.List;

/**
 * Which training rows are kept or left out together.
 *
 * @param names of the groups, in order
 * @param groupOf the group of each training row, from 0 to the number of groups less one
 */
public record Groups(List<String> names, int[] groupOf) {
  /** Copies the list. */
  public Groups {
    names = List.copyOf(names);
  }

  /** How many groups. */
  public int count() {
    return names.size();
  }

  /** Training rows. */
  public int rows() {
    return groupOf.length;
  }

  /** The training rows of each group; {@code (groups)} rows, ascending. */
  public int[][] members() {
    int[] sizes = new int[count()];
    for (int group : groupOf) {
      sizes[group]++;
    }
    int[][] members = new int[count()][];
    Arrays.setAll(members, g -> new int[sizes[g]]);
    for (int r = groupOf.length - 1; r >= 0; r--) {
      members[groupOf[r]][--sizes[groupOf[r]]] = r;
    }
    return members;
  }

  /** Which training rows a mask over the groups keeps; {@code (rows)}, ascending. */
  public int[] kept(Masks masks, int mask) {
    int count = 0;
    int[] rows = new int[groupOf.length];
    for (int r = 0; r < groupOf.length; r++) {
      if (masks.kept(mask, groupOf[r])) {
        rows[count++] = r;
      }
    }
    return Arrays.copyOf(rows, count);
  }
}
