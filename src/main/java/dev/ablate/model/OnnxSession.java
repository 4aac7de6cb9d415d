package dev.ablate.model;

import static org.bytedeco.onnxruntime.global.onnxruntime.ORT_LOGGING_LEVEL_FATAL;

import dev.ablate.code.InputException;
import java.nio.file.Path;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.regex.Pattern;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.onnxruntime.Env;
import org.bytedeco.onnxruntime.Session;
import org.bytedeco.onnxruntime.SessionOptions;

/**
 * A text classifier in ONNX Runtime on the CPU.
 *
 * <p>The session has no threads of its own: each run stays on the thread that calls {@link
 * #classify}, so callers get their parallelism from running several batches at once. A run's answer
 * then depends on its batch alone, not on the number of threads.
 */
public final class OnnxSession implements Classifier {
  private static final Pattern SOURCE_PLACE = Pattern.compile("/\\S+\\.cc:\\d+ .*\\) ");

  private final String origin;
  private final int padId;
  private final Session session;
  private final OnnxSignature signature;
  private final int labels;

  /** Memory of finished runs, to be used again. */
  private final ConcurrentLinkedQueue<OnnxBatch> idle = new ConcurrentLinkedQueue<>();

  /** Held for reading by runs, for writing by {@link #close}. */
  private final ReadWriteLock use = new ReentrantReadWriteLock();

  private boolean closed;

  private OnnxSession(
      String origin, int padId, Session session, OnnxSignature signature, int labels) {
    this.origin = origin;
    this.padId = padId;
    this.session = session;
    this.signature = signature;
    this.labels = labels;
  }

  /**
   * Opens a graph by its path, so that weights beside it are found.
   *
   * @param model the {@code .onnx} file
   * @param padId the token that fills short rows; it is masked out
   * @throws InputException if the file is no ONNX graph with the inputs and outputs of a classifier
   */
  public static OnnxSession open(Path model, int padId) {
    return open(
        model.toString(),
        padId,
        options -> {
          try (BytePointer path = new BytePointer(model.toString())) {
            return new Session(Native.ENVIRONMENT, path, options);
          }
        });
  }

  /**
   * Opens a graph that is in memory.
   *
   * @param model the content of an {@code .onnx} file that holds all its weights
   * @param origin where it came from, for messages
   * @param padId the token that fills short rows; it is masked out
   * @throws InputException if this is no ONNX graph with the inputs and outputs of a classifier
   */
  public static OnnxSession of(byte[] model, String origin, int padId) {
    return open(
        origin,
        padId,
        options -> {
          try (BytePointer bytes = new BytePointer(model)) {
            return new Session(Native.ENVIRONMENT, bytes, model.length, options);
          }
        });
  }

  private static OnnxSession open(String origin, int padId, SessionFactory factory) {
    Session session = create(origin, factory);
    try {
      OnnxSignature signature = OnnxSignature.of(session, origin);
      int labels = OnnxBatch.probeLabels(session, signature, origin, padId);
      return new OnnxSession(origin, padId, session, signature, labels);
    } catch (RuntimeException e) {
      session.close();
      throw e;
    }
  }

  private static Session create(String origin, SessionFactory factory) {
    try (SessionOptions options = new SessionOptions()) {
      options.SetIntraOpNumThreads(1);
      options.SetInterOpNumThreads(1);
      // Patterns are kept for every shape ever seen, and removed tokens give many shapes.
      options.DisableMemPattern();
      return factory.create(options);
    } catch (RuntimeException e) {
      throw new InputException(
          "ONNX Runtime cannot load "
              + origin
              + ": "
              + firstLine(e)
              + "; export the model again, with its external data beside it",
          e);
    }
  }

  @Override
  public int labels() {
    return labels;
  }

  @Override
  public void classify(int[] ids, int[] lengths, int rows, int width, float[] logits) {
    use.readLock().lock();
    try {
      if (closed) {
        throw new IllegalStateException("the model " + origin + " is closed");
      }
      OnnxBatch batch = idle.poll();
      if (batch == null) {
        batch = new OnnxBatch(session, signature, labels, padId);
      }
      try {
        batch.run(ids, lengths, rows, width, logits);
      } catch (RuntimeException e) {
        throw new InputException(
            "the model "
                + origin
                + " failed on a batch of "
                + rows
                + " x "
                + width
                + " tokens: "
                + firstLine(e),
            e);
      } finally {
        idle.add(batch);
      }
    } finally {
      use.readLock().unlock();
    }
  }

  /** What went wrong, without the place in the library's own sources. */
  static String firstLine(Throwable e) {
    String line = String.valueOf(e.getMessage()).lines().findFirst().orElse("no reason given");
    return SOURCE_PLACE.matcher(line).replaceAll("").strip();
  }

  /** Frees the native memory; waits for runs in progress. */
  @Override
  public void close() {
    use.writeLock().lock();
    try {
      if (!closed) {
        closed = true;
        idle.forEach(OnnxBatch::close);
        idle.clear();
        session.close();
      }
    } finally {
      use.writeLock().unlock();
    }
  }

  private interface SessionFactory {
    Session create(SessionOptions options);
  }

  /** Loaded on first use. ONNX Runtime wants one environment a process, kept to its end. */
  private static final class Native {
    // Errors come as exceptions; anything logged would only repeat them on standard error.
    static final Env ENVIRONMENT = new Env(ORT_LOGGING_LEVEL_FATAL, "ablate");
  }
}
