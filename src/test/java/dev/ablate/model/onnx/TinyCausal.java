package dev.ablate.model.onnx;

import static dev.ablate.model.onnx.GraphBuilder.attribute;

import java.util.List;
import java.util.Random;

/**
 * Language models without learned weights. A token adds its vector, times {@code 1 + place / 64},
 * to a sum, and the logits behind it are that sum times a matrix: what a row must get can be said
 * in a formula.
 */
final class TinyCausal {
  static final int VOCABULARY = 30;
  private static final int SIZE = 4;
  private static final float[] VECTORS = eighths(VOCABULARY * SIZE, 3);
  private static final float[] MATRIX = eighths(SIZE * VOCABULARY, 4);
  private static final float CAP = 3;

  /** What stands between the sums and the logits. */
  enum Head {
    /** A product with a matrix. */
    MATMUL,
    /** The same of rows without an axis for the batch, and back. */
    FLAT_GEMM,
    /** A product with a matrix that is turned in the graph, as tied embeddings are. */
    TURNED,
    /** Capped by a tangent, shifted, and in another type. */
    CAPPED,
    /** One that the edit does not know. */
    NEGATED,
    /** Logits that another output is made of too. */
    USED_TWICE
  }

  private TinyCausal() {}

  private static float[] eighths(int count, int seed) {
    Random random = new Random(seed);
    float[] values = new float[count];
    for (int i = 0; i < count; i++) {
      values[i] = (random.nextInt(17) - 8) / 8f;
    }
    return values;
  }

  private static GraphBuilder inputs(ElementType whole, Object rows, Object length) {
    return new GraphBuilder()
        .input("input_ids", whole, rows, length)
        .input("position_ids", whole, rows, length)
        .floats("vectors", VECTORS, VOCABULARY, SIZE)
        .floats("unit", new float[] {1})
        .floats("places", new float[] {64})
        .longs("one", new long[] {1})
        .longs("two", new long[] {2})
        .longs("column", new long[] {2}, 1)
        .longs("first", new long[] {1}, 1)
        .node("Gather", "vectors input_ids", "tokens")
        .node("Cast", "position_ids", "place", attribute("to", ElementType.FLOAT.ordinal()))
        .node("Div", "place places", "share")
        .node("Add", "share unit", "factor")
        .node("Unsqueeze", "factor column", "factors")
        .node("Mul", "tokens factors", "placed");
  }

  /** Without keys and values of earlier tokens; sums in {@code sums}. */
  static GraphBuilder plain() {
    return plain(ElementType.INT64, "batch", "sequence");
  }

  /**
   * The same with inputs of a type and of sizes, which are numbers, or texts where a run decides.
   */
  static GraphBuilder plain(ElementType whole, Object rows, Object length) {
    return inputs(whole, rows, length).node("CumSum", "placed one", "sums");
  }

  /** Sums over the whole row, so that a token sees those behind it. */
  static GraphBuilder seeing() {
    return inputs(ElementType.INT64, "batch", "sequence")
        .node("ReduceSum", "placed first", "all")
        .node("Shape", "placed", "shape")
        .node("Expand", "all shape", "sums");
  }

  /**
   * With keys and values of earlier tokens.
   *
   * @param kept the node that gives {@code present} of {@code both}, what is there with the new
   */
  static GraphBuilder past(GraphBuilder kept) {
    return kept.input("past_key_values.0.key", ElementType.FLOAT, "batch", 1, "past", SIZE)
        .input("past_key_values.0.value", ElementType.FLOAT, "batch", 1, "past", SIZE)
        .node("Concat", "past_key_values.0.value own", "present.0.value", attribute("axis", 2))
        .output("present.0.key", ElementType.FLOAT, "batch", 1, "total", SIZE)
        .output("present.0.value", ElementType.FLOAT, "batch", 1, "total", SIZE)
        .node("CumSum", "both two", "sums_of_all")
        .node("Shape", "input_ids", "sizes")
        .node("Gather", "sizes first", "length")
        .node("Neg", "length", "start")
        .longs("end", new long[] {Long.MAX_VALUE}, 1)
        .node("Slice", "sums_of_all start end column", "sums_in_place")
        .node("Squeeze", "sums_in_place first", "sums");
  }

  /** Keys of all tokens so far, in {@code both}. */
  static GraphBuilder keys() {
    return inputs(ElementType.INT64, "batch", "sequence")
        .node("Unsqueeze", "placed first", "own")
        .node("Concat", "past_key_values.0.key own", "both", attribute("axis", 2));
  }

  /** Puts a head on sums. */
  static byte[] logits(GraphBuilder graph, Head head) {
    graph.floats("matrix", MATRIX, SIZE, VOCABULARY);
    switch (head) {
      case MATMUL -> graph.node("MatMul", "sums matrix", "logits");
      case FLAT_GEMM ->
          graph
              .longs("flat", new long[] {-1, SIZE}, 2)
              .longs("words", new long[] {VOCABULARY}, 1)
              .node("Reshape", "sums flat", "rows")
              .node("Gemm", "rows matrix", "products")
              .node("Shape", "input_ids", "batch_sizes")
              .node("Concat", "batch_sizes words", "back", attribute("axis", 0))
              .node("Reshape", "products back", "logits");
      case TURNED ->
          graph
              .node("Transpose", "matrix", "turned", attribute("perm", List.of(1, 0)))
              .node("Transpose", "turned", "again", attribute("perm", List.of(1, 0)))
              .node("MatMul", "sums again", "logits");
      case CAPPED ->
          graph
              .floats("cap", new float[] {CAP})
              .floats("shift", new float[VOCABULARY], 1, 1, VOCABULARY)
              .node("MatMul", "sums matrix", "products")
              .node("Div", "products cap", "small")
              .node("Tanh", "small", "capped")
              .node("Mul", "cap capped", "large")
              .node("Add", "shift large", "shifted")
              .node("Cast", "shifted", "logits", attribute("to", ElementType.DOUBLE.ordinal()));
      case NEGATED ->
          graph.node("MatMul", "sums matrix", "products").node("Neg", "products", "logits");
      default ->
          graph
              .node("MatMul", "sums matrix", "logits")
              .node("Abs", "logits", "sizes_of_logits")
              .output("sizes_of_logits", ElementType.FLOAT);
    }
    return graph
        .output("logits", head == Head.CAPPED ? ElementType.DOUBLE : ElementType.FLOAT)
        .bytes();
  }

  private static double logit(int[] row, int last, int token, Head head) {
    double logit = 0;
    for (int i = 0; i < SIZE; i++) {
      double sum = 0;
      for (int t = 0; t <= last; t++) {
        sum += VECTORS[row[t] * SIZE + i] * (1 + t / 64.0);
      }
      logit += sum * MATRIX[i * VOCABULARY + token];
    }
    return switch (head) {
      case CAPPED -> CAP * Math.tanh(logit / CAP);
      case NEGATED -> -logit;
      default -> logit;
    };
  }

  /** The log-probability of the token at a place, by the formula. */
  static double logProbability(int[] row, int place, Head head) {
    double sum = 0;
    for (int token = 0; token < VOCABULARY; token++) {
      sum += Math.exp(logit(row, place - 1, token, head));
    }
    return logit(row, place - 1, row[place], head) - Math.log(sum);
  }

  /** The token of the largest logit behind a row. */
  static int next(int[] row, Head head) {
    int best = 0;
    for (int token = 1; token < VOCABULARY; token++) {
      double logit = logit(row, row.length - 1, token, head);
      best = logit > logit(row, row.length - 1, best, head) ? token : best;
    }
    return best;
  }
}
