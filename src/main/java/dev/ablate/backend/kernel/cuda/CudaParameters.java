package dev.ablate.backend.kernel.cuda;

import static dev.ablate.backend.kernel.cuda.Cuda.check;
import static jcuda.driver.JCudaDriver.cuMemAllocHost;
import static jcuda.driver.JCudaDriver.cuMemFreeHost;

import java.nio.ByteBuffer;
import jcuda.Pointer;

/**
 * The parameters of one launch in native memory: first the addresses of the slots, which the driver
 * asks for and which never change, then the slots, one a parameter.
 *
 * <p>The driver has copied the values when a launch returns, so the next one may use the same
 * slots. JCuda's own way pins a Java array for every parameter of every launch. Not safe from
 * several threads.
 */
final class CudaParameters {
  /** More than any kernel has. */
  static final int MOST = 64;

  private static final int SLOT_BYTES = Long.BYTES;

  private final Cuda.Pinned block = new Cuda.Pinned();
  private final ByteBuffer bytes;
  private int count;

  /** Slots in the current context. */
  CudaParameters() {
    int size = 2 * MOST * SLOT_BYTES;
    check(cuMemAllocHost(block, size), "cuMemAllocHost");
    this.bytes = block.getByteBuffer(0, size);
    for (int i = 0; i < MOST; i++) {
      bytes.putLong(i * SLOT_BYTES, block.value() + at(i));
    }
  }

  private static int at(int parameter) {
    return (MOST + parameter) * SLOT_BYTES;
  }

  /** Begins the parameters of another launch. */
  void clear() {
    count = 0;
  }

  /**
   * The next parameter.
   *
   * @param value an int or a long, an address too; a float or a double
   * @throws IllegalArgumentException if it is anything else, or one too many
   */
  void add(Object value) {
    if (value instanceof Integer number) {
      bytes.putInt(next(), number);
    } else if (value instanceof Long number) {
      bytes.putLong(next(), number);
    } else if (value instanceof Float number) {
      bytes.putFloat(next(), number);
    } else if (value instanceof Double number) {
      bytes.putDouble(next(), number);
    } else {
      throw new IllegalArgumentException("argument " + count + " of a kernel is a " + value);
    }
  }

  private int next() {
    if (count == MOST) {
      throw new IllegalArgumentException("a kernel has at most " + MOST + " parameters");
    }
    return at(count++);
  }

  /** What the driver takes: the address of the addresses of the slots. */
  Pointer pointer() {
    return block;
  }

  /** Frees the memory; no launch may use it any more. */
  void close() {
    check(cuMemFreeHost(block), "cuMemFreeHost");
  }
}
