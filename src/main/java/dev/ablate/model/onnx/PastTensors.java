package dev.ablate.model.onnx;

/** Names of keys and values of tokens in front of a row, as exporters write them. */
final class PastTensors {
  private static final String PAST = "past_key_values";
  private static final String PRESENT = "present";

  private PastTensors() {}

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

  /** Whether an output gives what an input takes in the next run. */
  static boolean belong(String past, String present) {
    return isPast(past) && isPresent(present) && behind(past).equals(behind(present));
  }

  /** {@code .0.key} of {@code past_key_values.0.key} and of {@code present.0.key}. */
  private static String behind(String name) {
    return name.substring(Math.max(0, name.indexOf('.')));
  }
}
