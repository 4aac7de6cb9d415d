package dev.ablate.mask;

import dev.ablate.code.JavaMemory;
import java.util.Arrays;

/**
 * Different rows of words, such as packed masks, numbered in the order in which they came. Open
 * addressing on row numbers: no object a row, since there may be millions.
 */
public final class MaskTable {
  private static final int FIRST = 256;

  private final int words;
  private long[] rows = new long[0];
  private int count;
  // Row numbers, -1 where empty; at most half full.
  private int[] slots = emptySlots(4 * FIRST);

  /** A table of rows of so many words. */
  public MaskTable(int words) {
    this.words = words;
  }

  /** How many rows there are. */
  public int count() {
    return count;
  }

  /** The number of the row that begins at {@code at}, or -1. */
  public int find(long[] from, int at) {
    return slots[slot(from, at)];
  }

  /**
   * Adds a row, or finds it.
   *
   * @return its number; {@link #count} before the call where it is new
   * @throws OutOfMemoryError if more rows come than an array holds
   */
  public int add(long[] from, int at) {
    int slot = slot(from, at);
    if (slots[slot] >= 0) {
      return slots[slot];
    }
    if (2L * (count + 1) > slots.length && slots.length < 1 << 30) {
      rehash();
      slot = slot(from, at);
    }
    reserve();
    System.arraycopy(from, at, rows, count * words, words);
    slots[slot] = count;
    return count++;
  }

  private void reserve() {
    long needed = (long) (count + 1) * words;
    if (needed > JavaMemory.LONGEST) {
      throw new OutOfMemoryError("more than " + count + " masks in one table");
    }
    if (needed > rows.length) {
      long grown = Math.max(2L * rows.length, (long) FIRST * words);
      rows = Arrays.copyOf(rows, (int) Math.min(grown, JavaMemory.LONGEST));
    }
  }

  private void rehash() {
    slots = emptySlots(2 * slots.length);
    for (int row = 0; row < count; row++) {
      slots[slot(rows, row * words)] = row;
    }
  }

  private static int[] emptySlots(int length) {
    int[] slots = new int[length];
    Arrays.fill(slots, -1);
    return slots;
  }

  /** Where a row is, or the empty slot where it belongs. */
  private int slot(long[] from, int at) {
    long hash = 0;
    for (int w = at; w < at + words; w++) {
      hash = (hash ^ from[w]) * 0x9E3779B97F4A7C15L;
      hash ^= hash >>> 32;
    }
    int slot = (int) hash & (slots.length - 1);
    while (slots[slot] >= 0 && !isRow(slots[slot], from, at)) {
      slot = (slot + 1) & (slots.length - 1);
    }
    return slot;
  }

  private boolean isRow(int row, long[] from, int at) {
    return Arrays.equals(rows, row * words, (row + 1) * words, from, at, at + words);
  }
}
