package dev.ablate.model.onnx;

import dev.ablate.model.Scorer;
import java.util.List;

/**
 * A text classifier with the inputs and outputs that Hugging Face tools give it; its scores are the
 * logits of its labels. Rows share a run of the graph only where each then has the answer that it
 * has alone, unpadded.
 */
public final class OnnxClassifier implements Scorer {
  private final OnnxSession session;
  private final PackedRows rows;

  /**
   * A classifier over a graph, which it closes.
   *
   * @param scan what the graph says before it is opened
   * @param fillers tokens that may fill short rows, the likeliest first; empty where nothing names
   *     any, so that rows of different length never share a run
   * @param sample texts to try the graph on
   * @param maxTokens most tokens that a text may have by the configuration
   * @throws dev.ablate.code.InputException if the graph has not the inputs and outputs of a
   *     classifier, or does not run; the session stays open then
   */
  public OnnxClassifier(
      OnnxSession session,
      GraphScan scan,
      List<Integer> fillers,
      SampleRows sample,
      int maxTokens) {
    this.session = session;
    this.rows = new PackedRows(new ClassifierRuns(session), scan, fillers, sample, maxTokens);
  }

  @Override
  public int scores() {
    return rows.count();
  }

  @Override
  public int maxTokens() {
    return rows.maxTokens();
  }

  @Override
  public List<String> notes() {
    return rows.notes();
  }

  @Override
  public void score(int[] tokens, int[] lengths, int rows, int width, float[] scores) {
    this.rows.score(new TokenRows(tokens, width, lengths), rows, scores);
  }

  @Override
  public void close() {
    session.close();
  }
}
