package dev.ablate.lens.text;

/**
 * Rows of tokens one behind another, as networks take them.
 *
 * @param ids {@code (rows, width) row-major}; zeros behind the tokens of a short row
 * @param lengths tokens of each row
 * @param width tokens of the longest
 */
record TokenMatrix(int[] ids, int[] lengths, int width) {
  static TokenMatrix of(int[][] rows) {
    int[] lengths = new int[rows.length];
    int width = 0;
    for (int r = 0; r < rows.length; r++) {
      lengths[r] = rows[r].length;
      width = Math.max(width, lengths[r]);
    }
    int[] ids = new int[rows.length * width];
    for (int r = 0; r < rows.length; r++) {
      System.arraycopy(rows[r], 0, ids, r * width, lengths[r]);
    }
    return new TokenMatrix(ids, lengths, width);
  }
}
