package dev.ablate.model.onnx;

/**
 * Rows that share a run.
 *
 * @param rows rows of which these are some
 * @param first the first of them
 * @param end behind the last of them
 * @param width positions of each in the run, at least as many as the longest has tokens
 */
record TokenBatch(TokenRows rows, int first, int end, int width) {
  /** Rows with as many positions as the longest needs. */
  static TokenBatch of(TokenRows rows, int first, int end) {
    return new TokenBatch(rows, first, end, rows.longest(first, end));
  }

  /** How many rows. */
  int count() {
    return end - first;
  }
}
