package dev.ablate.model.onnx;

import java.util.Arrays;
import java.util.List;

/**
 * Runs any rows through the graph of a causal network, in batches of those that may share a run.
 *
 * @param runs the graph
 * @param packing which rows may share a run
 */
record CausalBatches(CausalRuns runs, Packing packing) {
  /** Most tokens of a run of several rows: larger ones take more memory and no less time. */
  private static final int MOST_TOKENS = 1024;

  /**
   * Log-probabilities of the last tokens of rows.
   *
   * @param prefix tokens in front of every row; null for none
   * @param rows each has a token before those that are asked about
   * @param asked how many tokens at the end of each row
   * @throws dev.ablate.code.InputException if ONNX Runtime fails on them
   */
  float[][] run(Prefix prefix, List<int[]> rows, int[] asked) {
    TokenRows all = TokenRows.of(rows);
    int most = Math.min(runs.mostRows(), Math.max(1, MOST_TOKENS / all.width()));
    float[][] found = new float[rows.size()][];
    int first = 0;
    while (first < rows.size()) {
      TokenBatch batch = packing.batch(all, first, rows.size(), most);
      run(prefix, batch, asked, found);
      first = batch.end();
    }
    return found;
  }

  private void run(Prefix prefix, TokenBatch batch, int[] asked, float[][] found) {
    AskedTokens tokens = AskedTokens.last(batch, asked);
    float[] all =
        ModelFailure.on(
            runs.origin(), batch, () -> runs.run(prefix, batch, packing.filler(), tokens));
    int at = 0;
    for (int row = batch.first(); row < batch.end(); row++) {
      found[row] = Arrays.copyOfRange(all, at, at + asked[row]);
      at += asked[row];
    }
  }

  /** The likeliest token behind a row. */
  int next(int[] row) {
    TokenBatch batch = TokenBatch.of(TokenRows.of(List.of(row)), 0, 1);
    return ModelFailure.on(runs.origin(), batch, () -> runs.next(row, packing.filler()));
  }
}
