package dev.ablate.model.onnx;

import dev.ablate.code.InputException;
import dev.ablate.model.Scorer;
import java.nio.LongBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * A text classifier with the inputs and outputs that Hugging Face tools give it; its scores are the
 * logits of its labels.
 */
public final class OnnxClassifier implements Scorer {
  private static final String IDS = "input_ids";
  private static final String ATTENTION = "attention_mask";
  private static final String TYPE_IDS = "token_type_ids";
  private static final String LOGITS = "logits";

  private static final String NEEDED =
      "needed are int64 inputs input_ids and attention_mask, optionally token_type_ids,"
          + " and a float output logits";

  private final OnnxSession session;
  private final int padId;
  private final TensorInfo ids;
  private final TensorInfo attention;
  // Null where the graph has no such input.
  private final TensorInfo typeIds;
  private final TensorInfo logits;
  private final int labels;

  /**
   * A classifier over a graph, which it closes.
   *
   * @param padId the token that fills short rows; it is masked out
   * @throws InputException if the graph has not the inputs and outputs of a classifier, or does not
   *     run; the session stays open then
   */
  public OnnxClassifier(OnnxSession session, int padId) {
    requireSignature(session);
    this.session = session;
    this.padId = padId;
    this.ids = named(session.inputs(), IDS).orElseThrow();
    this.attention = named(session.inputs(), ATTENTION).orElseThrow();
    this.typeIds = named(session.inputs(), TYPE_IDS).orElse(null);
    this.logits = named(session.outputs(), LOGITS).orElseThrow();
    this.labels = probeLabels();
  }

  private static Optional<TensorInfo> named(List<TensorInfo> tensors, String name) {
    return tensors.stream().filter(tensor -> tensor.name().equals(name)).findFirst();
  }

  private static void requireSignature(OnnxSession session) {
    Set<String> inputs =
        session.inputs().stream().map(TensorInfo::name).collect(Collectors.toSet());
    Optional<TensorInfo> output = named(session.outputs(), LOGITS);
    boolean fits =
        inputs.containsAll(List.of(IDS, ATTENTION))
            && Set.of(IDS, ATTENTION, TYPE_IDS).containsAll(inputs)
            && session.inputs().stream().allMatch(input -> input.type() == ElementType.INT64)
            && output.isPresent()
            && output.get().type() == ElementType.FLOAT;
    if (!fits) {
      throw new InputException(
          "the graph "
              + session.origin()
              + " has the inputs "
              + TensorInfo.describe(session.inputs())
              + " and the outputs "
              + TensorInfo.describe(session.outputs())
              + "; "
              + NEEDED
              + "; export it as a text-classification model");
    }
  }

  /** Runs one padding token through the graph and counts the scores that come back. */
  private int probeLabels() {
    long[][] shape = new long[1][];
    try {
      session.run(
          run -> {
            fill(run, new int[] {padId}, new int[] {1}, 1, 1);
            shape[0] = run.shapeOf(logits);
          });
    } catch (RuntimeException e) {
      throw new InputException(
          "the graph "
              + session.origin()
              + " does not run on a single token: "
              + OnnxSession.firstLine(e),
          e);
    }
    if (shape[0].length != 2 || shape[0][0] != 1 || shape[0][1] < 1) {
      throw new InputException(
          "the graph "
              + session.origin()
              + " returns logits of shape "
              + Arrays.toString(shape[0])
              + " for a single token; needed is (batch, labels); export it as a"
              + " text-classification model");
    }
    return (int) shape[0][1];
  }

  @Override
  public int scores() {
    return labels;
  }

  @Override
  public void score(int[] tokens, int[] lengths, int rows, int width, float[] scores) {
    try {
      session.run(
          run -> {
            fill(run, tokens, lengths, rows, width);
            var out = run.output(logits, rows, labels).asFloatBuffer();
            run.run();
            out.get(scores, 0, rows * labels);
          });
    } catch (IllegalStateException e) {
      throw e;
    } catch (RuntimeException e) {
      throw new InputException(
          "the model "
              + session.origin()
              + " failed on a batch of "
              + rows
              + " x "
              + width
              + " tokens: "
              + OnnxSession.firstLine(e),
          e);
    }
  }

  private void fill(OnnxRun run, int[] tokens, int[] lengths, int rows, int width) {
    LongBuffer id = run.input(ids, rows, width).asLongBuffer();
    LongBuffer attended = run.input(attention, rows, width).asLongBuffer();
    if (typeIds != null) {
      // Memory of inputs starts as zeros, and nobody writes to this.
      run.input(typeIds, rows, width);
    }
    for (int r = 0; r < rows; r++) {
      int row = r * width;
      for (int t = 0; t < width; t++) {
        boolean present = t < lengths[r];
        id.put(row + t, present ? tokens[row + t] : padId);
        attended.put(row + t, present ? 1 : 0);
      }
    }
  }

  @Override
  public void close() {
    session.close();
  }
}
