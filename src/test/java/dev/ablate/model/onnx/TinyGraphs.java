package dev.ablate.model.onnx;

import static dev.ablate.model.onnx.GraphBuilder.attribute;

import java.util.List;
import java.util.Random;

/**
 * Classifiers of two labels without learned weights: the score of a token is a number, and what a
 * graph does with the scores of a row can be said in a formula. All take {@code input_ids} and put
 * {@code (batch, sequence, 2)} scores into {@code scores}, from which {@code logits} come.
 */
public final class TinyGraphs {
  /** Labels. */
  public static final int LABELS = 2;

  /** Tokens. */
  public static final int VOCABULARY = 48;

  private static final float[] WEIGHTS = weights();

  private TinyGraphs() {}

  private static float[] weights() {
    Random random = new Random(11);
    float[] weights = new float[VOCABULARY * LABELS];
    for (int i = 0; i < weights.length; i++) {
      weights[i] = (1 + random.nextInt(32)) / 8f * (random.nextBoolean() ? 1 : -1);
    }
    return weights;
  }

  /** The score that a token gives a label, a multiple of 1/8 from -4 to 4. */
  public static double weight(int token, int label) {
    return WEIGHTS[token * LABELS + label];
  }

  private static GraphBuilder scores(ElementType whole, Object rows, Object length) {
    return new GraphBuilder()
        .input("input_ids", whole, rows, length)
        .floats("weights", WEIGHTS, VOCABULARY, LABELS)
        .longs("one", new long[] {1}, 1)
        .longs("two", new long[] {2}, 1)
        .node("Gather", "weights input_ids", "scores");
  }

  /** The sum over the tokens that are attended to, in {@code sums}. */
  public static GraphBuilder sums(ElementType whole, Object rows, Object length) {
    return scores(whole, rows, length)
        .input("attention_mask", whole, rows, length)
        .node("Cast", "attention_mask", "kept", attribute("to", ElementType.FLOAT.ordinal()))
        .node("Unsqueeze", "kept two", "kept_column")
        .node("Mul", "scores kept_column", "attended")
        .node("ReduceSum", "attended one", "sums", attribute("keepdims", 0));
  }

  /** The same over all tokens: nobody says which are padding. */
  public static GraphBuilder sumsWithoutAttention() {
    return scores(ElementType.INT64, "batch", "sequence")
        .node("ReduceSum", "scores one", "sums", attribute("keepdims", 0));
  }

  /** The same, each score times {@code 1 + position / 64}. */
  public static GraphBuilder sumsByPosition(ElementType whole) {
    return scores(whole, "batch", "sequence")
        .input("attention_mask", whole, "batch", "sequence")
        .input("position_ids", whole, "batch", "sequence")
        .input("token_type_ids", whole, "batch", "sequence")
        .floats("unit", new float[] {1})
        .floats("size", new float[] {64})
        .node("Cast", "attention_mask", "kept", attribute("to", ElementType.FLOAT.ordinal()))
        .node("Cast", "position_ids", "place", attribute("to", ElementType.FLOAT.ordinal()))
        .node("Cast", "token_type_ids", "type", attribute("to", ElementType.FLOAT.ordinal()))
        .node("Div", "place size", "share")
        .node("Add", "share unit", "without_type")
        .node("Add", "without_type type", "factor")
        .node("Mul", "kept factor", "kept_factor")
        .node("Unsqueeze", "kept_factor two", "kept_column")
        .node("Mul", "scores kept_column", "attended")
        .node("ReduceSum", "attended one", "sums", attribute("keepdims", 0));
  }

  /** The score of the last token that is not the padding: how decoders classify. */
  public static GraphBuilder lastToken(int padding, Object rows, Object length) {
    return scores(ElementType.INT64, rows, length)
        .input("attention_mask", ElementType.INT64, rows, length)
        .longs("padding", new long[] {padding})
        .longs("zero", new long[] {0})
        .longs("unit", new long[] {1})
        .longs("axis", new long[] {1})
        .node("Equal", "input_ids padding", "is_padding")
        .node("Not", "is_padding", "is_token")
        .node("Cast", "is_token", "token", attribute("to", ElementType.INT64.ordinal()))
        .node("Shape", "input_ids", "shape")
        .node("Gather", "shape axis", "length")
        .node("Range", "zero length unit", "places")
        .node("Mul", "token places", "token_places")
        .node("ReduceMax", "token_places", "last", attribute("axes", List.of(1)))
        .node("Equal", "places last", "is_last")
        .node("Cast", "is_last", "chosen", attribute("to", ElementType.FLOAT.ordinal()))
        .node("Unsqueeze", "chosen two", "chosen_column")
        .node("Mul", "scores chosen_column", "pooled")
        .node("ReduceSum", "pooled one", "sums", attribute("keepdims", 0));
  }

  /** The sums as logits of a type. */
  public static byte[] logits(GraphBuilder sums, ElementType type) {
    return sums.node("Cast", "sums", "logits", attribute("to", type.ordinal()))
        .output("logits", type, "batch", LABELS)
        .bytes();
  }

  /** The sums as logits. */
  public static byte[] logits(GraphBuilder sums) {
    return logits(sums, ElementType.FLOAT);
  }

  /** One scale for all sums of a batch, as dynamic quantisation has it. */
  public static GraphBuilder quantised() {
    return new GraphBuilder()
        .node("DynamicQuantizeLinear", "sums", "bytes scale zero_point")
        .node("DequantizeLinear", "bytes scale zero_point", "rounded");
  }
}
