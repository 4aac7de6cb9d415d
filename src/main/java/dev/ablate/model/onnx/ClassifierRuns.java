package dev.ablate.model.onnx;

import dev.ablate.code.InputException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;

/** Runs rows of tokens through the graph of a classifier, in batches of the size it is given. */
final class ClassifierRuns {
  /** More labels than any classifier has: as many scores stand in memory for every row. */
  private static final int MOST_LABELS = 1 << 16;

  private final OnnxSession session;
  private final Signature signature;
  private final int fixedRows;
  private final int fixedLength;

  ClassifierRuns(OnnxSession session, Signature signature) {
    this.session = session;
    this.signature = signature;
    this.fixedRows = signature.fixedRows();
    this.fixedLength = signature.fixedLength();
    requireFew(signature.declaredLabels());
  }

  OnnxSession session() {
    return session;
  }

  /** Most rows of one run. */
  int mostRows() {
    return fixedRows == 0 ? Integer.MAX_VALUE : fixedRows;
  }

  /** Tokens that the graph needs in every row, 0 where a run decides. */
  int fixedLength() {
    return fixedLength;
  }

  /** Labels that the graph declares, 0 where it does not say. */
  long declaredLabels() {
    return signature.declaredLabels();
  }

  private void requireFew(long labels) {
    if (labels > MOST_LABELS) {
      throw new InputException(
          "the graph "
              + session.origin()
              + " returns "
              + labels
              + " logits a text; at most "
              + MOST_LABELS
              + " labels can be explained");
    }
  }

  /**
   * Runs one row and counts the labels that come back.
   *
   * @throws InputException if that is not one score a label
   */
  int labels(int[] row, int filler) {
    TokenBatch batch = TokenBatch.of(TokenRows.of(List.of(row)), 0, 1);
    long[][] shape = new long[1][];
    session.run(
        run -> {
          fill(run, batch, filler);
          shape[0] = run.shapeOf(signature.logits());
        });
    if (shape[0].length == 3) {
      throw Signature.perToken(session);
    }
    if (shape[0].length != 2 || shape[0][0] != Math.max(1, fixedRows) || shape[0][1] < 1) {
      throw new InputException(
          "the graph "
              + session.origin()
              + " returns logits of shape "
              + Arrays.toString(shape[0])
              + " for one text; needed is (batch, labels); export it as a text-classification"
              + " model with dynamic axes");
    }
    requireFew(shape[0][1]);
    return (int) shape[0][1];
  }

  /**
   * Runs one batch.
   *
   * @param batch at most {@link #mostRows} rows
   * @param filler what stands behind the tokens of short rows; it is masked out
   * @param labels scores a row
   * @param scores receives {@code (rows, labels)} of all rows, those of the batch at their places
   * @throws RuntimeException if ONNX Runtime fails
   */
  void run(TokenBatch batch, int filler, int labels, float[] scores) {
    session.run(
        run -> {
          int bound = fill(run, batch, filler);
          ByteBuffer out = run.output(signature.logits(), bound, labels);
          run.run();
          int count = batch.count() * labels;
          signature.logits().type().floats(out, count, scores, batch.first() * labels);
        });
  }

  /** Binds a batch and returns its rows; what a fixed batch lacks is filled with its first row. */
  private int fill(OnnxRun run, TokenBatch of, int filler) {
    TokenRows rows = of.rows();
    int batch = Math.max(of.count(), fixedRows);
    int width = fixedLength == 0 ? of.width() : fixedLength;
    if (rows.longest(of.first(), of.end()) > width) {
      throw new InputException(
          "the graph " + session.origin() + " takes texts of at most " + width + " tokens");
    }
    Whole ids = new Whole(run, signature.ids(), batch, width);
    Whole attention = new Whole(run, signature.attention(), batch, width);
    Whole positions = new Whole(run, signature.positions(), batch, width);
    if (signature.typeIds() != null) {
      // Memory of inputs starts as zeros, and nobody writes to this.
      run.input(signature.typeIds(), batch, width);
    }
    for (int b = 0; b < batch; b++) {
      int row = of.first() + (b < of.count() ? b : 0);
      for (int t = 0; t < width; t++) {
        ids.put(b * width + t, rows.at(row, t, filler));
        attention.put(b * width + t, t < rows.lengths()[row] ? 1 : 0);
        positions.put(b * width + t, t);
      }
    }
    return batch;
  }

  /** The memory of an input of whole numbers, which the graph may lack. */
  private static final class Whole {
    private final ByteBuffer memory;
    private final int bytes;

    Whole(OnnxRun run, TensorInfo input, int rows, int width) {
      this.memory = input == null ? null : run.input(input, rows, width);
      this.bytes = input == null ? 0 : input.type().bytes();
    }

    void put(int at, int value) {
      if (bytes == Long.BYTES) {
        memory.putLong(at * Long.BYTES, value);
      } else if (bytes == Integer.BYTES) {
        memory.putInt(at * Integer.BYTES, value);
      }
    }
  }
}
