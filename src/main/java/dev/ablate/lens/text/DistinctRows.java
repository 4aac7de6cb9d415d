package dev.ablate.lens.text;

import java.util.Arrays;

/**
 * Rows of tokens, equal ones once: two masks may leave the same text, as where one of two equal
 * words is taken out.
 *
 * @param firsts the masks whose rows are unlike all before them
 * @param same for each mask, which of {@code firsts} has its row
 * @param lengths tokens of the row of each of {@code firsts}
 */
record DistinctRows(int[] firsts, int[] same, int[] lengths) {
  /** The rows of so many packed masks. */
  static DistinctRows of(AblatedTokens tokens, long[] words, int wordsEach, int masks) {
    return new Search(tokens, words, wordsEach, masks).rows();
  }

  /** Open addressing. Rows are made again to be compared: all need too much memory. */
  private static final class Search {
    private final AblatedTokens tokens;
    private final long[] words;
    private final int wordsEach;
    private final int[] firsts;
    private final int[] same;
    private final int[] lengths;
    private final long[] hashes;
    private final int[] row;
    private final int[] other;
    // Numbers of rows, -1 where empty; at most half full.
    private final int[] slots;
    private int count;

    Search(AblatedTokens tokens, long[] words, int wordsEach, int masks) {
      this.tokens = tokens;
      this.words = words;
      this.wordsEach = wordsEach;
      this.firsts = new int[masks];
      this.same = new int[masks];
      this.lengths = new int[masks];
      this.hashes = new long[masks];
      this.row = new int[tokens.room()];
      this.other = new int[row.length];
      this.slots =
          new int[1 << Math.min(30, Integer.SIZE + 1 - Integer.numberOfLeadingZeros(masks))];
      Arrays.fill(slots, -1);
    }

    DistinctRows rows() {
      for (int m = 0; m < same.length; m++) {
        int length = tokens.fill(words, m * wordsEach, row, 0);
        long hash = hash(length);
        int slot = slot(hash, length);
        if (slots[slot] < 0) {
          firsts[count] = m;
          lengths[count] = length;
          hashes[count] = hash;
          slots[slot] = count++;
        }
        same[m] = slots[slot];
      }
      return new DistinctRows(Arrays.copyOf(firsts, count), same, Arrays.copyOf(lengths, count));
    }

    /** FNV-1a, over whole numbers in place of bytes, with the bits mixed at each step. */
    private long hash(int length) {
      long hash = 0xcbf29ce484222325L;
      for (int t = 0; t < length; t++) {
        hash = (hash ^ row[t]) * 0x100000001b3L;
        hash ^= hash >>> 29;
      }
      return hash;
    }

    /** Where the row is, or the empty slot where it belongs. */
    private int slot(long hash, int length) {
      int slot = (int) hash & (slots.length - 1);
      while (slots[slot] >= 0 && !isRow(slots[slot], hash, length)) {
        slot = (slot + 1) & (slots.length - 1);
      }
      return slot;
    }

    private boolean isRow(int known, long hash, int length) {
      if (hashes[known] != hash || lengths[known] != length) {
        return false;
      }
      tokens.fill(words, firsts[known] * wordsEach, other, 0);
      return Arrays.equals(row, 0, length, other, 0, length);
    }
  }

  /** How many there are. */
  int count() {
    return firsts.length;
  }

  /** How many masks leave each row. */
  int[] owners() {
    int[] owners = new int[count()];
    for (int row : same) {
      owners[row]++;
    }
    return owners;
  }

  /** The masks of each row. */
  int[][] masks() {
    int[][] masks = new int[count()][];
    int[] have = owners();
    for (int r = 0; r < masks.length; r++) {
      masks[r] = new int[have[r]];
    }
    for (int m = same.length - 1; m >= 0; m--) {
      masks[same[m]][--have[same[m]]] = m;
    }
    return masks;
  }
}
