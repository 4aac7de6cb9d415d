package dev.ablate.backend.kernel.cuda;

import static dev.ablate.backend.kernel.cuda.Cuda.check;
import static jcuda.driver.JCudaDriver.cuMemcpyDtoHAsync;
import static jcuda.driver.JCudaDriver.cuMemcpyHtoDAsync;

import dev.ablate.backend.HostBuffer;
import dev.ablate.backend.Traffic;
import java.util.ArrayDeque;
import java.util.Deque;
import jcuda.driver.CUdeviceptr;
import jcuda.driver.CUstream;

/**
 * Copies between Java arrays and a device, in pieces through pinned memory. The context must be
 * current. Safe from several threads.
 */
final class CudaTransfers {
  /** One slot is on its way while the other is emptied; the rest is for other threads. */
  private static final int READ_AHEAD = 2;

  private final CUstream stream;
  private final CudaStaging staging = new CudaStaging();
  private long toDevice;
  private long toHost;

  /** Copies that take their turn in a stream. */
  CudaTransfers(CUstream stream) {
    this.stream = stream;
  }

  /** The array may change as soon as this returns; the copy itself may still be on its way. */
  void write(CUdeviceptr to, HostBuffer from) {
    int width = from.element().bytes();
    int piece = CudaStaging.SLOT_BYTES / width;
    for (int start = 0; start < from.length(); start += piece) {
      int count = (int) Math.min(piece, from.length() - start);
      long bytes = (long) count * width;
      CudaStaging.Slot slot = staging.take();
      try {
        slot.fill(from, start, count);
        synchronized (this) {
          check(
              cuMemcpyHtoDAsync(
                  to.withByteOffset((long) start * width), slot.pinned(), bytes, stream),
              "cuMemcpyHtoDAsync");
          slot.record(stream);
          toDevice += bytes;
        }
      } finally {
        staging.give(slot);
      }
    }
  }

  private record Piece(CudaStaging.Slot slot, int start, int count) {}

  /** Fills an array; waits for it. */
  void read(CUdeviceptr from, HostBuffer to) {
    int width = to.element().bytes();
    int most = CudaStaging.SLOT_BYTES / width;
    Deque<Piece> underWay = new ArrayDeque<>();
    try {
      for (int start = 0; start < to.length(); start += most) {
        CudaStaging.Slot slot = nextSlot(underWay, to);
        int count = (int) Math.min(most, to.length() - start);
        underWay.add(new Piece(slot, start, count));
        synchronized (this) {
          check(
              cuMemcpyDtoHAsync(
                  slot.pinned(),
                  from.withByteOffset((long) start * width),
                  (long) count * width,
                  stream),
              "cuMemcpyDtoHAsync");
          slot.record(stream);
          toHost += (long) count * width;
        }
      }
      while (!underWay.isEmpty()) {
        arrive(underWay, to);
      }
    } finally {
      underWay.forEach(piece -> staging.give(piece.slot()));
    }
  }

  /** A slot for the next piece; a thread that holds one never waits for others to give theirs. */
  private CudaStaging.Slot nextSlot(Deque<Piece> underWay, HostBuffer to) {
    while (!underWay.isEmpty()) {
      CudaStaging.Slot slot = underWay.size() < READ_AHEAD ? staging.takeIfFree() : null;
      if (slot != null) {
        return slot;
      }
      arrive(underWay, to);
    }
    return staging.take();
  }

  private void arrive(Deque<Piece> underWay, HostBuffer to) {
    Piece piece = underWay.peek();
    // Waits outside the lock: other threads go on giving commands meanwhile.
    piece.slot().await();
    piece.slot().drain(to, piece.start(), piece.count());
    staging.give(underWay.remove().slot());
  }

  /** Bytes copied so far. */
  synchronized Traffic traffic() {
    return new Traffic(toDevice, toHost);
  }

  /** Frees the pinned memory; no command may use it any more. */
  void close() {
    staging.close();
  }
}
