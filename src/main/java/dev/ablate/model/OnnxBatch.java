package dev.ablate.model;

import static org.bytedeco.onnxruntime.global.onnxruntime.OrtDeviceAllocator;
import static org.bytedeco.onnxruntime.global.onnxruntime.OrtMemTypeDefault;

import dev.ablate.code.InputException;
import java.nio.LongBuffer;
import java.util.Arrays;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.LongPointer;
import org.bytedeco.javacpp.Pointer;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.onnxruntime.IoBinding;
import org.bytedeco.onnxruntime.MemoryInfo;
import org.bytedeco.onnxruntime.RunOptions;
import org.bytedeco.onnxruntime.Session;
import org.bytedeco.onnxruntime.Value;

/**
 * Direct memory for one run at a time, bound to a session's inputs and outputs. It grows to the
 * largest batch it has seen; tensors are made anew only when the shape changes.
 */
final class OnnxBatch implements AutoCloseable {
  private final Session session;
  private final OnnxSignature signature;
  private final int labels;
  private final int padId;
  private final RunOptions runOptions = new RunOptions();
  private final MemoryInfo host = MemoryInfo.CreateCpu(OrtDeviceAllocator, OrtMemTypeDefault);
  private final IoBinding binding;

  private LongPointer ids = new LongPointer();
  private LongPointer attention = new LongPointer();
  private LongPointer typeIds = new LongPointer();
  private FloatPointer logits = new FloatPointer();

  /** Views of the memory above in the present shape. */
  private Value[] tensors = {};

  private int rows;
  private int width;

  OnnxBatch(Session session, OnnxSignature signature, int labels, int padId) {
    this.session = session;
    this.signature = signature;
    this.labels = labels;
    this.padId = padId;
    this.binding = new IoBinding(session);
  }

  /** As {@link Classifier#classify}. */
  void run(int[] tokens, int[] lengths, int rows, int width, float[] out) {
    if (rows != this.rows || width != this.width) {
      bind(rows, width);
    }
    fill(tokens, lengths);
    session.Run(runOptions, binding);
    logits.get(out, 0, rows * labels);
  }

  private void fill(int[] tokens, int[] lengths) {
    LongBuffer id = ids.asBuffer();
    LongBuffer attended = attention.asBuffer();
    for (int r = 0; r < rows; r++) {
      int row = r * width;
      for (int t = 0; t < width; t++) {
        boolean present = t < lengths[r];
        id.put(row + t, present ? tokens[row + t] : padId);
        attended.put(row + t, present ? 1 : 0);
      }
    }
  }

  private void bind(int rows, int width) {
    closeTensors();
    this.rows = 0; // So that a failure below is not taken for a bound shape.
    reserve(rows, width);
    tensors = new Value[] {tensor(ids, rows, width), tensor(attention, rows, width)};
    binding.BindInput(OnnxSignature.IDS, tensors[0]);
    binding.BindInput(OnnxSignature.ATTENTION, tensors[1]);
    if (signature.takesTypeIds()) {
      binding.BindInput(OnnxSignature.TYPE_IDS, keep(tensor(typeIds, rows, width)));
    }
    binding.BindOutput(OnnxSignature.LOGITS, keep(tensor(logits, rows, labels)));
    this.rows = rows;
    this.width = width;
  }

  private Value keep(Value tensor) {
    tensors = Arrays.copyOf(tensors, tensors.length + 1);
    tensors[tensors.length - 1] = tensor;
    return tensor;
  }

  private void reserve(int rows, int width) {
    long tokens = Math.multiplyExact(rows, width);
    if (ids.capacity() < tokens) {
      ids.close();
      ids = new LongPointer(tokens);
      attention.close();
      attention = new LongPointer(tokens);
      if (signature.takesTypeIds()) {
        typeIds.close();
        typeIds = new LongPointer(tokens);
        Pointer.memset(typeIds, 0, tokens * typeIds.sizeof());
      }
    }
    long scores = Math.multiplyExact(rows, labels);
    if (logits.capacity() < scores) {
      logits.close();
      logits = new FloatPointer(scores);
    }
  }

  private Value tensor(LongPointer data, int rows, int columns) {
    try (LongPointer shape = new LongPointer(new long[] {rows, columns})) {
      return Value.CreateTensorLong(host.asOrtMemoryInfo(), data, (long) rows * columns, shape, 2);
    }
  }

  private Value tensor(FloatPointer data, int rows, int columns) {
    try (LongPointer shape = new LongPointer(new long[] {rows, columns})) {
      return Value.CreateTensorFloat(host.asOrtMemoryInfo(), data, (long) rows * columns, shape, 2);
    }
  }

  /**
   * Runs one padding token through the graph and counts the scores that come back.
   *
   * @throws InputException if the graph does not run or returns another shape
   */
  @SuppressWarnings("try") // The scope is there to free what is made inside it.
  static int probeLabels(Session session, OnnxSignature signature, String origin, int padId) {
    try (PointerScope scope = new PointerScope();
        OnnxBatch batch = new OnnxBatch(session, signature, 1, padId)) {
      batch.bind(1, 1);
      batch.binding.ClearBoundOutputs();
      batch.binding.BindOutput(OnnxSignature.LOGITS, batch.host.asOrtMemoryInfo());
      batch.fill(new int[] {padId}, new int[] {1});
      session.Run(batch.runOptions, batch.binding);
      long[] shape =
          batch.binding.GetOutputValues().get(0).GetTensorTypeAndShapeInfo().GetShape().get();
      if (shape.length != 2 || shape[0] != 1 || shape[1] < 1) {
        throw new InputException(
            "the graph "
                + origin
                + " returns logits of shape "
                + Arrays.toString(shape)
                + " for a single token; needed is (batch, labels); export it as a"
                + " text-classification model");
      }
      return (int) shape[1];
    } catch (InputException e) {
      throw e;
    } catch (RuntimeException e) {
      throw new InputException(
          "the graph " + origin + " does not run on a single token: " + OnnxSession.firstLine(e),
          e);
    }
  }

  private void closeTensors() {
    binding.ClearBoundInputs();
    binding.ClearBoundOutputs();
    for (Value tensor : tensors) {
      tensor.close();
    }
    tensors = new Value[] {};
  }

  @Override
  public void close() {
    closeTensors();
    binding.close();
    runOptions.close();
    host.close();
    ids.close();
    attention.close();
    typeIds.close();
    logits.close();
  }
}
