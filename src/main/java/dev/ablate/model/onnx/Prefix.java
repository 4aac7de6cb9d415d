package dev.ablate.model.onnx;

import java.util.List;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.Pointer;

/**
 * Keys and values of the tokens in front of rows.
 *
 * @param length how many tokens
 * @param memory one for each input of {@link PastTensors}
 */
record Prefix(int length, List<BytePointer> memory) implements AutoCloseable {
  /** Bytes of native memory. */
  long bytes() {
    return memory.stream().mapToLong(Pointer::capacity).sum();
  }

  @Override
  public void close() {
    memory.forEach(Pointer::close);
  }
}
