package dev.ablate.backend.kernel.cuda;

import static dev.ablate.backend.kernel.cuda.Cuda.check;
import static jcuda.driver.JCudaDriver.cuLaunchKernel;
import static jcuda.driver.JCudaDriver.cuMemGetInfo;
import static jcuda.driver.JCudaDriver.cuMemcpyDtoDAsync;
import static jcuda.driver.JCudaDriver.cuMemsetD8Async;
import static jcuda.driver.JCudaDriver.cuStreamCreate;
import static jcuda.driver.JCudaDriver.cuStreamDestroy;
import static jcuda.driver.JCudaDriver.cuStreamSynchronize;

import dev.ablate.backend.Arrival;
import dev.ablate.backend.HostBuffer;
import dev.ablate.backend.Traffic;
import dev.ablate.backend.kernel.Device;
import dev.ablate.backend.kernel.KernelCache;
import dev.ablate.backend.kernel.KernelSource;
import dev.ablate.backend.kernel.OutOfDeviceMemoryException;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import jcuda.driver.CUdeviceptr;
import jcuda.driver.CUresult;
import jcuda.driver.CUstream_flags;

/**
 * An NVIDIA GPU behind the CUDA driver: its primary context, which it shares with ONNX Runtime, and
 * a stream of its own in it.
 */
public final class CudaDevice implements Device {
  /** Parts begin where a warp's loads do. */
  private static final int PART_BYTES = 128;

  private final CudaDevices.Found found;
  private final Limits limits;
  private final CudaFaults faults = new CudaFaults();
  private final CudaContext context;
  private final Cuda.StreamHandle stream = new Cuda.StreamHandle();
  private final CudaMemoryPool pool;
  private final CudaTransfers transfers;
  private final CudaParameters parameters;
  private final CudaKernels kernels;
  private final Set<CudaMemory> memories = new LinkedHashSet<>();
  private long allocated;
  private boolean closed;

  /** Opens a device that {@link CudaDevices} found usable. */
  CudaDevice(CudaDevices.Found found, KernelCache cache) {
    this.found = found;
    this.limits = found.limits();
    this.context = new CudaContext(found.handle(), faults);
    check(cuStreamCreate(stream, CUstream_flags.CU_STREAM_NON_BLOCKING), "cuStreamCreate");
    this.pool = new CudaMemoryPool(stream, limits.memoryBytes() / 8);
    this.transfers = new CudaTransfers(context, stream);
    this.parameters = new CudaParameters();
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
          context.calls(this::free);
        }
      }
    }

    private void free() {
      freed = true;
      memories.remove(this);
      allocated -= bytes;
      pool.give(block);
    }
  }

  private record CudaPart(CudaMemory whole, long offset, long bytes) implements Memory {
    @Override
    public long address() {
      return whole.address() + offset;
    }

    @Override
    public void close() {
      // Freed with the whole.
    }
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
  public synchronized Memory allocate(long bytes) {
    try {
      CudaMemory memory = context.call(() -> new CudaMemory(pool.take(bytes), bytes));
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

  @Override
  public int alignment() {
    return PART_BYTES;
  }

  @Override
  public Memory part(Memory whole, long offset, long bytes) {
    within(whole, offset, bytes);
    return new CudaPart(open(whole), offset, bytes);
  }

  @Override
  public void write(Memory to, long offset, HostBuffer from) {
    within(to, offset, from.bytes());
    context.calls(() -> transfers.write(address(to, offset), from));
  }

  @Override
  public void read(Memory from, long offset, HostBuffer to) {
    within(from, offset, to.bytes());
    context.calls(() -> transfers.read(address(from, offset), to));
  }

  @Override
  public void read(List<Fetch> fetches) {
    List<CudaTransfers.Wanted> wanted = new ArrayList<>();
    for (Fetch fetch : fetches) {
      within(fetch.from(), fetch.offset(), fetch.to().bytes());
      wanted.add(new CudaTransfers.Wanted(address(fetch.from(), fetch.offset()), fetch.to()));
    }
    context.calls(() -> transfers.read(wanted));
  }

  @Override
  public Arrival send(Fetch fetch) {
    within(fetch.from(), fetch.offset(), fetch.to().bytes());
    return context.call(() -> transfers.send(address(fetch.from(), fetch.offset()), fetch.to()));
  }

  @Override
  public synchronized void copy(
      Memory from, long fromOffset, Memory to, long toOffset, long bytes) {
    within(from, fromOffset, bytes);
    within(to, toOffset, bytes);
    if (bytes > 0) {
      context.calls(
          () ->
              check(
                  cuMemcpyDtoDAsync(
                      address(to, toOffset), address(from, fromOffset), bytes, stream),
                  "cuMemcpyDtoDAsync"));
    }
  }

  @Override
  public synchronized void clear(Memory memory, long offset, long bytes) {
    within(memory, offset, bytes);
    if (bytes > 0) {
      context.calls(
          () ->
              check(
                  cuMemsetD8Async(address(memory, offset), (byte) 0, bytes, stream),
                  "cuMemsetD8Async"));
    }
  }

  @Override
  public synchronized Kernel kernel(KernelSource source, String function) {
    return context.call(() -> kernels.get(source, function));
  }

  @Override
  public synchronized void launch(
      Kernel kernel, int groups, int groupSize, int localBytes, Object... arguments) {
    CudaKernels.CudaKernel launched = (CudaKernels.CudaKernel) kernel;
    context.enter();
    parameters.clear();
    for (int i = 0; i < arguments.length; i++) {
      add(arguments[i]);
    }
    // The dialect's last parameter is the local memory; here the launch itself has its size.
    parameters.add(localBytes);
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
            parameters.pointer(),
            null);
    if (result != CUresult.CUDA_SUCCESS) {
      throw failed("starting ", kernel, groups, groupSize, localBytes, result);
    }
    faults.started(kernel.name());
    if (faults.waiting()) {
      result = cuStreamSynchronize(stream);
      if (result != CUresult.CUDA_SUCCESS) {
        throw failed("running ", kernel, groups, groupSize, localBytes, result);
      }
    }
  }

  private RuntimeException failed(
      String what, Kernel kernel, int groups, int groupSize, int localBytes, int result) {
    String call =
        String.format(
            "%s%s with %d groups of %d and %d bytes of local memory",
            what, kernel.name(), groups, groupSize, localBytes);
    Cuda.Failure failure = new Cuda.Failure(call, result);
    return failure.outOfMemory() ? outOfMemory(0, failure) : faults.explain(failure);
  }

  private void add(Object argument) {
    if (argument instanceof Memory memory) {
      open(memory);
      parameters.add(memory.address());
    } else {
      parameters.add(argument);
    }
  }

  /** The memory itself, or what it is part of; neither may be closed. */
  private static CudaMemory open(Memory memory) {
    CudaMemory here = memory instanceof CudaPart part ? part.whole() : (CudaMemory) memory;
    if (here.freed) {
      throw new IllegalStateException("this buffer is closed");
    }
    return here;
  }

  private static CUdeviceptr address(Memory memory, long offset) {
    CudaMemory whole = open(memory);
    return whole.block.address().withByteOffset(memory.address() - whole.address() + offset);
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
    context.calls(this::await);
  }

  private void await() {
    check(cuStreamSynchronize(stream), "waiting for the device");
  }

  @Override
  public long stream() {
    return stream.value();
  }

  /** A second stream of commands on this device, for one who works beside the kernels. */
  public synchronized CudaStream newStream() {
    return context.call(() -> new CudaStream(context, stream));
  }

  /**
   * Milliseconds that commands take on the device, measured between two events in its stream; other
   * threads must not use the device meanwhile.
   */
  public double milliseconds(Runnable commands) {
    return context.call(
        () -> {
          try (CudaEvent start = CudaEvent.timed();
              CudaEvent end = CudaEvent.timed()) {
            start.record(stream);
            commands.run();
            end.record(stream);
            end.await();
            return end.since(start);
          }
        });
  }

  @Override
  public Traffic traffic() {
    return transfers.traffic();
  }

  @Override
  public synchronized long allocated() {
    return allocated;
  }

  @Override
  public synchronized long freeMemory() {
    return context.call(
        () -> {
          pool.trim();
          long[] free = new long[1];
          check(cuMemGetInfo(free, new long[1]), "cuMemGetInfo");
          return free[0];
        });
  }

  /** The number of the device as the driver counts, for those who name it to other libraries. */
  public int ordinal() {
    return found.ordinal();
  }

  @Override
  public synchronized void close() {
    if (closed) {
      return;
    }
    try {
      finish();
      transfers.await();
    } finally {
      closed = true;
      context.shut();
    }
    List.copyOf(memories).forEach(CudaMemory::free);
    pool.trim();
    transfers.close();
    parameters.close();
    kernels.close();
    check(cuStreamDestroy(stream), "cuStreamDestroy");
    context.close();
  }
}
