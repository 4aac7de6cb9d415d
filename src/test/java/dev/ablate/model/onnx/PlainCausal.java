package dev.ablate.model.onnx;

import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * The graph of a language model as it is: one unpadded row at a time, all logits fetched, softmax
 * in double precision.
 */
public final class PlainCausal implements AutoCloseable {
  private final OnnxSession session;
  private final TensorInfo logits;

  /** Opens a graph. */
  public PlainCausal(Path graph) {
    this.session = OnnxSession.open(graph);
    this.logits = TensorInfo.named(session.outputs(), "logits");
  }

  /** The logits of a row, {@code [position][token]}. */
  float[][] logits(int[] row) {
    float[][] all = new float[row.length][];
    session.run(
        run -> {
          List<TensorInfo> inputs = new ArrayList<>(session.inputs());
          inputs.forEach(input -> bind(run, input, row));
          int vocabulary = (int) run.shapeOf(logits)[2];
          ByteBuffer out = run.output(logits, 1, row.length, vocabulary);
          run.run();
          float[] flat = new float[row.length * vocabulary];
          logits.type().floats(out, flat.length, flat, 0);
          for (int t = 0; t < row.length; t++) {
            all[t] = Arrays.copyOfRange(flat, t * vocabulary, (t + 1) * vocabulary);
          }
        });
    return all;
  }

  private static void bind(OnnxRun run, TensorInfo input, int[] row) {
    if (input.name().startsWith("past_key_values")) {
      run.input(input, 1, input.shape().get(1), 0, input.shape().get(3));
      return;
    }
    ByteBuffer memory = run.input(input, 1, row.length);
    for (int t = 0; t < row.length; t++) {
      int value =
          switch (input.name()) {
            case "input_ids" -> row[t];
            case "attention_mask" -> 1;
            case "position_ids" -> t;
            default -> throw new IllegalStateException(input.name());
          };
      if (input.type() == ElementType.INT64) {
        memory.putLong(t * Long.BYTES, value);
      } else {
        memory.putInt(t * Integer.BYTES, value);
      }
    }
  }

  /** Log-probabilities of the last tokens of a row. */
  public double[] logProbabilities(int[] row, int asked) {
    float[][] logits = logits(row);
    double[] found = new double[asked];
    for (int i = 0; i < asked; i++) {
      int t = row.length - asked + i;
      found[i] = logits[t - 1][row[t]] - logSum(logits[t - 1]);
    }
    return found;
  }

  private static double logSum(float[] logits) {
    double largest = Double.NEGATIVE_INFINITY;
    for (float logit : logits) {
      largest = Math.max(largest, logit);
    }
    double sum = 0;
    for (float logit : logits) {
      sum += Math.exp(logit - largest);
    }
    return largest + Math.log(sum);
  }

  /** The first of the largest logits behind a row. */
  public int next(int[] row) {
    float[] last = logits(row)[row.length - 1];
    int best = 0;
    for (int token = 1; token < last.length; token++) {
      best = last[token] > last[best] ? token : best;
    }
    return best;
  }

  @Override
  public void close() {
    session.close();
  }
}
