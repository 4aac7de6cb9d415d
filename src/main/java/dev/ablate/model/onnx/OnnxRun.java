package dev.ablate.model.onnx;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.LongPointer;
import org.bytedeco.javacpp.Pointer;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.onnxruntime.IoBinding;
import org.bytedeco.onnxruntime.MemoryInfo;
import org.bytedeco.onnxruntime.OrtMemoryInfo;
import org.bytedeco.onnxruntime.RunOptions;
import org.bytedeco.onnxruntime.Session;
import org.bytedeco.onnxruntime.Value;

/**
 * Direct memory for one run at a time, bound to a session's inputs and outputs by name. It grows to
 * the largest shape it has seen, and is bound anew only when a shape changes. A resident run has no
 * memory of its own: all that is bound to it is shared with a backend.
 */
public final class OnnxRun implements AutoCloseable {
  /** Where memory of the processor is, whatever runs the graph. */
  private static final Residence HOST = new HostResidence(null);

  /**
   * Of so many runs over shared memory one is waited for. Operators pin memory of the processor,
   * which ONNX Runtime gives back only behind such a run.
   */
  static final int WAITED_FOR = 256;

  private final Session session;
  private final Residence residence;
  private final boolean resident;
  private final MemoryInfo place;
  private final RunOptions options = new RunOptions();
  private final RunOptions waiting = new RunOptions();
  private int runs;
  private final IoBinding binding;
  private final Map<String, Bound> tensors = new HashMap<>();

  /** Memory of one tensor and the shape that is bound. */
  private static final class Bound {
    private final TensorInfo tensor;
    private final boolean input;
    private final BytePointer name;
    private final LongPointer sizes;
    private BytePointer memory = new BytePointer();
    private ByteBuffer view;
    private long[] shape;

    /** Of memory of somebody else, which is bound in the place of its own. */
    private long foreign;

    Bound(TensorInfo tensor, boolean input, int dimensions) {
      this.tensor = tensor;
      this.input = input;
      this.name = new BytePointer(tensor.name());
      this.sizes = new LongPointer(dimensions);
    }

    void close() {
      name.close();
      sizes.close();
      memory.close();
    }
  }

  /** Where memory of the processor is, said once; no scope of the first caller may free it. */
  private static final class Host {
    static final MemoryInfo INFO = HOST.place().retainReference();
    static final OrtMemoryInfo PLACE = INFO.asOrtMemoryInfo();
  }

  OnnxRun(Session session, Residence residence, boolean resident) {
    this.session = session;
    this.residence = residence;
    this.resident = resident;
    this.place = residence.place();
    this.binding = new IoBinding(session);
    residence.addTo(options, resident);
    residence.addTo(waiting, false);
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
   * Binds memory of somebody else to an input, in the place where the session shares memory.
   *
   * @param memory holds what the run is to get; must stay until it is done
   */
  void input(TensorInfo input, Pointer memory, long... shape) {
    bindForeign(input, memory, shape, true);
  }

  /**
   * Binds memory of somebody else, in that place, to an output, until {@link #clearOutputs}.
   *
   * @param memory must stay until then
   */
  void output(TensorInfo output, Pointer memory, long... shape) {
    bindForeign(output, memory, shape, false);
  }

  /** What is bound already is bound anew only where binding may copy it. */
  private void bindForeign(TensorInfo tensor, Pointer memory, long[] shape, boolean input) {
    Bound bound = bound(tensor, shape, input);
    boolean same = bound.foreign == memory.address() && Arrays.equals(shape, bound.shape);
    if (same && resident) {
      return;
    }
    bound.shape = null;
    bind(bound, place.asOrtMemoryInfo(), memory, shape);
    bound.foreign = memory.address();
    bound.shape = shape.clone();
  }

  private Bound bound(TensorInfo tensor, long[] shape, boolean input) {
    Bound bound = tensors.get(tensor.name());
    if (bound == null || bound.sizes.capacity() != shape.length) {
      if (bound != null) {
        bound.close();
      }
      bound = new Bound(tensor, input, shape.length);
      tensors.put(tensor.name(), bound);
    }
    return bound;
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
    Bound bound = bound(tensor, shape, input);
    if (bound.foreign == 0 && Arrays.equals(shape, bound.shape)) {
      return bound.view;
    }
    bound.shape = null; // So that a failure below is not taken for a bound shape.
    bound.foreign = 0;
    long bytes = bytes(tensor, shape);
    if (bound.memory.capacity() < bytes) {
      bound.memory.close();
      bound.memory = new BytePointer(bytes).fill(0);
    }
    bound.view = bound.memory.position(0).asByteBuffer().order(ByteOrder.nativeOrder());
    bind(bound, Host.PLACE, bound.memory, shape);
    bound.shape = shape.clone();
    return bound.view;
  }

  /** Bytes to allocate for a tensor; one without numbers needs a place all the same. */
  static long bytes(TensorInfo tensor, long... shape) {
    long bytes = Arrays.stream(shape).reduce(tensor.type().bytes(), Math::multiplyExact);
    return Math.max(1, bytes);
  }

  /** Every call into the library is dear where a shape changes with each run, so few are made. */
  private void bind(Bound bound, OrtMemoryInfo where, Pointer memory, long[] shape) {
    bound.sizes.put(shape);
    try (Value value =
        Value.CreateTensor(
            where,
            memory,
            bytes(bound.tensor, shape),
            bound.sizes,
            shape.length,
            bound.tensor.type().ordinal())) {
      if (bound.input) {
        binding.BindInput(bound.name, value);
      } else {
        binding.BindOutput(bound.name, value);
      }
    }
  }

  /** Has the next run recorded, or replayed; all that is bound must be as it was then. */
  void record(int number) {
    CudaOptions.record(options, number);
  }

  /** Runs the graph on what is bound. */
  public void run() {
    if (residence.isOneStream() && !resident) {
      bindInputsAnew();
    }
    runs++;
    RunOptions first = isWaitedFor(runs) ? waiting : options;
    if (outOfMemory(first) != null) {
      runInCleanMemory();
    }
  }

  /**
   * Runs where too little memory was left. A session keeps what runs of smaller shapes had, and the
   * tensors of a larger one fit into none of it. It goes back behind a run, be it one that fails.
   */
  private void runInCleanMemory() {
    try (RunOptions cleaning = new RunOptions()) {
      residence.addTo(cleaning, false);
      residence.giveBack(cleaning);
      if (outOfMemory(cleaning) == null) {
        return;
      }
    }
    RuntimeException memory = outOfMemory(waiting);
    if (memory != null) {
      throw memory;
    }
  }

  /** Runs the graph; what it says where there is too little memory, or null where it ran. */
  private RuntimeException outOfMemory(RunOptions how) {
    try {
      session.Run(how, binding);
      return null;
    } catch (RuntimeException e) {
      RuntimeException memory = residence.outOfMemory(OnnxSession.reason(e), e);
      if (memory == null) {
        throw e;
      }
      return memory;
    }
  }

  /** Whether the run of a number, from 1 on, is waited for. */
  boolean isWaitedFor(int run) {
    return resident && run % WAITED_FOR == 0;
  }

  /** A session on a device copies memory of the host when it is bound, and not when it runs. */
  private void bindInputsAnew() {
    for (Bound bound : tensors.values()) {
      if (bound.input && bound.shape != null && bound.foreign == 0) {
        bind(bound, Host.PLACE, bound.memory, bound.shape);
      }
    }
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
      outputs.forEach(output -> binding.BindOutput(output.name(), Host.PLACE));
      run();
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
    waiting.close();
    place.close();
    tensors.values().forEach(Bound::close);
  }
}
