package dev.ablate.backend.kernel.cuda;

import static jcuda.driver.JCudaDriver.cuMemAllocHost;
import static jcuda.driver.JCudaDriver.cuMemFreeHost;

import dev.ablate.backend.HostBuffer;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import jcuda.Pointer;
import jcuda.driver.CUstream;

/**
 * Pinned memory between Java arrays and the device: the copy engine reads and writes it without the
 * processor, and several pieces of one transfer are on their way at once. Safe from several
 * threads.
 */
final class CudaStaging {
  /**
   * Large enough for the full speed of the link, small enough to overlap with copying on the host.
   */
  static final int SLOT_BYTES = 4 << 20;

  private static final int SLOTS = 4;

  private final List<Slot> slots = new ArrayList<>();
  private final Deque<Slot> free = new ArrayDeque<>();

  /** One piece of pinned memory, owned by one thread at a time. */
  static final class Slot {
    private final Pointer pinned = new Pointer();
    private final CudaEvent used;
    private final ByteBuffer bytes;

    /** Pinned memory in the current context. */
    Slot(int size) {
      this(size, CudaEvent.plain());
    }

    /** The same, with the event that says when it may be read. */
    Slot(int size, CudaEvent used) {
      this.used = used;
      Cuda.check(cuMemAllocHost(pinned, size), "cuMemAllocHost");
      this.bytes = pinned.getByteBuffer(0, size);
    }

    /** Frees it; no command may use it any more. */
    void free() {
      used.close();
      Cuda.check(cuMemFreeHost(pinned), "cuMemFreeHost");
    }

    Pointer pinned() {
      return pinned;
    }

    /** Size in bytes. */
    int size() {
      return bytes.capacity();
    }

    /** Notes that the commands given to a stream so far use this slot. */
    void record(CUstream stream) {
      used.record(stream);
    }

    /** Waits until the noted commands are done; at once if none was noted. */
    void await() {
      used.await();
    }

    /** Whether the noted commands are done. */
    boolean done() {
      return used.done();
    }

    /**
     * Copies elements {@code start} to {@code start + count} of a buffer into the slot, from a byte
     * on.
     */
    void fill(int to, HostBuffer from, int start, int count) {
      bytes.clear().position(to);
      switch (from.element()) {
        case U64 -> bytes.asLongBuffer().put(from.words(), start, count);
        case F64 -> bytes.asDoubleBuffer().put(from.doubles(), start, count);
        case F32 -> bytes.asFloatBuffer().put(from.floats(), start, count);
        case I32 -> bytes.asIntBuffer().put(from.ints(), start, count);
        case U8 -> bytes.put(from.byteArray(), start, count);
      }
    }

    /**
     * Copies the slot, from a byte on, into elements {@code start} to {@code start + count} of a
     * buffer.
     */
    void drain(int from, HostBuffer to, int start, int count) {
      bytes.clear().position(from);
      switch (to.element()) {
        case U64 -> bytes.asLongBuffer().get(to.words(), start, count);
        case F64 -> bytes.asDoubleBuffer().get(to.doubles(), start, count);
        case F32 -> bytes.asFloatBuffer().get(to.floats(), start, count);
        case I32 -> bytes.asIntBuffer().get(to.ints(), start, count);
        case U8 -> bytes.get(to.byteArray(), start, count);
      }
    }
  }

  /** Slots in the current context. */
  CudaStaging() {
    for (int i = 0; i < SLOTS; i++) {
      slots.add(new Slot(SLOT_BYTES));
    }
    free.addAll(slots);
  }

  /** A slot that no command uses any more; waits for one. The context must be current. */
  Slot take() {
    Slot slot = first();
    try {
      slot.await();
      return slot;
    } catch (RuntimeException e) {
      give(slot);
      throw e;
    }
  }

  private synchronized Slot first() {
    boolean interrupted = false;
    while (free.isEmpty()) {
      try {
        wait();
      } catch (InterruptedException e) {
        // The holder of a slot gives it back in bounded time.
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
    return free.poll();
  }

  /** A slot if one is free now, or null. */
  Slot takeIfFree() {
    synchronized (this) {
      if (free.isEmpty()) {
        return null;
      }
    }
    return take();
  }

  /** Gives a slot back, which commands may still use. */
  synchronized void give(Slot slot) {
    free.add(slot);
    notifyAll();
  }

  /** Frees all; no command may use a slot any more. */
  void close() {
    slots.forEach(Slot::free);
  }
}
