package dev.ablate.model.onnx;

import java.util.stream.IntStream;

/**
 * Which log-probabilities are wanted of a batch.
 *
 * @param rows for each its row, from 0 at the first of the batch
 * @param positions the position in that row, of those that run, behind which a token is asked about
 * @param targets the token
 */
record AskedTokens(int[] rows, int[] positions, int[] targets) {
  /**
   * The last tokens of rows.
   *
   * @param asked how many of each row of those that the batch is taken of
   */
  static AskedTokens last(TokenBatch batch, int[] asked) {
    int count = IntStream.range(batch.first(), batch.end()).map(row -> asked[row]).sum();
    AskedTokens all = new AskedTokens(new int[count], new int[count], new int[count]);
    TokenRows rows = batch.rows();
    int at = 0;
    for (int row = batch.first(); row < batch.end(); row++) {
      for (int t = rows.lengths()[row] - asked[row]; t < rows.lengths()[row]; t++) {
        all.rows[at] = row - batch.first();
        all.positions[at] = t - 1;
        all.targets[at] = rows.at(row, t, 0);
        at++;
      }
    }
    return all;
  }

  /** Some token behind the only row of a batch, where only the token that is likeliest counts. */
  static AskedTokens behind(int[] row) {
    return new AskedTokens(new int[1], new int[] {row.length - 1}, new int[1]);
  }

  /** How many. */
  int count() {
    return rows.length;
  }
}
