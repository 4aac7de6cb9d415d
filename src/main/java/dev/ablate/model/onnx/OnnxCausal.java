package dev.ablate.model.onnx;

import dev.ablate.model.CausalScorer;
import java.util.ArrayList;
import java.util.List;

/**
 * A causal language model with the inputs and outputs that Hugging Face tools give it. The head
 * runs on the positions that are asked about alone. Rows share a run only where each then has the
 * values that it has alone, unpadded.
 */
public final class OnnxCausal implements CausalScorer {
  /** Tokens of a vocabulary whose log-probabilities are compared in trials. */
  private static final int TRIED = 8;

  private final OnnxSession session;
  private final CausalRuns runs;
  private final Packing packing;

  /**
   * Opens the graph in an edited form.
   *
   * @param scan what the graph says before it is opened
   * @param fillers tokens that may fill short rows, the likeliest first
   * @param sample texts to try the graph on
   * @param maxTokens most tokens that a text may have by the configuration
   * @throws dev.ablate.code.InputException if the graph has not the inputs and outputs of a causal
   *     network, or does not run
   */
  public OnnxCausal(
      GraphSource graph, GraphScan scan, List<Integer> fillers, SampleRows sample, int maxTokens) {
    this.session = graph.open(CausalEdit.of(graph.read(), graph.origin()));
    try {
      this.runs = new CausalRuns(session, sample.row(1, TRIED));
      // A causal network never sees what stands behind a row, whatever that is.
      List<Integer> any = fillers.isEmpty() ? List.of(0) : fillers;
      PackingTrial trial =
          new PackingTrial(runs, scan, any, sample, Math.min(maxTokens, maxTokens()));
      this.packing = trial.packing();
    } catch (RuntimeException e) {
      session.close();
      throw e;
    }
  }

  @Override
  public int maxTokens() {
    return runs.fixedLength() == 0 ? Integer.MAX_VALUE : runs.fixedLength();
  }

  @Override
  public List<String> notes() {
    return packing.notes();
  }

  @Override
  public float[][] logProbabilities(int[] shared, int[][] rows, int[] asked) {
    List<int[]> whole = new ArrayList<>();
    for (int[] row : rows) {
      whole.add(joined(shared, row));
    }
    TokenRows all = TokenRows.of(whole);
    float[][] found = new float[rows.length][];
    int first = 0;
    while (first < rows.length) {
      TokenBatch batch = packing.batch(all, first, rows.length, runs.mostRows());
      run(batch, asked, found);
      first = batch.end();
    }
    return found;
  }

  private static int[] joined(int[] front, int[] back) {
    int[] joined = new int[front.length + back.length];
    System.arraycopy(front, 0, joined, 0, front.length);
    System.arraycopy(back, 0, joined, front.length, back.length);
    return joined;
  }

  private void run(TokenBatch batch, int[] asked, float[][] found) {
    AskedTokens tokens = AskedTokens.last(batch, asked);
    float[] all =
        ModelFailure.on(runs.origin(), batch, () -> runs.run(batch, packing.filler(), tokens));
    int at = 0;
    for (int row = batch.first(); row < batch.end(); row++) {
      found[row] = new float[asked[row]];
      System.arraycopy(all, at, found[row], 0, asked[row]);
      at += asked[row];
    }
  }

  @Override
  public int next(int[] row) {
    TokenBatch batch = TokenBatch.of(TokenRows.of(List.of(row)), 0, 1);
    return ModelFailure.on(runs.origin(), batch, () -> runs.next(row, packing.filler()));
  }

  @Override
  public void close() {
    session.close();
  }
}
