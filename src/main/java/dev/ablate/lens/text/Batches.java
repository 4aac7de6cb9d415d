package dev.ablate.lens.text;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Rows of tokens, cut into batches so that little is padded. The batches depend on the lengths
 * alone.
 *
 * @param order the rows, shortest first
 * @param ends where in {@code order} each batch ends (exclusive)
 * @param widths the length of the longest row of each batch
 */
record Batches(int[] order, List<Integer> ends, List<Integer> widths) {
  /**
   * Cuts rows into batches. A batch that holds a quarter of the most ends where longer rows begin:
   * it costs hardly more a token than a full one, and padding it would cost more than that.
   *
   * @param lengths tokens of each row
   * @param maxTokens most tokens a batch holds, padding included; a longer row has its own batch
   */
  static Batches of(int[] lengths, int maxTokens) {
    int[] order = byLength(lengths);
    List<Integer> ends = new ArrayList<>();
    List<Integer> widths = new ArrayList<>();
    int start = 0;
    for (int at = 1; at <= order.length; at++) {
      int width = lengths[order[at - 1]];
      boolean full = at == order.length || (long) (at + 1 - start) * lengths[order[at]] > maxTokens;
      boolean enough = 4L * (at - start) * width >= maxTokens;
      if (full || (enough && lengths[order[at]] > width)) {
        ends.add(at);
        widths.add(width);
        start = at;
      }
    }
    return new Batches(order, ends, widths);
  }

  /** Stable: rows of the same length keep their order. */
  private static int[] byLength(int[] lengths) {
    long[] keys = new long[lengths.length];
    for (int r = 0; r < keys.length; r++) {
      keys[r] = (long) lengths[r] << 32 | r;
    }
    Arrays.sort(keys);
    int[] order = new int[keys.length];
    for (int r = 0; r < keys.length; r++) {
      order[r] = (int) keys[r];
    }
    return order;
  }

  /** Number of batches. */
  int count() {
    return ends.size();
  }

  /** The rows of a batch. */
  int[] rows(int batch) {
    return Arrays.copyOfRange(order, batch == 0 ? 0 : ends.get(batch - 1), ends.get(batch));
  }

  /** The length of a batch's longest row. */
  int width(int batch) {
    return widths.get(batch);
  }
}
