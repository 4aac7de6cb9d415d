package dev.ablate.model.onnx;

import java.util.List;

/**
 * Runs any rows through the graph of a causal network, in batches of those that may share a run.
 *
 * @param runs the graph
 * @param packing which rows may share a run
 * @param whole whether all tokens of a row decide what one gets, also those behind it
 */
record CausalBatches(CausalRuns runs, Packing packing, boolean whole) {
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
  float[][] run(KeptPrefix prefix, List<int[]> rows, int[] asked) {
    return run(prefix, rows, new AskedRows(rows, asked, whole), runs::run);
  }

  /**
   * The same for rows whose components are switched.
   *
   * @param switches what is switched, a row each
   */
  float[][] run(List<int[]> rows, int[] asked, Switches switches) {
    AskedRows all = new AskedRows(rows, asked, whole, switches::state);
    return run(null, rows, all, runs.with(switches.of(all.sources()))::run);
  }

  /**
   * Whether the last tokens of such rows are the likeliest ones behind those before them: 1 if so,
   * else 0.
   */
  float[][] likeliest(List<int[]> rows, int[] asked, Switches switches) {
    AskedRows all = new AskedRows(rows, asked, whole, switches::state);
    return run(null, rows, all, runs.with(switches.of(all.sources()))::likeliest);
  }

  /** What the graph gives for the tokens of a batch. */
  @FunctionalInterface
  private interface Asking {
    float[] of(KeptPrefix prefix, TokenBatch batch, int filler, AskedTokens asked);
  }

  private float[][] run(KeptPrefix prefix, List<int[]> rows, AskedRows all, Asking asking) {
    TokenRows running = all.running();
    int most = mostRows(running.width(), all.mostAsked());
    float[][] found = new float[rows.size()][];
    int first = 0;
    while (first < running.lengths().length) {
      TokenBatch batch = packing.batch(running, first, running.lengths().length, most);
      AskedTokens tokens = all.of(batch);
      all.put(
          batch,
          ModelFailure.on(
              runs.origin(), batch, () -> asking.of(prefix, batch, packing.filler(), tokens)),
          found);
      first = batch.end();
    }
    return found;
  }

  private int mostRows(int width, int asked) {
    int byTokens = Math.max(1, MOST_TOKENS / Math.max(1, width));
    int byAsked = Math.max(1, runs.mostAsked() / Math.max(1, asked));
    return Math.min(runs.mostRows(), Math.min(byTokens, byAsked));
  }

  /** The likeliest token behind a row. */
  int next(int[] row) {
    TokenBatch batch = TokenBatch.of(TokenRows.of(List.of(row)), 0, 1);
    return ModelFailure.on(runs.origin(), batch, () -> runs.next(row, packing.filler()));
  }
}
