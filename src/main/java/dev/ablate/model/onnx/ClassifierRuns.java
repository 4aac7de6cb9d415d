package dev.ablate.model.onnx;

import dev.ablate.code.InputException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;

/** Runs rows of tokens through the graph of a classifier; their scores are logits of labels. */
final class ClassifierRuns implements RowRuns {
  /** More labels than any classifier has: as many scores stand in memory for every row. */
  private static final int MOST_LABELS = 1 << 16;

  private final OnnxSession session;
  private final TensorInfo logits;
  private final TokenInputs inputs;

  /**
   * Looks at what the graph takes and gives.
   *
   * @throws InputException if that is not what a text classifier has
   */
  ClassifierRuns(OnnxSession session) {
    this.session = session;
    this.logits = TensorInfo.named(session.outputs(), Signature.LOGITS);
    Signature signature = Signature.of(session);
    boolean past = signature.others().stream().anyMatch(PastTensors::isPast);
    if (signature.ids() != null && (past || logits != null && logits.shape().size() == 3)) {
      throw Signature.perToken(session.origin());
    }
    boolean others = signature.others().stream().anyMatch(input -> !CausalEdit.isOwn(input.name()));
    if (!signature.takesTokens() || others || !Signature.hasFloats(logits)) {
      throw Signature.unfit(session, Signature.LOGITS, "text-classification");
    }
    this.inputs = new TokenInputs(session.origin(), signature);
    requireFew(declaredLabels());
  }

  private ClassifierRuns(OnnxSession session, TensorInfo logits, TokenInputs inputs) {
    this.session = session;
    this.logits = logits;
    this.inputs = inputs;
  }

  /** The same for a graph that gets something besides tokens. */
  ClassifierRuns with(BatchInputs others) {
    return new ClassifierRuns(session, logits, inputs.with(others));
  }

  @Override
  public TokenInputs inputs() {
    return inputs;
  }

  @Override
  public String score() {
    return "logit";
  }

  /** Labels that the graph declares, 0 where it does not say. */
  private long declaredLabels() {
    return logits.shape().size() == 2 ? Math.max(0, logits.shape().get(1)) : 0;
  }

  private void requireFew(long labels) {
    if (labels > MOST_LABELS) {
      throw new InputException(
          "the graph "
              + origin()
              + " returns "
              + labels
              + " logits a text; at most "
              + MOST_LABELS
              + " labels can be explained");
    }
  }

  @Override
  public int scores(int[] row, int filler) {
    TokenBatch batch = TokenBatch.of(TokenRows.of(List.of(row)), 0, 1);
    long[] shape = inputs.shapeOf(session, logits, batch, filler);
    if (shape.length == 3) {
      throw Signature.perToken(origin());
    }
    if (shape.length != 2 || shape[0] != inputs.rows(batch) || shape[1] < 1) {
      throw new InputException(
          "the graph "
              + origin()
              + " returns logits of shape "
              + Arrays.toString(shape)
              + " for one text; needed is (batch, labels); export it as a text-classification"
              + " model with dynamic axes");
    }
    requireFew(shape[1]);
    return (int) shape[1];
  }

  @Override
  public boolean declaresScores() {
    return declaredLabels() > 0;
  }

  @Override
  public String needed() {
    return "one a label; export it as a text-classification model";
  }

  @Override
  public ResidentGraph resident(int labels) {
    return ResidentGraph.ofRows(inputs.signature(), logits, labels);
  }

  @Override
  public void run(TokenBatch batch, int filler, int labels, float[] scores) {
    session.run(
        run -> {
          inputs.bind(run, batch, filler, 0);
          ByteBuffer out = run.output(logits, inputs.rows(batch), labels);
          run.run();
          logits.type().floats(out, batch.count() * labels, scores, batch.first() * labels);
        });
  }
}
