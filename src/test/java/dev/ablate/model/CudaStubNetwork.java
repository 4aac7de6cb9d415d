package dev.ablate.model;

import dev.ablate.backend.Buffer;
import dev.ablate.backend.Buffer.Element;
import dev.ablate.backend.kernel.KernelBackend;
import dev.ablate.backend.kernel.cuda.CudaDevice;
import dev.ablate.backend.kernel.cuda.CudaStream;
import dev.ablate.backend.kernel.cuda.CudaTurns;
import dev.ablate.backend.kernel.cuda.HostFunctions;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * A network that enters a stream of its own as a function of the host, takes turns with the kernels
 * by events, and reads and writes addresses of the device: what ONNX Runtime does, over
 * native/fakecuda.
 */
public class CudaStubNetwork extends StubNetwork {
  /** What may be left out, which must show. */
  public enum Forgotten {
    NOTHING,
    KERNELS_GIVE,
    STREAM_TAKES,
    STREAM_GIVES,
    KERNELS_TAKE
  }

  private final KernelBackend backend;
  private final CudaStream stream;
  private final Forgotten forgotten;

  /** A network on the device of a backend. */
  public CudaStubNetwork(
      KernelBackend backend,
      CudaDevice device,
      Layout layout,
      StubFunction function,
      Forgotten forgotten) {
    super(backend, layout, function);
    this.backend = backend;
    this.stream = device.newStream();
    this.forgotten = forgotten;
  }

  private long[] whole(long address, Element element, int count) {
    ByteBuffer bytes = HostFunctions.read(address, count * element.bytes());
    long[] numbers = new long[count];
    for (int i = 0; i < count; i++) {
      numbers[i] =
          element == Element.U64 ? bytes.getLong(i * Long.BYTES) : bytes.getInt(i * Integer.BYTES);
    }
    return numbers;
  }

  /** Numbers at addresses. */
  private final Access addresses =
      new Access() {
        @Override
        public long[] whole(Buffer from, int count) {
          return CudaStubNetwork.this.whole(address(from), from.element(), count);
        }

        @Override
        public void write(Buffer to, byte[] bytes) {
          HostFunctions.write(address(to), ByteBuffer.wrap(bytes).order(ByteOrder.nativeOrder()));
        }
      };

  private long address(Buffer buffer) {
    return backend.address(buffer);
  }

  private final class CudaSlot extends StubSlot {
    private final CudaTurns turns = stream.turns();

    CudaSlot(int rows, int positions, int asked) {
      super(rows, positions, asked);
    }

    @Override
    public void filled() {
      if (forgotten != Forgotten.KERNELS_GIVE) {
        turns.kernelsGive();
      }
    }

    @Override
    public void join() {
      if (forgotten != Forgotten.KERNELS_TAKE) {
        turns.kernelsTake();
      }
    }

    @Override
    public void close() {
      turns.close();
      super.close();
    }
  }

  @Override
  public Slot slot(int rows, int positions, int asked) {
    return new CudaSlot(rows, positions, asked);
  }

  @Override
  public void run(Slot slot, Prefix prefix, int rows, int width, int asked) {
    Shape shape = shape(prefix, rows, width, asked);
    requireMemory(shape);
    CudaSlot own = (CudaSlot) slot;
    if (forgotten != Forgotten.STREAM_TAKES) {
      own.turns.streamTakes();
    }
    HostFunctions.give(stream, () -> compute(own, shape, addresses));
    if (forgotten != Forgotten.STREAM_GIVES) {
      own.turns.streamGives();
    }
  }

  @Override
  public void close() {
    stream.close();
  }
}
