package dev.ablate.model.onnx;

import static org.bytedeco.onnxruntime.global.onnxruntime.ONNX_TYPE_TENSOR;
import static org.bytedeco.onnxruntime.global.onnxruntime.ORT_LOGGING_LEVEL_FATAL;

import dev.ablate.code.InputException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.onnxruntime.Env;
import org.bytedeco.onnxruntime.MemoryInfoImpl;
import org.bytedeco.onnxruntime.Session;
import org.bytedeco.onnxruntime.SessionOptions;
import org.bytedeco.onnxruntime.StringVector;
import org.bytedeco.onnxruntime.TypeInfo;

/**
 * A graph in ONNX Runtime, with its inputs and outputs by name.
 *
 * <p>The session has no threads of its own. On the processor each run stays on the thread that
 * calls {@link #run}, so callers get their parallelism from running several batches at once; on a
 * device runs follow one another. A run's answer then depends on its batch alone, not on the number
 * of threads.
 */
public final class OnnxSession implements AutoCloseable {
  /** Places in the library's own sources, and its own words for that something failed. */
  private static final Pattern OWN_WORDS =
      Pattern.compile(
          "/\\S+\\.(?:cc|h):\\d+ .*?\\) |\\b\\w+\\.(?:cc|h):\\d+ \\w+ "
              + "|\\[ONNXRuntimeError\\] : \\d+ : \\w+ : |Exception during initialization: "
              + "| ; GPU=-?\\d+ ; hostname=.*");

  /** What a compiler wrote into the name of a function about its types. */
  private static final Pattern TYPES = Pattern.compile("\\[with [^\\]]*\\] ?");

  /** The option that says in which folder the files are that a graph in memory names. */
  private static final String WEIGHTS = "session.model_external_initializers_file_folder_path";

  private final String origin;
  private final Session session;
  private final Residence residence;
  private final List<TensorInfo> inputs;
  private final List<TensorInfo> outputs;

  /** Inputs and outputs that are read or written where the session shares no memory. */
  private final List<String> elsewhere;

  /** Memory of finished runs, to be used again. */
  private final ConcurrentLinkedQueue<OnnxRun> idle = new ConcurrentLinkedQueue<>();

  /** Held for reading by runs, for writing by {@link #close} and by those that must be alone. */
  private final ReadWriteLock use = new ReentrantReadWriteLock();

  private boolean closed;

  @SuppressWarnings("try") // The scope is there to free what is made inside it.
  private OnnxSession(String origin, Session session, Residence residence) {
    this.origin = origin;
    this.session = session;
    this.residence = residence;
    try (PointerScope scope = new PointerScope()) {
      this.inputs = tensors(session.GetInputNames(), session::GetInputTypeInfo);
      this.outputs = tensors(session.GetOutputNames(), session::GetOutputTypeInfo);
      this.elsewhere = residence.backend() == null ? List.of() : elsewhere();
    }
  }

  /**
   * Opens a graph on the processor by its path, so that weights beside it are found.
   *
   * @param model the {@code .onnx} file
   * @throws InputException if the file is no ONNX graph that ONNX Runtime can run
   */
  public static OnnxSession open(Path model) {
    return open(model, Provider.CPU);
  }

  /** The same wherever it is to run. */
  static OnnxSession open(Path model, Provider provider) {
    return open(
        model.toString(),
        provider,
        options -> {
          try (BytePointer path = new BytePointer(model.toString())) {
            return new Session(Native.ENVIRONMENT, path, options);
          }
        });
  }

  /**
   * Opens a graph that is in memory, on the processor.
   *
   * @param model the content of an {@code .onnx} file that holds all its weights
   * @param origin where it came from, for messages
   * @throws InputException if this is no ONNX graph that ONNX Runtime can run
   */
  public static OnnxSession of(byte[] model, String origin) {
    return of(model, origin, Provider.CPU);
  }

  /** The same wherever it is to run. */
  static OnnxSession of(byte[] model, String origin, Provider provider) {
    return open(
        origin,
        provider,
        options -> {
          try (BytePointer bytes = new BytePointer(model)) {
            return new Session(Native.ENVIRONMENT, bytes, model.length, options);
          }
        });
  }

  /**
   * Opens a graph that is in native memory.
   *
   * @param model the content of an {@code .onnx} file; may go afterwards
   * @param origin where it came from, for messages
   * @param weights the folder of weights that are not in it; null if there are none
   * @param provider where it is to run
   * @throws InputException if this is no ONNX graph that ONNX Runtime can run
   */
  static OnnxSession of(BytePointer model, String origin, Path weights, Provider provider) {
    return open(
        origin,
        provider,
        options -> {
          if (weights != null) {
            options.AddConfigEntry(WEIGHTS, weights.toString());
          }
          return new Session(Native.ENVIRONMENT, model, model.capacity(), options);
        });
  }

  private static OnnxSession open(String origin, Provider provider, SessionFactory factory) {
    OnnxLibraries.load();
    Residence residence = provider.residence();
    Session session = null;
    try {
      residence.enter();
      session = create(origin, residence, factory);
      return new OnnxSession(origin, session, residence);
    } catch (RuntimeException e) {
      if (session != null) {
        session.close();
      }
      residence.close();
      throw e;
    }
  }

  private static Session create(String origin, Residence residence, SessionFactory factory) {
    try (SessionOptions options = new SessionOptions()) {
      residence.addTo(options);
      options.SetIntraOpNumThreads(1);
      options.SetInterOpNumThreads(1);
      // Patterns are kept for every shape ever seen, and removed tokens give many shapes.
      options.DisableMemPattern();
      return factory.create(options);
    } catch (InputException e) {
      throw e;
    } catch (RuntimeException e) {
      throw new InputException(
          "ONNX Runtime cannot load " + origin + ": " + reason(e) + "; " + residence.remedy(), e);
    }
  }

  private List<String> elsewhere() {
    return Stream.concat(
            elsewhere(inputs, session.GetMemoryInfoForInputs()),
            elsewhere(outputs, session.GetMemoryInfoForOutputs()))
        .toList();
  }

  private Stream<String> elsewhere(List<TensorInfo> all, MemoryInfoImpl places) {
    int here = residence.place().GetDeviceType();
    return IntStream.range(0, all.size())
        .filter(i -> places.getPointer(i).GetDeviceType() != here)
        .mapToObj(i -> all.get(i).name());
  }

  private static List<TensorInfo> tensors(StringVector names, TypeOf types) {
    List<TensorInfo> tensors = new ArrayList<>();
    for (int i = 0; i < names.size(); i++) {
      tensors.add(tensor(names.get(i).getString(), types.of(i)));
    }
    return List.copyOf(tensors);
  }

  private static TensorInfo tensor(String name, TypeInfo type) {
    if (type.GetONNXType() != ONNX_TYPE_TENSOR) {
      return new TensorInfo(name, ElementType.OTHER, List.of());
    }
    var info = type.GetTensorTypeAndShapeInfo();
    List<Long> shape = Arrays.stream(info.GetShape().get()).boxed().toList();
    return new TensorInfo(name, ElementType.of(info.GetElementType()), shape);
  }

  /** Where the graph came from, for messages. */
  public String origin() {
    return origin;
  }

  /** What the graph takes. */
  public List<TensorInfo> inputs() {
    return inputs;
  }

  /** What the graph gives. */
  public List<TensorInfo> outputs() {
    return outputs;
  }

  /** Where it runs. */
  Residence residence() {
    return residence;
  }

  /** Those of some tensors that the graph reads or writes where the session shares no memory. */
  List<String> elsewhere(Stream<TensorInfo> tensors) {
    return tensors.map(TensorInfo::name).filter(elsewhere::contains).toList();
  }

  /** A run over memory that this session shares with a backend; whoever asks for it closes it. */
  OnnxRun residentRun() {
    return new OnnxRun(session, residence, true);
  }

  /**
   * Lends memory for a run. Several threads may run at once; each gets its own.
   *
   * @param work binds tensors, runs, and reads; the memory is not its own afterwards
   * @throws IllegalStateException if the session is closed
   */
  public void run(Consumer<OnnxRun> work) {
    whileOpen(
        () -> {
          OnnxRun lent = idle.poll();
          OnnxRun run = lent == null ? new OnnxRun(session, residence, false) : lent;
          try {
            work.accept(run);
          } finally {
            idle.add(run);
          }
        });
  }

  /**
   * Does something with the session that may run it.
   *
   * @throws IllegalStateException if the session is closed
   */
  void whileOpen(Runnable work) {
    Lock held = residence.isOneStream() ? use.writeLock() : use.readLock();
    held.lock();
    try {
      if (closed) {
        throw new IllegalStateException("the model " + origin + " is closed");
      }
      residence.enter();
      work.run();
    } finally {
      held.unlock();
    }
  }

  /**
   * All of what went wrong, in one line and without the places in the library's own sources. ONNX
   * Runtime puts the numbers on lines of their own.
   */
  static String reason(Throwable e) {
    String line =
        String.valueOf(e.getMessage())
            .lines()
            .map(part -> TYPES.matcher(part).replaceAll(""))
            .map(part -> OWN_WORDS.matcher(part).replaceAll("").strip())
            .filter(part -> !part.isEmpty())
            .collect(Collectors.joining(" "));
    return line.isEmpty() ? "no reason given" : line;
  }

  /** Frees the native memory; waits for runs in progress. */
  @Override
  public void close() {
    use.writeLock().lock();
    try {
      if (!closed) {
        closed = true;
        residence.enter();
        residence.await();
        idle.forEach(OnnxRun::close);
        idle.clear();
        session.close();
        residence.close();
      }
    } finally {
      use.writeLock().unlock();
    }
  }

  private interface SessionFactory {
    Session create(SessionOptions options);
  }

  private interface TypeOf {
    TypeInfo of(int position);
  }

  /**
   * Loaded on first use, after its libraries. ONNX Runtime wants one environment a process, kept to
   * its end.
   */
  static final class Native {
    // Errors come as exceptions; anything logged would only repeat them on standard error.
    static final Env ENVIRONMENT = new Env(ORT_LOGGING_LEVEL_FATAL, "ablate");
  }
}
