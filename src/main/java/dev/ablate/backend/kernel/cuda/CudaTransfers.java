package dev.ablate.backend.kernel.cuda;

import static dev.ablate.backend.kernel.cuda.Cuda.check;
import static jcuda.driver.JCudaDriver.cuMemcpyDtoHAsync;
import static jcuda.driver.JCudaDriver.cuMemcpyHtoDAsync;

import dev.ablate.backend.Arrival;
import dev.ablate.backend.HostBuffer;
import dev.ablate.backend.Traffic;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import jcuda.Pointer;
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
  private final CudaSmallWrites small = new CudaSmallWrites();
  private final CudaArrivals arrivals;
  private long toDevice;
  private long toHost;

  /** Copies that take their turn in a stream. */
  CudaTransfers(CudaContext context, CUstream stream) {
    this.stream = stream;
    this.arrivals = new CudaArrivals(context, stream);
  }

  /** The array may change as soon as this returns; the copy itself may still be on its way. */
  void write(CUdeviceptr to, HostBuffer from) {
    if (from.bytes() <= CudaSmallWrites.MOST_BYTES) {
      writeSmall(to, from);
      return;
    }
    int width = from.element().bytes();
    int piece = CudaStaging.SLOT_BYTES / width;
    for (int start = 0; start < from.length(); start += piece) {
      int count = (int) Math.min(piece, from.length() - start);
      long bytes = (long) count * width;
      CudaStaging.Slot slot = staging.take();
      try {
        slot.fill(0, from, start, count);
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

  private synchronized void writeSmall(CUdeviceptr to, HostBuffer from) {
    if (from.length() > 0) {
      Pointer pinned = small.put(from, stream);
      check(cuMemcpyHtoDAsync(to, pinned, from.bytes(), stream), "cuMemcpyHtoDAsync");
      toDevice += from.bytes();
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

  /** A host buffer to be filled from an address. */
  record Wanted(CUdeviceptr from, HostBuffer to) {}

  /** Fills several arrays; small ones share a slot and a wait. */
  void read(List<Wanted> wanted) {
    long all = wanted.stream().mapToLong(a -> aligned(a.to().bytes())).sum();
    if (all > CudaStaging.SLOT_BYTES) {
      wanted.forEach(a -> read(a.from(), a.to()));
      return;
    }
    CudaStaging.Slot slot = staging.take();
    try {
      synchronized (this) {
        int at = 0;
        for (Wanted one : wanted) {
          long bytes = one.to().bytes();
          check(
              cuMemcpyDtoHAsync(slot.pinned().withByteOffset(at), one.from(), bytes, stream),
              "cuMemcpyDtoHAsync");
          at += aligned(bytes);
          toHost += bytes;
        }
        slot.record(stream);
      }
      slot.await();
      int at = 0;
      for (Wanted one : wanted) {
        slot.drain(at, one.to(), 0, (int) one.to().length());
        at += aligned(one.to().bytes());
      }
    } finally {
      staging.give(slot);
    }
  }

  /**
   * Sends what fills a buffer on its way; waits only where more is on its way than pinned memory
   * holds.
   */
  Arrival send(CUdeviceptr from, HostBuffer to) {
    if (to.bytes() > CudaArrivals.MOST_BYTES) {
      read(from, to);
      return Arrival.of(to);
    }
    Arrival arrival = arrivals.send(from, to);
    synchronized (this) {
      toHost += to.bytes();
    }
    return arrival;
  }

  /** Lets all that was sent arrive. */
  void await() {
    arrivals.close();
  }

  private static long aligned(long bytes) {
    return (bytes + Long.BYTES - 1) / Long.BYTES * Long.BYTES;
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
    piece.slot().drain(0, to, piece.start(), piece.count());
    staging.give(underWay.remove().slot());
  }

  /** Bytes copied so far. */
  synchronized Traffic traffic() {
    return new Traffic(toDevice, toHost);
  }

  /** Frees the pinned memory; no command may use it any more. */
  void close() {
    staging.close();
    small.close();
  }
}
