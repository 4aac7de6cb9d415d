package dev.ablate.model.onnx;

import dev.ablate.code.InputException;
import java.util.EnumSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Which of a graph's inputs tell it a text, by the names that Hugging Face tools give them.
 *
 * @param ids token numbers, {@code (batch, sequence)}
 * @param attention 1 for tokens, 0 for padding; null where the graph has no such input
 * @param typeIds which text a token is of; null where the graph has no such input
 * @param positions places of the tokens, from 0; null where the graph has no such input
 * @param others all other inputs
 */
record Signature(
    TensorInfo ids,
    TensorInfo attention,
    TensorInfo typeIds,
    TensorInfo positions,
    List<TensorInfo> others) {
  /** The output of a network with a head: scores of labels, or of tokens. */
  static final String LOGITS = "logits";

  /** The input of token numbers. */
  static final String IDS = "input_ids";

  private static final String ATTENTION = "attention_mask";
  private static final String TYPE_IDS = "token_type_ids";
  private static final String POSITIONS = "position_ids";
  private static final List<String> TOKENS = List.of(IDS, ATTENTION, TYPE_IDS, POSITIONS);

  /** In a batch whose size the graph prescribes. */
  private static final int MOST_TOKENS = 1 << 22;

  private static final Set<ElementType> WHOLE = EnumSet.of(ElementType.INT64, ElementType.INT32);
  private static final Set<ElementType> SCORES =
      EnumSet.of(ElementType.FLOAT, ElementType.FLOAT16, ElementType.BFLOAT16, ElementType.DOUBLE);

  /**
   * Finds them.
   *
   * @throws InputException if the graph prescribes batches that are too large
   */
  static Signature of(OnnxSession session) {
    List<TensorInfo> inputs = session.inputs();
    Signature found =
        new Signature(
            TensorInfo.named(inputs, IDS),
            TensorInfo.named(inputs, ATTENTION),
            TensorInfo.named(inputs, TYPE_IDS),
            TensorInfo.named(inputs, POSITIONS),
            inputs.stream().filter(input -> !TOKENS.contains(input.name())).toList());
    if (Math.max(1L, found.fixedRows()) * Math.max(1, found.fixedLength()) > MOST_TOKENS) {
      throw new InputException(
          "the graph "
              + session.origin()
              + " takes batches of exactly "
              + found.fixedRows()
              + " x "
              + found.fixedLength()
              + " tokens, which is too much; export it with dynamic axes");
    }
    return found;
  }

  /** Whether the graph takes tokens, in a type that can be given. */
  boolean takesTokens() {
    return ids != null && inputs().allMatch(input -> WHOLE.contains(input.type()));
  }

  /** Whether an output is there and has numbers that can be read. */
  static boolean hasFloats(TensorInfo output) {
    return output != null && hasFloats(output.type());
  }

  /** Whether numbers of a type can be read. */
  static boolean hasFloats(ElementType type) {
    return SCORES.contains(type);
  }

  /** The line about a graph whose inputs and outputs are not those that are needed. */
  static InputException unfit(OnnxSession session, String output, String task) {
    return unfit(session.origin(), session.inputs(), session.outputs(), output, task);
  }

  /** The same for a graph that was edited. */
  static InputException unfit(
      String origin,
      List<TensorInfo> inputs,
      List<TensorInfo> outputs,
      String output,
      String task) {
    return new InputException(
        "the graph "
            + origin
            + " has the inputs "
            + TensorInfo.describe(inputs)
            + " and the outputs "
            + TensorInfo.describe(outputs)
            + "; needed are inputs input_ids, optionally attention_mask, token_type_ids and"
            + " position_ids (int64 or int32), and an output "
            + output
            + " of floats; export it as a "
            + task
            + " model");
  }

  /** A graph that scores tokens and not texts. */
  static InputException perToken(String origin) {
    return new InputException(
        "the graph "
            + origin
            + " gives logits for each token, and neither its vocabulary nor architectures in"
            + " config.json make it a causal language model; export one (the task text-generation"
            + " of optimum-cli export onnx), or a classifier of texts (text-classification)");
  }

  private Stream<TensorInfo> inputs() {
    return Stream.of(ids, attention, typeIds, positions).filter(Objects::nonNull);
  }

  /** The one size of an axis that the graph takes, 0 where a run decides. */
  private int fixed(int axis) {
    return inputs()
        .filter(input -> input.shape().size() == 2 && input.shape().get(axis) > 0)
        .mapToInt(input -> (int) Math.min(Integer.MAX_VALUE, input.shape().get(axis)))
        .findFirst()
        .orElse(0);
  }

  /** Rows that every run must have, 0 where a run decides. */
  int fixedRows() {
    return fixed(0);
  }

  /** Tokens that every row must have, 0 where a run decides. */
  int fixedLength() {
    return fixed(1);
  }
}
