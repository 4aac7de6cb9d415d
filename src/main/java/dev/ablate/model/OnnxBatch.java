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
import org.bytedeco.onnxruntime.OrtMemoryInfo;
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
  private final IoBinding binding;

  private LongPointer ids = new LongPointer();
  private LongPointer attention = new LongPointer();
  private LongPointer typeIds = new LongPointer();
  private FloatPointer logits = new FloatPointer();

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

  /** The bindings hold on to the memory's address and to the shape; the tensors may go. */
  @SuppressWarnings("try") // The scope is there to free what is made inside it.
  private void bind(int rows, int width) {
    this.rows = 0; // So that a failure below is not taken for a bound shape.
    reserve(rows, width);
    try (PointerScope scope = new PointerScope()) {
      OrtMemoryInfo host =
          MemoryInfo.CreateCpu(OrtDeviceAllocator, OrtMemTypeDefault).asOrtMemoryInfo();
      LongPointer shape = new LongPointer(new long[] {rows, width});
      long tokens = (long) rows * width;
      binding.BindInput(OnnxSignature.IDS, Value.CreateTensorLong(host, ids, tokens, shape, 2));
      binding.BindInput(
          OnnxSignature.ATTENTION, Value.CreateTensorLong(host, attention, tokens, shape, 2));
      if (signature.takesTypeIds()) {
        binding.BindInput(
            OnnxSignature.TYPE_IDS, Value.CreateTensorLong(host, typeIds, tokens, shape, 2));
      }
      LongPointer outputShape = new LongPointer(new long[] {rows, labels});
      binding.BindOutput(
          OnnxSignature.LOGITS,
          Value.CreateTensorFloat(host, logits, (long) rows * labels, outputShape, 2));
    }
    this.rows = rows;
    this.width = width;
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
      batch.binding.BindOutput(
          OnnxSignature.LOGITS,
          MemoryInfo.CreateCpu(OrtDeviceAllocator, OrtMemTypeDefault).asOrtMemoryInfo());
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

  @Override
  public void close() {
    binding.close();
    runOptions.close();
    ids.close();
    attention.close();
    typeIds.close();
    logits.close();
  }
}
