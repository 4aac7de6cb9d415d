package dev.ablate.model.onnx;

import static org.bytedeco.onnxruntime.global.onnxruntime.OrtDeviceAllocator;
import static org.bytedeco.onnxruntime.global.onnxruntime.OrtMemTypeDefault;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.LongPointer;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.onnxruntime.IoBinding;
import org.bytedeco.onnxruntime.MemoryInfo;
import org.bytedeco.onnxruntime.OrtMemoryInfo;
import org.bytedeco.onnxruntime.RunOptions;
import org.bytedeco.onnxruntime.Session;
import org.bytedeco.onnxruntime.Value;

/**
 * Direct memory for one run at a time, bound to a session's inputs and outputs by name. It grows to
 * the largest shape it has seen, and is bound anew only when a shape changes.
 */
public final class OnnxRun implements AutoCloseable {
  private final Session session;
  private final RunOptions options = new RunOptions();
  private final IoBinding binding;
  private final Map<String, Bound> tensors = new HashMap<>();

  /** Memory of one tensor and the shape that is bound. */
  private static final class Bound {
    private final BytePointer name;
    private final LongPointer sizes;
    private BytePointer memory = new BytePointer();
    private ByteBuffer view;
    private long[] shape;

    Bound(TensorInfo tensor, int dimensions) {
      this.name = new BytePointer(tensor.name());
      this.sizes = new LongPointer(dimensions);
    }

    void close() {
      name.close();
      sizes.close();
      memory.close();
    }
  }

  /** Where the memory of the host is, said once. */
  private static final class Host {
    static final MemoryInfo INFO = MemoryInfo.CreateCpu(OrtDeviceAllocator, OrtMemTypeDefault);
    static final OrtMemoryInfo MEMORY = INFO.asOrtMemoryInfo();
  }

  OnnxRun(Session session) {
    this.session = session;
    this.binding = new IoBinding(session);
  }

  /**
   * The memory of an input, as it was left, or zeros where it has grown.
   *
   * @param input of the session that gave this run
   * @param shape its sizes in this run
   * @return native order; positions count bytes
   */
  public ByteBuffer input(TensorInfo input, long... shape) {
    return bind(input, shape, true);
  }

  /**
   * The memory that a run writes an output to.
   *
   * @param output of the session that gave this run
   * @param shape the sizes that it will have
   * @return native order; positions count bytes
   */
  public ByteBuffer output(TensorInfo output, long... shape) {
    return bind(output, shape, false);
  }

  /**
   * Binds memory of somebody else to an input.
   *
   * @param memory must stay until {@link #run} has come back
   */
  void input(TensorInfo input, BytePointer memory, long... shape) {
    Bound bound = bound(input, shape);
    bound.shape = null;
    bind(input, bound, memory, shape, true);
  }

  /**
   * Binds memory of somebody else to an output, until {@link #clearOutputs}.
   *
   * @param memory must stay until then
   */
  void output(TensorInfo output, BytePointer memory, long... shape) {
    Bound bound = bound(output, shape);
    bound.shape = null;
    bind(output, bound, memory, shape, false);
  }

  /** Lets go of what is bound to outputs. */
  void clearOutputs(List<TensorInfo> outputs) {
    binding.ClearBoundOutputs();
    outputs.forEach(this::forget);
  }

  private void forget(TensorInfo tensor) {
    Bound bound = tensors.get(tensor.name());
    if (bound != null) {
      bound.shape = null;
    }
  }

  /** The bindings hold on to the memory's address and to the shape; the tensor may go. */
  private ByteBuffer bind(TensorInfo tensor, long[] shape, boolean input) {
    Bound bound = bound(tensor, shape);
    if (Arrays.equals(shape, bound.shape)) {
      return bound.view;
    }
    bound.shape = null; // So that a failure below is not taken for a bound shape.
    long bytes = bytes(tensor, shape);
    if (bound.memory.capacity() < bytes) {
      bound.memory.close();
      bound.memory = new BytePointer(bytes).fill(0);
    }
    bound.view = bound.memory.position(0).asByteBuffer().order(ByteOrder.nativeOrder());
    bind(tensor, bound, bound.memory, shape, input);
    bound.shape = shape.clone();
    return bound.view;
  }

  /** Bytes to allocate for a tensor; one without numbers needs a place all the same. */
  static long bytes(TensorInfo tensor, long... shape) {
    long bytes = Arrays.stream(shape).reduce(tensor.type().bytes(), Math::multiplyExact);
    return Math.max(1, bytes);
  }

  private Bound bound(TensorInfo tensor, long[] shape) {
    Bound bound = tensors.get(tensor.name());
    if (bound == null || bound.sizes.capacity() != shape.length) {
      if (bound != null) {
        bound.close();
      }
      bound = new Bound(tensor, shape.length);
      tensors.put(tensor.name(), bound);
    }
    return bound;
  }

  /** Every call into the library is dear where a shape changes with each run, so few are made. */
  private void bind(
      TensorInfo tensor, Bound bound, BytePointer memory, long[] shape, boolean input) {
    bound.sizes.put(shape);
    try (Value value =
        Value.CreateTensor(
            Host.MEMORY,
            memory,
            bytes(tensor, shape),
            bound.sizes,
            shape.length,
            tensor.type().ordinal())) {
      if (input) {
        binding.BindInput(bound.name, value);
      } else {
        binding.BindOutput(bound.name, value);
      }
    }
  }

  /** Runs the graph on what is bound. */
  public void run() {
    session.Run(options, binding);
  }

  /** Runs the graph on the inputs that are bound, and says which shape an output has. */
  public long[] shapeOf(TensorInfo output) {
    return shapesOf(List.of(output)).get(0);
  }

  /** The same for several outputs. */
  @SuppressWarnings("try") // The scope is there to free what is made inside it.
  List<long[]> shapesOf(List<TensorInfo> outputs) {
    try (PointerScope scope = new PointerScope()) {
      binding.ClearBoundOutputs();
      outputs.forEach(output -> binding.BindOutput(output.name(), Host.MEMORY));
      session.Run(options, binding);
      var values = binding.GetOutputValues();
      List<long[]> shapes = new ArrayList<>();
      for (int i = 0; i < outputs.size(); i++) {
        LongPointer shape =
            new LongPointer(values.get(i).GetTensorTypeAndShapeInfo().GetShape().get());
        long[] sizes = new long[(int) shape.capacity()];
        shape.get(sizes);
        shapes.add(sizes);
      }
      return shapes;
    } finally {
      clearOutputs(outputs);
    }
  }

  @Override
  public void close() {
    binding.close();
    options.close();
    tensors.values().forEach(Bound::close);
  }
}
