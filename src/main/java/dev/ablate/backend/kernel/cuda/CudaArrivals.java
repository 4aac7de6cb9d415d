package dev.ablate.backend.kernel.cuda;

import static dev.ablate.backend.kernel.cuda.Cuda.check;
import static jcuda.driver.JCudaDriver.cuMemcpyDtoHAsync;

import dev.ablate.backend.Arrival;
import dev.ablate.backend.HostBuffer;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;
import jcuda.driver.CUdeviceptr;
import jcuda.driver.CUstream;

/**
 * Numbers on their way from the device. They wait in pinned memory until somebody asks for them;
 * where that is full, the oldest go into their arrays first, and only then does the one who sends
 * more wait. Safe from several threads.
 */
final class CudaArrivals {
  /** Pinned memory for all that is on its way. */
  static final int MOST_BYTES = 16 << 20;

  private static final int LEAST_BYTES = 64 << 10;

  private final CudaContext context;
  private final CUstream stream;
  private final TreeMap<Integer, Deque<CudaStaging.Slot>> free = new TreeMap<>();
  private final Set<Coming> underWay = new LinkedHashSet<>();
  // Held by the one who sends, so that all pinned memory is free or under way when it is looked at.
  // Taken before the lock of an arrival, that before the one of this object.
  private final Object sending = new Object();
  private long pinned;

  /** Arrivals of what is copied in a stream. */
  CudaArrivals(CudaContext context, CUstream stream) {
    this.context = context;
    this.stream = stream;
  }

  private final class Coming implements Arrival {
    private final HostBuffer to;
    private CudaStaging.Slot slot;

    Coming(CudaStaging.Slot slot, HostBuffer to) {
      this.slot = slot;
      this.to = to;
    }

    @Override
    public synchronized HostBuffer await() {
      if (slot != null) {
        context.calls(slot::await);
        slot.drain(0, to, 0, (int) to.length());
        arrived(this, slot);
        slot = null;
      }
      return to;
    }

    @Override
    public synchronized boolean here() {
      return slot == null || context.call(slot::done);
    }
  }

  /**
   * Sends what fills a buffer. The context must be current.
   *
   * @param to at most {@link #MOST_BYTES}
   */
  Arrival send(CUdeviceptr from, HostBuffer to) {
    synchronized (sending) {
      int size = size((int) to.bytes());
      CudaStaging.Slot slot = take(size);
      while (slot == null) {
        Coming oldest = oldest();
        if (oldest != null) {
          oldest.await();
        }
        slot = take(size);
      }
      Coming coming = new Coming(slot, to);
      // Known before it is on its way: should the driver refuse, the memory is not lost.
      sent(coming);
      check(cuMemcpyDtoHAsync(slot.pinned(), from, to.bytes(), stream), "cuMemcpyDtoHAsync");
      slot.record(stream);
      return coming;
    }
  }

  /** Powers of two, so that arrivals of about one size share memory. */
  private static int size(int bytes) {
    return bytes <= LEAST_BYTES ? LEAST_BYTES : Integer.highestOneBit(bytes - 1) << 1;
  }

  /** Pinned memory that no command uses, or null where all is under way. */
  private synchronized CudaStaging.Slot take(int size) {
    Deque<CudaStaging.Slot> fitting = free.get(size);
    if (fitting != null && !fitting.isEmpty()) {
      return fitting.pop();
    }
    if (pinned + size > MOST_BYTES) {
      freeAll();
    }
    if (pinned + size > MOST_BYTES) {
      return null;
    }
    CudaStaging.Slot slot = new CudaStaging.Slot(size, CudaEvent.blocking());
    pinned += size;
    return slot;
  }

  private synchronized void sent(Coming coming) {
    underWay.add(coming);
  }

  /** Null if all have arrived meanwhile. */
  private synchronized Coming oldest() {
    return underWay.isEmpty() ? null : underWay.iterator().next();
  }

  private synchronized void arrived(Coming coming, CudaStaging.Slot slot) {
    underWay.remove(coming);
    free.computeIfAbsent(slot.size(), size -> new ArrayDeque<>()).push(slot);
  }

  private void freeAll() {
    for (Deque<CudaStaging.Slot> slots : free.values()) {
      for (CudaStaging.Slot slot : slots) {
        pinned -= slot.size();
        slot.free();
      }
    }
    free.clear();
  }

  /** Lets all arrive and frees the pinned memory. The context must be current. */
  void close() {
    List<Coming> rest;
    synchronized (this) {
      rest = List.copyOf(underWay);
    }
    rest.forEach(Coming::await);
    synchronized (this) {
      freeAll();
    }
  }
}
