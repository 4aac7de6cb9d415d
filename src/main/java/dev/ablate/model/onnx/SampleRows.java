package dev.ablate.model.onnx;

/**
 * Texts of no meaning, as a tokenizer might make them, on which a graph is tried when it opens.
 *
 * @param before special tokens in front of a text
 * @param content tokens that may stand in a text, at least one
 * @param after special tokens behind a text
 */
public record SampleRows(int[] before, int[] content, int[] after) {
  private static final int ROW_STEP = 7919;
  private static final int PLACE_STEP = 104_729;

  /** Special tokens around a text. */
  int special() {
    return before.length + after.length;
  }

  /**
   * A row.
   *
   * @param number rows of different numbers differ in content
   * @param length tokens, special ones included; where these do not fit the row is cut
   */
  int[] row(int number, int length) {
    int[] row = new int[length];
    int end = Math.max(before.length, length - after.length);
    for (int t = 0; t < length; t++) {
      if (t < before.length) {
        row[t] = before[t];
      } else if (t < end) {
        long step = (long) number * ROW_STEP + (long) t * PLACE_STEP;
        row[t] = content[(int) (step % content.length)];
      } else {
        row[t] = after[t - end];
      }
    }
    return row;
  }
}
