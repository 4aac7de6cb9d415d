package dev.ablate.backend.kernel.cuda;

import static jcuda.driver.JCudaDriver.cuMemAlloc;
import static jcuda.driver.JCudaDriver.cuMemFree;
import static jcuda.driver.JCudaDriver.cuStreamSynchronize;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Map;
import java.util.TreeMap;
import jcuda.driver.CUresult;
import jcuda.driver.CUstream;

/**
 * Device memory in blocks that are kept for the next call of their size, so that temporaries cost
 * no call of the driver and do not wait for the device.
 *
 * <p>All users of a block work on one stream, whose commands run in order: whoever gets a block
 * next comes after the one who gave it back. Who lets another stream use one gives it back only
 * when that stream is done with it, or the kernels wait for it. Not safe from several threads.
 */
final class CudaMemoryPool {
  private static final long SMALLEST = 512;
  private static final long LARGE = 1 << 20;

  private final CUstream stream;
  private final long mostKept;
  private final TreeMap<Long, Deque<Block>> free = new TreeMap<>();
  private long kept;

  /** Memory of the driver: where it is and how many bytes it has. */
  record Block(Cuda.Address address, long bytes) {}

  /**
   * An empty pool in the current context.
   *
   * @param stream where all blocks are used
   * @param mostKept bytes beyond which blocks go back to the driver
   */
  CudaMemoryPool(CUstream stream, long mostKept) {
    this.stream = stream;
    this.mostKept = mostKept;
  }

  /**
   * A block of at least so many bytes.
   *
   * @throws Cuda.Failure if the driver has none, even after it got all kept blocks back
   */
  Block take(long bytes) {
    long size = rounded(bytes);
    // A block that is a little larger will do; a much larger one waits for its own size.
    Map.Entry<Long, Deque<Block>> fitting = free.ceilingEntry(size);
    if (fitting != null && fitting.getKey() <= size + size / 4) {
      Block block = fitting.getValue().pop();
      if (fitting.getValue().isEmpty()) {
        free.remove(fitting.getKey());
      }
      kept -= block.bytes();
      return block;
    }
    Cuda.Address address = new Cuda.Address();
    int result = cuMemAlloc(address, size);
    if (result == CUresult.CUDA_ERROR_OUT_OF_MEMORY && kept > 0) {
      trim();
      result = cuMemAlloc(address, size);
    }
    Cuda.check(result, "cuMemAlloc of " + size + " bytes");
    return new Block(address, size);
  }

  /** Takes a block back once the commands given so far have used it. */
  void give(Block block) {
    if (kept + block.bytes() > mostKept) {
      Cuda.check(cuStreamSynchronize(stream), "cuStreamSynchronize");
      Cuda.check(cuMemFree(block.address()), "cuMemFree");
    } else {
      kept += block.bytes();
      free.computeIfAbsent(block.bytes(), size -> new ArrayDeque<>()).push(block);
    }
  }

  /** Gives all kept blocks back to the driver. */
  void trim() {
    Cuda.check(cuStreamSynchronize(stream), "cuStreamSynchronize");
    for (Deque<Block> blocks : free.values()) {
      for (Block block : blocks) {
        Cuda.check(cuMemFree(block.address()), "cuMemFree");
      }
    }
    free.clear();
    kept = 0;
  }

  /** Bytes that are kept for later calls. */
  long kept() {
    return kept;
  }

  /** Powers of two below 1 MiB, so that odd sizes share blocks; whole MiB above. */
  static long rounded(long bytes) {
    if (bytes <= SMALLEST) {
      return SMALLEST;
    }
    return bytes < LARGE
        ? Long.highestOneBit(bytes - 1) << 1
        : Math.addExact(bytes, LARGE - 1) / LARGE * LARGE;
  }
}
