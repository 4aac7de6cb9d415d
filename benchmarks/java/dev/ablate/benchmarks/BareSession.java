package dev.ablate.benchmarks;

import static org.bytedeco.onnxruntime.global.onnxruntime.ORT_LOGGING_LEVEL_FATAL;
import static org.bytedeco.onnxruntime.global.onnxruntime.OrtArenaAllocator;
import static org.bytedeco.onnxruntime.global.onnxruntime.OrtMemTypeDefault;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.LongPointer;
import org.bytedeco.javacpp.Pointer;
import org.bytedeco.onnxruntime.Env;
import org.bytedeco.onnxruntime.IoBinding;
import org.bytedeco.onnxruntime.MemoryInfo;
import org.bytedeco.onnxruntime.OrtMemoryInfo;
import org.bytedeco.onnxruntime.RunOptions;
import org.bytedeco.onnxruntime.Session;
import org.bytedeco.onnxruntime.SessionOptions;
import org.bytedeco.onnxruntime.Value;

/**
 * ONNX Runtime by itself: a classifier's graph, and batches that are made and bound before anything
 * is timed. Each run stays on its thread.
 */
final class BareSession implements AutoCloseable {
  private static final int FLOAT = 1;
  private static final int INT64 = 7;
  private static final int LABELS = 2;

  private final Env environment = new Env(ORT_LOGGING_LEVEL_FATAL, "bare");
  private final RunOptions options = new RunOptions();
  private final Session session;
  private final ExecutorService pool = Executors.newCachedThreadPool();

  /**
   * Opens a graph.
   *
   * @param inside threads that share each run
   * @param pattern whether memory is planned for every shape, as is the library's standard
   */
  BareSession(Path graph, int inside, boolean pattern) {
    try (SessionOptions settings = new SessionOptions();
        BytePointer path = new BytePointer(graph.toString())) {
      settings.SetIntraOpNumThreads(inside);
      settings.SetInterOpNumThreads(1);
      if (!pattern) {
        settings.DisableMemPattern();
      }
      this.session = new Session(environment, path, settings);
    }
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
      logits.close();
      memory.forEach(Pointer::close);
    }
  }

  /** Makes and binds a batch; short rows are filled with zeros, the padding of the model. */
  Batch ready(List<int[]> rows, int width) {
    long size = (long) rows.size() * width;
    LongPointer ids = new LongPointer(size);
    LongPointer attention = new LongPointer(size);
    for (int r = 0; r < rows.size(); r++) {
      for (int t = 0; t < width; t++) {
        int[] row = rows.get(r);
        ids.put((long) r * width + t, t < row.length ? row[t] : 0);
        attention.put((long) r * width + t, t < row.length ? 1 : 0);
      }
    }
    FloatPointer logits = new FloatPointer((long) rows.size() * LABELS);
    IoBinding binding = new IoBinding(session);
    for (int i = 0; i < session.GetInputCount(); i++) {
      String name = session.GetInputNames().get(i).getString();
      LongPointer memory = name.equals("input_ids") ? ids : attention;
      binding.BindInput(name, tensor(memory, size * Long.BYTES, INT64, rows.size(), width));
    }
    long bytes = (long) rows.size() * LABELS * Float.BYTES;
    binding.BindOutput("logits", tensor(logits, bytes, FLOAT, rows.size(), LABELS));
    return new Batch(rows.size(), binding, logits, List.of(ids, attention));
  }

  private static Value tensor(Pointer memory, long bytes, int type, long... shape) {
    OrtMemoryInfo host =
        MemoryInfo.CreateCpu(OrtArenaAllocator, OrtMemTypeDefault).asOrtMemoryInfo();
    return Value.CreateTensor(host, memory, bytes, new LongPointer(shape), shape.length, type);
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
    environment.close();
  }
}
