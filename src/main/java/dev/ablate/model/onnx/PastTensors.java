package dev.ablate.model.onnx;

import dev.ablate.code.InputException;
import java.util.ArrayList;
import java.util.List;
import org.bytedeco.javacpp.Pointer;

/**
 * Keys and values of tokens in front of the rows of a batch: inputs of a graph that take them, and
 * the outputs that give them, with the names that exporters write. The inputs are those of {@link
 * PastEdit}: {@code (1, heads, tokens, size)}.
 *
 * @param inputs may be empty
 * @param outputs as many, in the same order
 */
record PastTensors(List<TensorInfo> inputs, List<TensorInfo> outputs) {
  private static final String PAST = "past_key_values";
  private static final String PRESENT = "present";
  private static final int TOKENS = 2;

  /**
   * Finds them.
   *
   * @throws InputException if the graph takes keys and values that it does not give
   */
  static PastTensors of(OnnxSession session) {
    List<TensorInfo> outputs = new ArrayList<>();
    List<TensorInfo> inputs = inputsOf(session);
    for (TensorInfo input : inputs) {
      String behind = behind(input.name());
      outputs.add(
          session.outputs().stream()
              .filter(output -> isPresent(output.name()) && behind(output.name()).equals(behind))
              .filter(output -> output.type() == input.type())
              .findFirst()
              .orElseThrow(() -> missing(session, behind)));
    }
    return new PastTensors(inputs, outputs);
  }

  /** The inputs alone, for a graph that need not give any. */
  static List<TensorInfo> inputsOf(OnnxSession session) {
    return session.inputs().stream().filter(input -> PastEdit.isShared(input.name())).toList();
  }

  private static InputException missing(OnnxSession session, String behind) {
    return new InputException(
        "the graph "
            + session.origin()
            + " has the input "
            + PAST
            + behind
            + " but no output "
            + PRESENT
            + behind
            + " of the same type; export it again, as optimum-cli export onnx does for the task"
            + " text-generation-with-past");
  }

  /** Whether an input takes keys or values of earlier tokens. */
  static boolean isPast(TensorInfo input) {
    return isPast(input.name());
  }

  /** Whether the input of a name takes keys or values of earlier tokens. */
  static boolean isPast(String input) {
    return input.startsWith(PAST);
  }

  /** Whether the output of a name gives keys or values of all tokens. */
  static boolean isPresent(String output) {
    return output.startsWith(PRESENT);
  }

  /** {@code .0.key} of {@code past_key_values.0.key} and of {@code present.0.key}. */
  private static String behind(String name) {
    return name.substring(Math.max(0, name.indexOf('.')));
  }

  private static long[] shape(TensorInfo input, int tokens) {
    long[] shape = input.shape().stream().mapToLong(Long::longValue).toArray();
    shape[0] = 1;
    shape[TOKENS] = tokens;
    return shape;
  }

  /** Gives a resident run what a prefix holds, or nothing, at some place, where it is null. */
  void bindInputs(OnnxRun run, KeptPrefix prefix, Pointer nothing) {
    for (int i = 0; i < inputs.size(); i++) {
      int tokens = prefix == null ? 0 : prefix.length();
      run.input(
          inputs.get(i), prefix == null ? nothing : prefix.at(i), shape(inputs.get(i), tokens));
    }
  }

  /** Gives the graph what a prefix holds, or nothing where it is null. */
  void bindInputs(OnnxRun run, KeptPrefix prefix) {
    for (int i = 0; i < inputs.size(); i++) {
      TensorInfo input = inputs.get(i);
      if (prefix == null) {
        run.input(input, shape(input, 0));
      } else {
        run.input(input, prefix.at(i), shape(input, prefix.length()));
      }
    }
  }

  /** Memory for some tokens, which the graph is to fill; until {@link OnnxRun#clearOutputs}. */
  KeptPrefix bindOutputs(OnnxRun run, Residence residence, int tokens) {
    List<Residence.Tensor> memory = new ArrayList<>();
    KeptPrefix made = new KeptPrefix(tokens, memory);
    try {
      for (int i = 0; i < inputs.size(); i++) {
        long[] shape = shape(inputs.get(i), tokens);
        memory.add(residence.memory(OnnxRun.bytes(inputs.get(i), shape)));
        run.output(outputs.get(i), made.at(i), shape);
      }
      return made;
    } catch (RuntimeException e) {
      made.close();
      throw e;
    }
  }
}
