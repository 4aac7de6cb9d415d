package dev.ablate.model.onnx;

import dev.ablate.model.ResidentNetwork;
import java.util.List;
import org.bytedeco.javacpp.Pointer;

/**
 * Keys and values of the tokens in front of rows, where the session that made them shares memory.
 *
 * @param length how many tokens
 * @param memory one for each input of {@link PastTensors}
 */
record KeptPrefix(int length, List<Residence.Tensor> memory) implements ResidentNetwork.Prefix {
  /** Bytes of memory. */
  long bytes() {
    return memory.stream().mapToLong(tensor -> tensor.address().capacity()).sum();
  }

  /** Where the first of them is; 0 if there is none. */
  long address() {
    return memory.isEmpty() ? 0 : at(0).address();
  }

  /** What ONNX Runtime reads for an input. */
  Pointer at(int input) {
    return memory.get(input).address();
  }

  @Override
  public void close() {
    memory.forEach(Residence.Tensor::close);
  }
}
