package dev.ablate.model.onnx;

import static org.bytedeco.onnxruntime.global.onnxruntime.OrtDeviceAllocator;
import static org.bytedeco.onnxruntime.global.onnxruntime.OrtMemTypeDefault;

import dev.ablate.backend.Backend;
import dev.ablate.backend.Buffer;
import dev.ablate.backend.Buffer.Element;
import dev.ablate.backend.kernel.KernelBackend;
import dev.ablate.backend.kernel.OutOfDeviceMemoryException;
import dev.ablate.backend.kernel.cuda.CudaDevice;
import dev.ablate.backend.kernel.cuda.CudaStream;
import dev.ablate.backend.kernel.cuda.CudaTurns;
import dev.ablate.code.InputException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.bytedeco.javacpp.Pointer;
import org.bytedeco.onnxruntime.MemoryInfo;
import org.bytedeco.onnxruntime.RunOptions;
import org.bytedeco.onnxruntime.SessionOptions;

/**
 * A device of a CUDA backend: in its primary context, which ONNX Runtime takes too, in a stream
 * beside that of the kernels, over the backend's own memory.
 */
final class CudaResidence implements Residence {
  /** What ONNX Runtime, cuBLAS and the driver say when memory is short, with the bytes if named. */
  private static final Pattern OUT_OF_MEMORY =
      Pattern.compile(
          "Available memory of \\d+ is smaller than requested bytes of (\\d+)"
              + "|Failed to allocate memory for requested buffer of size (\\d+)"
              + "|out of memory|_ALLOC_FAILED|ALLOCATION_FAILED",
          Pattern.CASE_INSENSITIVE);

  private final KernelBackend backend;
  private final CudaDevice device;
  private final CudaOptions options;
  private final CudaStream stream;

  /**
   * A stream of its own on the device of a backend.
   *
   * @param backend whose device is a {@link CudaDevice}
   */
  CudaResidence(KernelBackend backend, CudaOptions options) {
    this.backend = backend;
    this.device = (CudaDevice) backend.deviceHandle();
    this.options = options;
    this.stream = device.newStream();
  }

  @Override
  public void addTo(SessionOptions session) {
    // Kernels need room for masks, rows and values beside the network.
    long most = device.freeMemory() / 8 * 7;
    options.addTo(session, device.ordinal(), stream.handle(), most);
  }

  @Override
  public void addTo(RunOptions run, boolean resident) {
    options.addTo(run, resident);
  }

  @Override
  public void giveBack(RunOptions run) {
    // Recorded runs go on in the memory that they had.
    if (!options.graphs()) {
      CudaOptions.giveBack(run, device.ordinal());
    }
  }

  @Override
  public boolean repeatsRuns() {
    return options.graphs();
  }

  @Override
  public void enter() {
    stream.enter();
  }

  @Override
  public boolean isOneStream() {
    return true;
  }

  @Override
  public Backend backend() {
    return backend;
  }

  @Override
  public MemoryInfo place() {
    return new MemoryInfo("Cuda", OrtDeviceAllocator, device.ordinal(), OrtMemTypeDefault);
  }

  @Override
  public Tensor tensor(Element element, long length) {
    Shared shared = new Shared(backend.zeros(element, length));
    // What had this memory before, and the zeros, are with the kernels.
    stream.waitForKernels();
    return shared;
  }

  @Override
  public Tensor memory(long bytes) {
    return tensor(Element.U8, bytes);
  }

  @Override
  public Fence fence() {
    return new Turns(stream.turns());
  }

  @Override
  public RuntimeException outOfMemory(String reason, RuntimeException cause) {
    Matcher said = OUT_OF_MEMORY.matcher(reason);
    if (!said.find()) {
      return null;
    }
    String bytes = said.group(1) == null ? said.group(2) : said.group(1);
    OutOfDeviceMemoryException e =
        new OutOfDeviceMemoryException(
            device.name(),
            bytes == null ? 0 : Long.parseLong(bytes),
            device.allocated(),
            device.limits().memoryBytes());
    e.initCause(cause);
    return e;
  }

  @Override
  public String remedy() {
    return "run it on the processor by "
        + InputException.setting("provider")
        + " cpu, or export the model again, with its external data beside it";
  }

  @Override
  public void await() {
    stream.finish();
  }

  @Override
  public void close() {
    stream.close();
  }

  /** A number that stands for a place of the device, or for a stream. */
  static final class Address extends Pointer {
    Address(long address, long bytes) {
      this.address = address;
      this.limit = bytes;
      this.capacity = bytes;
    }
  }

  private final class Shared implements Tensor {
    private final Buffer buffer;
    private final Pointer address;

    Shared(Buffer buffer) {
      this.buffer = buffer;
      this.address = new Address(backend.address(buffer), buffer.bytes());
    }

    @Override
    public Buffer buffer() {
      return buffer;
    }

    @Override
    public Pointer address() {
      return address;
    }

    @Override
    public void toNetwork(long bytes) {
      // It is the same memory.
    }

    @Override
    public void fromNetwork(long bytes) {
      // It is the same memory.
    }

    @Override
    public void close() {
      // Kernels get this memory next, and runs over it may be under way.
      stream.letKernelsWait();
      buffer.close();
    }
  }

  private record Turns(CudaTurns turns) implements Fence {
    @Override
    public void filled() {
      turns.kernelsGive();
    }

    @Override
    public void beforeRun() {
      turns.streamTakes();
    }

    @Override
    public void afterRun() {
      turns.streamGives();
    }

    @Override
    public void join() {
      turns.kernelsTake();
    }

    @Override
    public void close() {
      turns.close();
    }
  }
}
