package dev.ablate.model.onnx;

import dev.ablate.model.Pooling;
import dev.ablate.model.ResidentNetwork;
import dev.ablate.model.Scorer;
import java.util.List;
import java.util.stream.Stream;

/**
 * A graph with the inputs and outputs that Hugging Face tools give it, as a scorer: a text
 * classifier, whose scores are the logits of its labels, or an encoder without a head, such as a
 * sentence embedder, whose scores are the vector of a row. Rows share a run of the graph only where
 * each then has the scores that it has alone, unpadded.
 */
public final class OnnxScorer implements Scorer {
  private final OnnxSession session;
  private final PackedRows rows;
  private final OnnxResident.Opened resident;

  private OnnxScorer(OnnxSession session, PackedRows rows) {
    this.session = session;
    this.rows = rows;
    this.resident = rows.resident(session);
  }

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
  public static OnnxScorer classifier(
      OnnxSession session,
      GraphScan scan,
      List<Integer> fillers,
      SampleRows sample,
      int maxTokens) {
    RowRuns runs = new ClassifierRuns(session);
    return new OnnxScorer(session, new PackedRows(runs, scan, fillers, sample, maxTokens));
  }

  /**
   * An encoder over a graph, which it closes. Vectors are pooled over the tokens and of length 1,
   * so that the cosine of two is their dot product. Arguments and failures are those of {@link
   * #classifier}.
   *
   * @param pooling how a text's vector is made of its tokens'; null for what the graph itself
   *     gives, and the mean where it gives none
   */
  public static OnnxScorer encoder(
      OnnxSession session,
      GraphScan scan,
      List<Integer> fillers,
      SampleRows sample,
      int maxTokens,
      Pooling pooling) {
    RowRuns runs = new EncoderRuns(session, pooling);
    return new OnnxScorer(session, new PackedRows(runs, scan, fillers, sample, maxTokens));
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
    return Stream.concat(rows.notes().stream(), resident.notes().stream()).toList();
  }

  @Override
  public ResidentNetwork resident() {
    return resident.network();
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
