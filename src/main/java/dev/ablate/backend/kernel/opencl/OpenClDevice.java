package dev.ablate.backend.kernel.opencl;

import static org.jocl.CL.CL_BUFFER_CREATE_TYPE_REGION;
import static org.jocl.CL.CL_CONTEXT_PLATFORM;
import static org.jocl.CL.CL_DEVICE_GLOBAL_MEM_SIZE;
import static org.jocl.CL.CL_DEVICE_LOCAL_MEM_SIZE;
import static org.jocl.CL.CL_DEVICE_MAX_COMPUTE_UNITS;
import static org.jocl.CL.CL_DEVICE_MAX_MEM_ALLOC_SIZE;
import static org.jocl.CL.CL_DEVICE_MAX_WORK_GROUP_SIZE;
import static org.jocl.CL.CL_DEVICE_MEM_BASE_ADDR_ALIGN;
import static org.jocl.CL.CL_KERNEL_WORK_GROUP_SIZE;
import static org.jocl.CL.CL_MEM_READ_WRITE;
import static org.jocl.CL.CL_TRUE;
import static org.jocl.CL.clCreateBuffer;
import static org.jocl.CL.clCreateCommandQueue;
import static org.jocl.CL.clCreateContext;
import static org.jocl.CL.clCreateKernel;
import static org.jocl.CL.clCreateSubBuffer;
import static org.jocl.CL.clEnqueueCopyBuffer;
import static org.jocl.CL.clEnqueueFillBuffer;
import static org.jocl.CL.clEnqueueNDRangeKernel;
import static org.jocl.CL.clEnqueueReadBuffer;
import static org.jocl.CL.clEnqueueWriteBuffer;
import static org.jocl.CL.clFinish;
import static org.jocl.CL.clGetKernelWorkGroupInfo;
import static org.jocl.CL.clReleaseCommandQueue;
import static org.jocl.CL.clReleaseContext;
import static org.jocl.CL.clReleaseKernel;
import static org.jocl.CL.clReleaseMemObject;
import static org.jocl.CL.clReleaseProgram;
import static org.jocl.CL.clSetKernelArg;

import dev.ablate.backend.HostBuffer;
import dev.ablate.backend.Traffic;
import dev.ablate.backend.kernel.Device;
import dev.ablate.backend.kernel.KernelCache;
import dev.ablate.backend.kernel.KernelSource;
import dev.ablate.backend.kernel.OutOfDeviceMemoryException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jocl.CL;
import org.jocl.CLException;
import org.jocl.Pointer;
import org.jocl.Sizeof;
import org.jocl.cl_buffer_region;
import org.jocl.cl_command_queue;
import org.jocl.cl_context;
import org.jocl.cl_context_properties;
import org.jocl.cl_device_id;
import org.jocl.cl_kernel;
import org.jocl.cl_mem;
import org.jocl.cl_program;

/** A device behind OpenCL 1.2 or newer. */
public final class OpenClDevice implements Device {
  private final OpenClPlatforms.Found found;
  private final cl_context context;
  private final cl_command_queue queue;
  private final Limits limits;
  private final int alignment;
  private final OpenClPrograms compiler;
  private final Map<KernelSource, cl_program> programs = new HashMap<>();
  private final Map<Key, OpenClKernel> kernels = new HashMap<>();
  private final List<OpenClMemory> memories = new ArrayList<>();
  private long allocated;
  private long toDevice;
  private long toHost;
  private boolean closed;

  private record Key(KernelSource source, String function) {}

  /** Opens a device that {@link OpenClPlatforms} found; compiled kernels are kept in a cache. */
  OpenClDevice(OpenClPlatforms.Found found, KernelCache cache) {
    CL.setExceptionsEnabled(true);
    this.found = found;
    cl_device_id id = found.device();
    cl_context_properties properties = new cl_context_properties();
    properties.addProperty(CL_CONTEXT_PLATFORM, found.platform());
    this.context = clCreateContext(properties, 1, new cl_device_id[] {id}, null, null, null);
    this.queue = createQueue(context, id);
    this.compiler = new OpenClPrograms(context, found, cache);
    // In bits, as OpenCL says it.
    this.alignment = (int) OpenClPlatforms.number(id, CL_DEVICE_MEM_BASE_ADDR_ALIGN) / Byte.SIZE;
    this.limits =
        new Limits(
            (int) OpenClPlatforms.number(id, CL_DEVICE_MAX_COMPUTE_UNITS),
            (int) Math.min(1024, OpenClPlatforms.number(id, CL_DEVICE_MAX_WORK_GROUP_SIZE)),
            OpenClPlatforms.number(id, CL_DEVICE_LOCAL_MEM_SIZE),
            OpenClPlatforms.number(id, CL_DEVICE_GLOBAL_MEM_SIZE),
            OpenClPlatforms.number(id, CL_DEVICE_MAX_MEM_ALLOC_SIZE));
  }

  // The call that replaces it needs OpenCL 2.0; all drivers have this one.
  @SuppressWarnings("deprecation")
  private static cl_command_queue createQueue(cl_context context, cl_device_id id) {
    return clCreateCommandQueue(context, id, 0, null);
  }

  private final class OpenClMemory implements Memory {
    private final cl_mem handle;
    private final long bytes;
    private final long own;
    private boolean freed;

    /** A part has no bytes of its own: the driver keeps the whole until its parts are released. */
    OpenClMemory(cl_mem handle, long bytes, long own) {
      this.handle = handle;
      this.bytes = bytes;
      this.own = own;
      memories.add(this);
      allocated += own;
    }

    @Override
    public long bytes() {
      return bytes;
    }

    @Override
    public long address() {
      return 0;
    }

    @Override
    public void close() {
      synchronized (OpenClDevice.this) {
        if (!freed) {
          freed = true;
          memories.remove(this);
          allocated -= own;
          clReleaseMemObject(handle);
        }
      }
    }
  }

  private record OpenClKernel(cl_kernel handle, String name, int groupSize) implements Kernel {}

  @Override
  public String kind() {
    return "opencl";
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
    return found.gpu() ? "opencl-gpu" : "opencl-cpu";
  }

  @Override
  public Limits limits() {
    return limits;
  }

  @Override
  public synchronized Memory allocate(long bytes) {
    if (bytes > limits.largestBuffer()) {
      throw new OutOfDeviceMemoryException(name(), bytes, allocated, limits.memoryBytes());
    }
    try {
      return new OpenClMemory(
          clCreateBuffer(context, CL_MEM_READ_WRITE, bytes, null, null), bytes, bytes);
    } catch (CLException e) {
      if (OpenClPlatforms.outOfMemory(e)) {
        throw new OutOfDeviceMemoryException(name(), bytes, allocated, limits.memoryBytes());
      }
      throw e;
    }
  }

  @Override
  public int alignment() {
    return alignment;
  }

  @Override
  public synchronized Memory part(Memory whole, long offset, long bytes) {
    cl_buffer_region region = new cl_buffer_region(offset, bytes);
    return new OpenClMemory(
        clCreateSubBuffer(
            handle(whole), CL_MEM_READ_WRITE, CL_BUFFER_CREATE_TYPE_REGION, region, null),
        bytes,
        0);
  }

  @Override
  public synchronized void write(Memory to, long offset, HostBuffer from) {
    toDevice += from.bytes();
    clEnqueueWriteBuffer(
        queue, handle(to), CL_TRUE, offset, from.bytes(), pointer(from), 0, null, null);
  }

  @Override
  public synchronized void read(Memory from, long offset, HostBuffer to) {
    toHost += to.bytes();
    clEnqueueReadBuffer(
        queue, handle(from), CL_TRUE, offset, to.bytes(), pointer(to), 0, null, null);
  }

  @Override
  public synchronized void copy(
      Memory from, long fromOffset, Memory to, long toOffset, long bytes) {
    clEnqueueCopyBuffer(
        queue, handle(from), handle(to), fromOffset, toOffset, bytes, 0, null, null);
  }

  @Override
  public synchronized void clear(Memory memory, long offset, long bytes) {
    clEnqueueFillBuffer(
        queue, handle(memory), Pointer.to(new byte[1]), 1, offset, bytes, 0, null, null);
  }

  @Override
  public synchronized Kernel kernel(KernelSource source, String function) {
    return kernels.computeIfAbsent(
        new Key(source, function),
        key -> {
          cl_program program = programs.computeIfAbsent(source, compiler::build);
          cl_kernel handle = clCreateKernel(program, function, null);
          long[] most = new long[1];
          clGetKernelWorkGroupInfo(
              handle,
              found.device(),
              CL_KERNEL_WORK_GROUP_SIZE,
              Sizeof.size_t,
              Pointer.to(most),
              null);
          return new OpenClKernel(handle, function, (int) most[0]);
        });
  }

  @Override
  public synchronized void launch(
      Kernel kernel, int groups, int groupSize, int localBytes, Object... arguments) {
    cl_kernel handle = ((OpenClKernel) kernel).handle();
    for (int i = 0; i < arguments.length; i++) {
      set(handle, i, arguments[i]);
    }
    // Some drivers refuse local memory of no bytes.
    clSetKernelArg(handle, arguments.length, Math.max(8, localBytes), null);
    clEnqueueNDRangeKernel(
        queue,
        handle,
        1,
        null,
        new long[] {(long) groups * groupSize},
        new long[] {groupSize},
        0,
        null,
        null);
  }

  private void set(cl_kernel kernel, int index, Object argument) {
    if (argument instanceof Memory memory) {
      clSetKernelArg(kernel, index, Sizeof.cl_mem, Pointer.to(handle(memory)));
    } else if (argument instanceof Integer number) {
      clSetKernelArg(kernel, index, Sizeof.cl_int, Pointer.to(new int[] {number}));
    } else if (argument instanceof Long number) {
      clSetKernelArg(kernel, index, Sizeof.cl_long, Pointer.to(new long[] {number}));
    } else if (argument instanceof Float number) {
      clSetKernelArg(kernel, index, Sizeof.cl_float, Pointer.to(new float[] {number}));
    } else if (argument instanceof Double number) {
      clSetKernelArg(kernel, index, Sizeof.cl_double, Pointer.to(new double[] {number}));
    } else {
      throw new IllegalArgumentException("argument " + index + " of a kernel is a " + argument);
    }
  }

  private cl_mem handle(Memory memory) {
    OpenClMemory here = (OpenClMemory) memory;
    if (here.freed) {
      throw new IllegalStateException("this buffer is closed");
    }
    return here.handle;
  }

  private static Pointer pointer(HostBuffer buffer) {
    return switch (buffer.element()) {
      case U64 -> Pointer.to(buffer.words());
      case F64 -> Pointer.to(buffer.doubles());
      case F32 -> Pointer.to(buffer.floats());
      case I32 -> Pointer.to(buffer.ints());
      case U8 -> Pointer.to(buffer.byteArray());
    };
  }

  @Override
  public synchronized void finish() {
    clFinish(queue);
  }

  @Override
  public long stream() {
    return 0;
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
    clFinish(queue);
    List.copyOf(memories).forEach(OpenClMemory::close);
    kernels.values().forEach(kernel -> clReleaseKernel(kernel.handle()));
    programs.values().forEach(program -> clReleaseProgram(program));
    clReleaseCommandQueue(queue);
    clReleaseContext(context);
  }
}
