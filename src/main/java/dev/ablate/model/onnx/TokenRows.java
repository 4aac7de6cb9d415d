package dev.ablate.model.onnx;

import java.util.List;

/**
 * Rows of token numbers.
 *
 * @param tokens {@code (rows, width)} row-major; what stands behind a row's length is ignored
 * @param width positions a row
 * @param lengths tokens of each row, at least 1
 */
record TokenRows(int[] tokens, int width, int[] lengths) {
  /** Rows of their own lengths. */
  static TokenRows of(List<int[]> rows) {
    int width = rows.stream().mapToInt(row -> row.length).max().orElse(0);
    int[] tokens = new int[rows.size() * width];
    for (int r = 0; r < rows.size(); r++) {
      System.arraycopy(rows.get(r), 0, tokens, r * width, rows.get(r).length);
    }
    return new TokenRows(tokens, width, rows.stream().mapToInt(row -> row.length).toArray());
  }

  /** The token at a place, or the filler behind the row's end. */
  int at(int row, int place, int filler) {
    return place < lengths[row] ? tokens[row * width + place] : filler;
  }

  /** Tokens of the longest of some rows. */
  int longest(int first, int end) {
    int longest = 0;
    for (int r = first; r < end; r++) {
      longest = Math.max(longest, lengths[r]);
    }
    return longest;
  }
}
