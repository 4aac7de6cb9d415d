package dev.ablate.model.onnx;

/**
 * Which log-probabilities are wanted of a batch.
 *
 * @param rows for each its row, from 0 at the first of the batch
 * @param positions the position in that row, of those that run, behind which a token is asked about
 * @param targets the token
 */
record AskedTokens(int[] rows, int[] positions, int[] targets) {
  /** Some token behind the only row of a batch, where only the token that is likeliest counts. */
  static AskedTokens behind(int[] row) {
    return new AskedTokens(new int[1], new int[] {row.length - 1}, new int[1]);
  }

  /** How many. */
  int count() {
    return rows.length;
  }
}
