package dev.ablate.backend.kernel.cuda;

import static dev.ablate.backend.kernel.cuda.Cuda.check;
import static jcuda.driver.JCudaDriver.cuCtxSetCurrent;
import static jcuda.driver.JCudaDriver.cuDevicePrimaryCtxRelease;
import static jcuda.driver.JCudaDriver.cuDevicePrimaryCtxRetain;
import static jcuda.driver.JCudaDriver.cuLaunchKernel;
import static jcuda.driver.JCudaDriver.cuMemcpyDtoDAsync;
import static jcuda.driver.JCudaDriver.cuMemcpyDtoHAsync;
import static jcuda.driver.JCudaDriver.cuMemcpyHtoDAsync;
import static jcuda.driver.JCudaDriver.cuMemsetD8Async;
import static jcuda.driver.JCudaDriver.cuStreamCreate;
import static jcuda.driver.JCudaDriver.cuStreamDestroy;
import static jcuda.driver.JCudaDriver.cuStreamSynchronize;

import dev.ablate.backend.HostBuffer;
import dev.ablate.backend.Traffic;
import dev.ablate.backend.kernel.Device;
import dev.ablate.backend.kernel.KernelCache;
import dev.ablate.backend.kernel.KernelSource;
import dev.ablate.backend.kernel.OutOfDeviceMemoryException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import jcuda.Pointer;
import jcuda.driver.CUcontext;
import jcuda.driver.CUstream_flags;

/**
 * An NVIDIA GPU behind the CUDA driver: its primary context, which it shares with ONNX Runtime, and
 * a stream of its own in it.
 */
public final class CudaDevice implements Device {
  /** One slot is on its way while the other is emptied; the rest is for other threads. */
  private static final int READ_AHEAD = 2;

  private final CudaDevices.Found found;
  private final Limits limits;
  private final CUcontext context = new CUcontext();
  private final Cuda.StreamHandle stream = new Cuda.StreamHandle();
  private final CudaMemoryPool pool;
  private final CudaStaging staging;
  private final CudaKernels kernels;
  private final Set<CudaMemory> memories = new LinkedHashSet<>();
  private long allocated;
  private long toDevice;
  private long toHost;
  private boolean closed;

  /** Opens a device that {@link CudaDevices} found usable. */
  CudaDevice(CudaDevices.Found found, KernelCache cache) {
    this.found = found;
    this.limits = found.limits();
    check(cuDevicePrimaryCtxRetain(context, found.handle()), "cuDevicePrimaryCtxRetain");
    enter();
    check(cuStreamCreate(stream, CUstream_flags.CU_STREAM_NON_BLOCKING), "cuStreamCreate");
    this.pool = new CudaMemoryPool(stream, limits.memoryBytes() / 8);
    this.staging = new CudaStaging();
    this.kernels = new CudaKernels(new CudaImages(found, cache));
  }

  private final class CudaMemory implements Memory {
    private final CudaMemoryPool.Block block;
    private final long bytes;
    private boolean freed;

    CudaMemory(CudaMemoryPool.Block block, long bytes) {
      this.block = block;
      this.bytes = bytes;
    }

    @Override
    public long bytes() {
      return bytes;
    }

    @Override
    public long address() {
      return block.address().value();
    }

    @Override
    public void close() {
      synchronized (CudaDevice.this) {
        if (!freed) {
          freed = true;
          memories.remove(this);
          allocated -= bytes;
          enter();
          pool.give(block);
        }
      }
    }
  }

  /** Makes the context current in this thread: every thread comes with its own, or none. */
  private void enter() {
    check(cuCtxSetCurrent(context), "cuCtxSetCurrent");
  }

  @Override
  public String kind() {
    return "cuda";
  }

  @Override
  public String name() {
    return found.name();
  }

  @Override
  public String driver() {
    return found.driver();
  }

  @Override
  public String architecture() {
    return found.architecture();
  }

  @Override
  public Limits limits() {
    return limits;
  }

  @Override
  public boolean clusters() {
    return found.clusters();
  }

  @Override
  public synchronized Memory allocate(long bytes) {
    enter();
    try {
      CudaMemory memory = new CudaMemory(pool.take(bytes), bytes);
      memories.add(memory);
      allocated += bytes;
      return memory;
    } catch (Cuda.Failure e) {
      throw e.outOfMemory() ? outOfMemory(bytes, e) : e;
    }
  }

  private OutOfDeviceMemoryException outOfMemory(long bytes, Cuda.Failure cause) {
    OutOfDeviceMemoryException e =
        new OutOfDeviceMemoryException(name(), bytes, allocated, limits.memoryBytes());
    e.initCause(cause);
    return e;
  }

  /** The array may change as soon as this returns; the copy itself may still be on its way. */
  @Override
  public void write(Memory to, long offset, HostBuffer from) {
    within(to, offset, from.bytes());
    enter();
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
                  address(to).withByteOffset(offset + (long) start * width),
                  slot.pinned(),
                  bytes,
                  stream),
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

  @Override
  public void read(Memory from, long offset, HostBuffer to) {
    within(from, offset, to.bytes());
    enter();
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
                  address(from).withByteOffset(offset + (long) start * width),
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

  @Override
  public synchronized void copy(
      Memory from, long fromOffset, Memory to, long toOffset, long bytes) {
    within(from, fromOffset, bytes);
    within(to, toOffset, bytes);
    if (bytes > 0) {
      enter();
      check(
          cuMemcpyDtoDAsync(
              address(to).withByteOffset(toOffset),
              address(from).withByteOffset(fromOffset),
              bytes,
              stream),
          "cuMemcpyDtoDAsync");
    }
  }

  @Override
  public synchronized void clear(Memory memory, long offset, long bytes) {
    within(memory, offset, bytes);
    if (bytes > 0) {
      enter();
      check(
          cuMemsetD8Async(address(memory).withByteOffset(offset), (byte) 0, bytes, stream),
          "cuMemsetD8Async");
    }
  }

  @Override
  public synchronized Kernel kernel(KernelSource source, String function) {
    enter();
    return kernels.get(source, function);
  }

  @Override
  public synchronized void launch(
      Kernel kernel, int groups, int groupSize, int localBytes, Object... arguments) {
    CudaKernels.CudaKernel launched = (CudaKernels.CudaKernel) kernel;
    Pointer[] parameters = new Pointer[arguments.length + 1];
    for (int i = 0; i < arguments.length; i++) {
      parameters[i] = parameter(i, arguments[i]);
    }
    // The dialect's last parameter is the local memory; here the launch itself has its size.
    parameters[arguments.length] = Pointer.to(new int[] {localBytes});
    enter();
    launched.allowLocal(localBytes);
    int result =
        cuLaunchKernel(
            launched.handle(),
            groups,
            1,
            1,
            groupSize,
            1,
            1,
            localBytes,
            stream,
            Pointer.to(parameters),
            null);
    try {
      check(
          result,
          String.format(
              "starting %s with %d groups of %d and %d bytes",
              kernel.name(), groups, groupSize, localBytes));
    } catch (Cuda.Failure e) {
      throw e.outOfMemory() ? outOfMemory(0, e) : e;
    }
  }

  private Pointer parameter(int index, Object argument) {
    if (argument instanceof Memory memory) {
      return Pointer.to(address(memory));
    } else if (argument instanceof Integer number) {
      return Pointer.to(new int[] {number});
    } else if (argument instanceof Long number) {
      return Pointer.to(new long[] {number});
    } else if (argument instanceof Float number) {
      return Pointer.to(new float[] {number});
    } else if (argument instanceof Double number) {
      return Pointer.to(new double[] {number});
    }
    throw new IllegalArgumentException("argument " + index + " of a kernel is a " + argument);
  }

  private static Cuda.Address address(Memory memory) {
    CudaMemory here = (CudaMemory) memory;
    if (here.freed) {
      throw new IllegalStateException("this buffer is closed");
    }
    return here.block.address();
  }

  /** The driver knows blocks, which are larger than what was asked for. */
  private static void within(Memory memory, long offset, long bytes) {
    if (offset < 0 || bytes < 0 || bytes > memory.bytes() - offset) {
      throw new IllegalArgumentException(
          bytes + " bytes from " + offset + " on in a buffer of " + memory.bytes());
    }
  }

  @Override
  public void finish() {
    enter();
    check(cuStreamSynchronize(stream), "waiting for the device");
  }

  @Override
  public long stream() {
    return stream.value();
  }

  /** A second stream of commands on this device, for one who works beside the kernels. */
  public synchronized CudaStream newStream() {
    enter();
    return new CudaStream(context, stream);
  }

  /**
   * Milliseconds that commands take on the device, measured between two events in its stream; other
   * threads must not use the device meanwhile.
   */
  public double milliseconds(Runnable commands) {
    enter();
    try (CudaEvent start = new CudaEvent(true);
        CudaEvent end = new CudaEvent(true)) {
      start.record(stream);
      commands.run();
      end.record(stream);
      end.await();
      return end.since(start);
    }
  }

  @Override
  public synchronized Traffic traffic() {
    return new Traffic(toDevice, toHost);
  }

  @Override
  public synchronized long allocated() {
    return allocated;
  }

  @Override
  public synchronized void close() {
    if (closed) {
      return;
    }
    closed = true;
    finish();
    List.copyOf(memories).forEach(CudaMemory::close);
    pool.trim();
    staging.close();
    kernels.close();
    check(cuStreamDestroy(stream), "cuStreamDestroy");
    check(cuDevicePrimaryCtxRelease(found.handle()), "cuDevicePrimaryCtxRelease");
  }
}
