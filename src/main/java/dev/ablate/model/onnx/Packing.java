package dev.ablate.model.onnx;

import dev.ablate.model.ResidentNetwork.Sharing;
import java.util.List;

/**
 * Which rows may share a run of a graph so that each has the answer that it has alone.
 *
 * @param sharing which rows
 * @param filler what stands behind the tokens of short rows
 * @param notes what a user should know about it
 */
record Packing(Sharing sharing, int filler, List<String> notes) {
  /** The rows that share a run with the first, of those behind it. */
  TokenBatch batch(TokenRows rows, int first, int count, int mostRows) {
    int last = (int) Math.min(count, (long) first + mostRows);
    if (sharing == Sharing.PADDED) {
      return new TokenBatch(rows, first, last, rows.width());
    }
    int end = first + 1;
    while (sharing == Sharing.EQUAL_LENGTHS
        && end < last
        && rows.lengths()[end] == rows.lengths()[first]) {
      end++;
    }
    return TokenBatch.of(rows, first, end);
  }
}
