package dev.ablate.backend.kernel.cuda;

import dev.ablate.backend.HostBuffer;
import jcuda.Pointer;
import jcuda.driver.CUstream;

/**
 * Pinned memory for small copies to a device, which lie behind each other in one half while those
 * of the other half are on their way. With a slot of the staging each, every fifth would wait for
 * the first, and so for all commands given before it. Not safe from several threads.
 */
final class CudaSmallWrites {
  /** Copies up to this size are small. */
  static final int MOST_BYTES = 256 << 10;

  private static final int HALF_BYTES = 4 * MOST_BYTES;

  /** Where copies begin, as the copy engine likes it. */
  private static final int ALIGNMENT = 64;

  private CudaStaging.Slot filling = new CudaStaging.Slot(HALF_BYTES);
  private CudaStaging.Slot other = new CudaStaging.Slot(HALF_BYTES);
  private int end;

  /**
   * Takes a copy of a buffer.
   *
   * @param stream gets the command that reads the copy, before the next call
   * @return where the copy lies
   */
  Pointer put(HostBuffer from, CUstream stream) {
    if (end + from.bytes() > HALF_BYTES) {
      filling.record(stream);
      other.await();
      CudaStaging.Slot full = filling;
      filling = other;
      other = full;
      end = 0;
    }
    int start = end;
    filling.fill(start, from, 0, (int) from.length());
    end = (int) (start + from.bytes() + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
    return filling.pinned().withByteOffset(start);
  }

  /** Frees the memory; no command may use it any more. */
  void close() {
    filling.free();
    other.free();
  }
}
