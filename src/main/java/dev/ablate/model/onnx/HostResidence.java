package dev.ablate.model.onnx;

import static org.bytedeco.onnxruntime.global.onnxruntime.OrtDeviceAllocator;
import static org.bytedeco.onnxruntime.global.onnxruntime.OrtMemTypeDefault;

import dev.ablate.backend.Backend;
import dev.ablate.backend.Buffer;
import dev.ablate.backend.HostBuffer;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.onnxruntime.MemoryInfo;
import org.bytedeco.onnxruntime.RunOptions;
import org.bytedeco.onnxruntime.SessionOptions;

/**
 * The processor. A run is done when it comes back. Buffers of the host backend are arrays of Java's
 * heap, which ONNX Runtime cannot see: they are copied before and behind a run.
 *
 * @param backend whose memory can be bound; null for none
 */
record HostResidence(Backend backend) implements Residence {
  @Override
  public void addTo(SessionOptions options) {
    // The processor is what runs a graph where nothing else is named.
  }

  @Override
  public void enter() {
    // Any thread may call.
  }

  @Override
  public boolean isOneStream() {
    return false;
  }

  @Override
  public MemoryInfo place() {
    return MemoryInfo.CreateCpu(OrtDeviceAllocator, OrtMemTypeDefault);
  }

  @Override
  public void addTo(RunOptions options, boolean resident) {
    // A run on the processor is done when it comes back, whatever is said.
  }

  @Override
  public String remedy() {
    return "export the model again, with its external data beside it";
  }

  @Override
  public Tensor tensor(Buffer.Element element, long length) {
    return new Copied(backend.zeros(element, length).toHost());
  }

  @Override
  public Tensor memory(long bytes) {
    return new Copied(null, new BytePointer(Math.max(1, bytes)));
  }

  @Override
  public Fence fence() {
    return Nothing.INSTANCE;
  }

  @Override
  public RuntimeException outOfMemory(String reason, RuntimeException cause) {
    return null;
  }

  @Override
  public void await() {
    // Nothing is under way.
  }

  @Override
  public void close() {
    // The backend belongs to somebody else.
  }

  /** An array, or none, and its copy outside of the heap. */
  private record Copied(HostBuffer buffer, BytePointer address) implements Tensor {
    Copied(HostBuffer buffer) {
      this(buffer, new BytePointer(Math.max(1, buffer.bytes())).fill(0));
    }

    private ByteBuffer view(long bytes) {
      return address.limit(bytes).asByteBuffer().order(ByteOrder.nativeOrder());
    }

    @Override
    public void toNetwork(long bytes) {
      ByteBuffer to = view(bytes);
      switch (buffer.element()) {
        case U64 -> to.asLongBuffer().put(buffer.words(), 0, (int) (bytes / Long.BYTES));
        case I32 -> to.asIntBuffer().put(buffer.ints(), 0, (int) (bytes / Integer.BYTES));
        case U8 -> to.put(buffer.byteArray(), 0, (int) bytes);
        default -> throw new IllegalArgumentException("no tensor is of " + buffer.element());
      }
    }

    @Override
    public void fromNetwork(long bytes) {
      view(bytes).get(buffer.byteArray(), 0, (int) bytes);
    }

    @Override
    public void close() {
      address.close();
    }
  }

  /** One thing after another needs no marks. */
  private enum Nothing implements Fence {
    INSTANCE;

    @Override
    public void filled() {
      // The host's kernels are done when they come back.
    }

    @Override
    public void beforeRun() {
      // Nothing is under way.
    }

    @Override
    public void afterRun() {
      // The run is done.
    }

    @Override
    public void join() {
      // The run is done.
    }

    @Override
    public void close() {
      // Nothing to free.
    }
  }
}
