package dev.ablate.benchmarks;

import static org.bytedeco.onnxruntime.global.onnxruntime.ORT_LOGGING_LEVEL_FATAL;
import static org.bytedeco.onnxruntime.global.onnxruntime.OrtArenaAllocator;
import static org.bytedeco.onnxruntime.global.onnxruntime.OrtDeviceAllocator;
import static org.bytedeco.onnxruntime.global.onnxruntime.OrtMemTypeDefault;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.LongPointer;
import org.bytedeco.javacpp.Pointer;
import org.bytedeco.onnxruntime.CUDAProviderOptions;
import org.bytedeco.onnxruntime.Env;
import org.bytedeco.onnxruntime.IoBinding;
import org.bytedeco.onnxruntime.MemoryInfo;
import org.bytedeco.onnxruntime.OrtCUDAProviderOptionsV2;
import org.bytedeco.onnxruntime.OrtMemoryInfo;
import org.bytedeco.onnxruntime.RunOptions;
import org.bytedeco.onnxruntime.Session;
import org.bytedeco.onnxruntime.SessionOptions;
import org.bytedeco.onnxruntime.StringStringMap;
import org.bytedeco.onnxruntime.Value;

/**
 * ONNX Runtime by itself: a graph that takes tokens and gives logits, and batches that are made and
 * bound before anything is timed. On the processor each run stays on its thread; on a device inputs
 * lie in its memory, outputs stay there, and the last of several runs waits for all.
 */
final class BareSession implements AutoCloseable {
  private static final int FLOAT = 1;
  private static final int INT64 = 7;
  private static final int LABELS = 2;

  private final Env environment = new Env(ORT_LOGGING_LEVEL_FATAL, "bare");
  private final RunOptions options = new RunOptions();
  private final RunOptions unawaited = new RunOptions();
  private final ExecutorService pool = Executors.newCachedThreadPool();
  private final Session session;
  private final OrtMemoryInfo outputs;
  private final boolean onDevice;

  /**
   * Opens a graph on the processor.
   *
   * @param inside threads that share each run
   * @param pattern whether memory is planned for every shape, as is the library's standard
   */
  BareSession(Path graph, int inside, boolean pattern) {
    this(graph, -1, inside, pattern, settings -> {});
  }

  /**
   * Opens a graph.
   *
   * @param device the number of a device of CUDA, -1 for the processor
   */
  BareSession(Path graph, int device) {
    this(graph, device, 1, false, settings -> {});
  }

  /**
   * The same, with what it does written down.
   *
   * @param profile how the name of a file begins that tells each operator of each run
   * @param planned a file that gets the graph as it is run
   */
  BareSession(Path graph, int device, Path profile, Path planned) {
    this(
        graph,
        device,
        1,
        false,
        settings -> {
          settings.EnableProfiling(new BytePointer(profile.toString()));
          settings.SetOptimizedModelFilePath(new BytePointer(planned.toString()));
        });
  }

  private BareSession(
      Path graph, int device, int inside, boolean pattern, Consumer<SessionOptions> more) {
    this.onDevice = device >= 0;
    try (SessionOptions settings = new SessionOptions();
        BytePointer path = new BytePointer(graph.toString())) {
      settings.SetIntraOpNumThreads(inside);
      settings.SetInterOpNumThreads(1);
      if (!pattern) {
        settings.DisableMemPattern();
      }
      if (onDevice) {
        settings.AppendExecutionProvider_CUDA_V2(cuda(device));
      }
      more.accept(settings);
      this.session = new Session(environment, path, settings);
    }
    MemoryInfo place =
        onDevice
            ? new MemoryInfo("Cuda", OrtDeviceAllocator, device, OrtMemTypeDefault)
            : MemoryInfo.CreateCpu(OrtArenaAllocator, OrtMemTypeDefault);
    this.outputs = place.asOrtMemoryInfo();
    if (onDevice) {
      unawaited.AddConfigEntry("disable_synchronize_execution_providers", "1");
    }
  }

  private static OrtCUDAProviderOptionsV2 cuda(int device) {
    StringStringMap settings = new StringStringMap();
    settings.put(new BytePointer("device_id"), Integer.toString(device));
    settings.put(new BytePointer("use_tf32"), "0");
    CUDAProviderOptions options = new CUDAProviderOptions();
    options.Update(settings);
    return options.asOrtCUDAProviderOptionsV2();
  }

  /** A batch that is bound. */
  static final class Batch implements AutoCloseable {
    private final int rows;
    private final IoBinding binding;
    private final FloatPointer logits;
    private final List<Pointer> memory;

    private Batch(int rows, IoBinding binding, FloatPointer logits, List<Pointer> memory) {
      this.rows = rows;
      this.binding = binding;
      this.logits = logits;
      this.memory = memory;
    }

    int rows() {
      return rows;
    }

    float logit(int row, int label) {
      return logits.get((long) row * LABELS + label);
    }

    @Override
    public void close() {
      binding.close();
      memory.forEach(Pointer::close);
    }
  }

  /** Makes and binds a batch of a classifier; its logits can be read. */
  Batch ready(List<int[]> rows, int width) {
    FloatPointer logits = new FloatPointer((long) rows.size() * LABELS);
    Batch batch = bound(rows, width, logits);
    long bytes = (long) rows.size() * LABELS * Float.BYTES;
    batch.binding.BindOutput("logits", tensor(logits, bytes, FLOAT, rows.size(), LABELS));
    return batch;
  }

  /** Makes and binds a batch; each run makes room for its output where the session works. */
  Batch readyThere(List<int[]> rows, int width) {
    Batch batch = bound(rows, width, null);
    batch.binding.BindOutput("logits", outputs);
    return batch;
  }

  /**
   * Batches that stay where the session works.
   *
   * @param rows the shortest first
   * @param positions most of a batch, of which less than a tenth are padding
   */
  List<Batch> cut(List<int[]> rows, int positions) {
    List<Batch> cut = new ArrayList<>();
    int from = 0;
    long tokens = 0;
    for (int at = 0; at <= rows.size(); at++) {
      int width = at < rows.size() ? rows.get(at).length : 0;
      long padded = (long) (at - from + 1) * width;
      boolean fits = padded <= positions && tokens + width > 0.9 * padded;
      if (at == rows.size() || (at > from && !fits)) {
        cut.add(readyThere(rows.subList(from, at), rows.get(at - 1).length));
        from = at;
        tokens = 0;
      }
      tokens += width;
    }
    return cut;
  }

  /** Short rows are filled with zeros. Binding copies inputs to a device. */
  private Batch bound(List<int[]> rows, int width, FloatPointer logits) {
    IoBinding binding = new IoBinding(session);
    List<Pointer> memory = new ArrayList<>();
    for (int i = 0; i < session.GetInputCount(); i++) {
      String name = session.GetInputNames().get(i).getString();
      LongPointer numbers = new LongPointer((long) rows.size() * width);
      for (int r = 0; r < rows.size(); r++) {
        int[] row = rows.get(r);
        for (int t = 0; t < width; t++) {
          long number =
              switch (name) {
                case "input_ids" -> t < row.length ? row[t] : 0;
                case "attention_mask" -> t < row.length ? 1 : 0;
                case "position_ids" -> t;
                default -> 0;
              };
          numbers.put((long) r * width + t, number);
        }
      }
      memory.add(numbers);
      long bytes = numbers.capacity() * Long.BYTES;
      binding.BindInput(name, tensor(numbers, bytes, INT64, rows.size(), width));
    }
    if (logits != null) {
      memory.add(logits);
    }
    return new Batch(rows.size(), binding, logits, memory);
  }

  private static Value tensor(Pointer memory, long bytes, int type, long... shape) {
    OrtMemoryInfo host =
        MemoryInfo.CreateCpu(OrtArenaAllocator, OrtMemTypeDefault).asOrtMemoryInfo();
    return Value.CreateTensor(host, memory, bytes, new LongPointer(shape), shape.length, type);
  }

  /** Runs batches one after another, and waits for them. */
  void run(List<Batch> batches) {
    for (int b = batches.size() - 1; b >= 0; b--) {
      session.Run(b > 0 && onDevice ? unawaited : options, batches.get(b).binding);
    }
  }

  /** Runs batches on so many threads. */
  void run(List<Batch> batches, int threads) {
    AtomicInteger next = new AtomicInteger(batches.size());
    Runnable work =
        () -> {
          // The longest rows stand last and begin.
          for (int b = next.decrementAndGet(); b >= 0; b = next.decrementAndGet()) {
            session.Run(options, batches.get(b).binding);
          }
        };
    List<Future<?>> others = new ArrayList<>();
    for (int t = 1; t < threads; t++) {
      others.add(pool.submit(work));
    }
    work.run();
    for (Future<?> other : others) {
      try {
        other.get();
      } catch (InterruptedException | ExecutionException e) {
        throw new IllegalStateException(e);
      }
    }
  }

  @Override
  public void close() {
    pool.shutdown();
    session.close();
    options.close();
    unawaited.close();
    environment.close();
  }
}
