package dev.ablate.spectrum;

import dev.ablate.backend.Sets;
import dev.ablate.code.JavaMemory;
import java.util.Arrays;

/**
 * Numbers distinct feature sets in the order in which they come. A set costs its order, whatever
 * the number of features. Not thread-safe while sets are added.
 */
public final class SetTable {
  private static final int NONE = -1;
  private int[] slots;
  private int[] starts = new int[17];
  private int[] members = new int[64];
  private int size;

  /** An empty table. */
  public SetTable() {
    slots = newSlots(32);
  }

  /** A table with the sets of a list; equal sets share a number. */
  public SetTable(Sets sets) {
    slots = newSlots(Integer.highestOneBit(Math.max(16, sets.size())) * 4);
    for (int s = 0; s < sets.size(); s++) {
      add(sets.features(), sets.starts()[s], sets.order(s));
    }
  }

  /** Number of distinct sets. */
  public int size() {
    return size;
  }

  /** The sets in the order of their numbers. */
  public Sets sets() {
    return new Sets(Arrays.copyOf(starts, size + 1), Arrays.copyOf(members, starts[size]));
  }

  /**
   * The number of a set, -1 when the table does not hold it.
   *
   * @param from array with the members, ascending
   * @param offset where they start
   * @param order how many they are
   */
  public int find(int[] from, int offset, int order) {
    return slots[slot(from, offset, order)];
  }

  /** The number of a set, which is added when it is new; the arguments are those of find. */
  public int add(int[] from, int offset, int order) {
    int slot = slot(from, offset, order);
    if (slots[slot] != NONE) {
      return slots[slot];
    }
    int end = Math.addExact(starts[size], order);
    if (end > members.length) {
      members = Arrays.copyOf(members, Math.max(end, grown(members.length)));
    }
    if (size + 2 > starts.length) {
      starts = Arrays.copyOf(starts, grown(starts.length));
    }
    System.arraycopy(from, offset, members, starts[size], order);
    starts[size + 1] = end;
    slots[slot] = size++;
    if (2L * size > slots.length) {
      rehash();
    }
    return size - 1;
  }

  /** The slot that holds a set, or the free one where it belongs. */
  private int slot(int[] from, int offset, int order) {
    int mask = slots.length - 1;
    int slot = hash(from, offset, order) & mask;
    while (slots[slot] != NONE && !holds(slots[slot], from, offset, order)) {
      slot = (slot + 1) & mask;
    }
    return slot;
  }

  private boolean holds(int number, int[] from, int offset, int order) {
    return Arrays.equals(members, starts[number], starts[number + 1], from, offset, offset + order);
  }

  private void rehash() {
    slots = newSlots(slots.length * 2);
    for (int s = 0; s < size; s++) {
      slots[slot(members, starts[s], starts[s + 1] - starts[s])] = s;
    }
  }

  private static int[] newSlots(int length) {
    int[] slots = new int[length];
    Arrays.fill(slots, NONE);
    return slots;
  }

  private static int grown(int length) {
    return (int) Math.min(JavaMemory.LONGEST, length * 2L);
  }

  private static int hash(int[] from, int offset, int order) {
    long hash = order;
    for (int k = offset; k < offset + order; k++) {
      hash = (hash ^ from[k]) * 0x9E3779B97F4A7C15L;
      hash ^= hash >>> 32;
    }
    return (int) hash;
  }
}
