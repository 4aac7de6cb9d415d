package dev.ablate.model.onnx;

import java.util.List;
import java.util.stream.Collectors;

/**
 * One input or output of a graph.
 *
 * @param name its name
 * @param type what its numbers are
 * @param shape its sizes, -1 where a run decides
 */
public record TensorInfo(String name, ElementType type, List<Long> shape) {
  /** Copies the shape. */
  public TensorInfo {
    shape = List.copyOf(shape);
  }

  /** The one of a name, null if there is none. */
  static TensorInfo named(List<TensorInfo> tensors, String name) {
    return tensors.stream().filter(tensor -> tensor.name().equals(name)).findFirst().orElse(null);
  }

  /** Several in a message: {@code ids (int64), attention_mask (int64)}. */
  static String describe(List<TensorInfo> tensors) {
    return tensors.stream()
        .map(tensor -> tensor.name() + " (" + tensor.type() + ")")
        .collect(Collectors.joining(", "));
  }
}
