package dev.ablate.model.onnx;

import dev.ablate.model.Pooling;
import dev.ablate.model.Scorer;
import java.util.List;

/**
 * An encoder without a head, such as a sentence embedder; the scores of a row are its vector,
 * pooled over its tokens and of length 1, so that the cosine of two is their dot product. Rows
 * share a run of the graph only where each then has the vector that it has alone, unpadded.
 */
public final class OnnxEmbedder implements Scorer {
  private final OnnxSession session;
  private final PackedRows rows;

  /**
   * An encoder over a graph, which it closes.
   *
   * @param scan what the graph says before it is opened
   * @param fillers tokens that may fill short rows, the likeliest first; empty where nothing names
   *     any, so that rows of different length never share a run
   * @param sample texts to try the graph on
   * @param maxTokens most tokens that a text may have by the configuration
   * @param pooling how a text's vector is made of its tokens'; null for what the graph itself
   *     gives, and the mean where it gives none
   * @throws dev.ablate.code.InputException if the graph has not the inputs and outputs of an
   *     encoder, or does not run; the session stays open then
   */
  public OnnxEmbedder(
      OnnxSession session,
      GraphScan scan,
      List<Integer> fillers,
      SampleRows sample,
      int maxTokens,
      Pooling pooling) {
    this.session = session;
    this.rows =
        new PackedRows(new EmbedderRuns(session, pooling), scan, fillers, sample, maxTokens);
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
