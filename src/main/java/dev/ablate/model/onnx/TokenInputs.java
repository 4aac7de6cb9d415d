package dev.ablate.model.onnx;

import dev.ablate.code.InputException;
import java.nio.ByteBuffer;
import java.nio.IntBuffer;
import java.nio.LongBuffer;
import java.util.Arrays;
import java.util.stream.IntStream;

/** Gives a graph the tokens of a batch: numbers, attention, places and types. */
final class TokenInputs {
  private final String origin;
  private final Signature signature;
  private final int fixedRows;
  private final int fixedLength;
  private final BatchInputs others;

  TokenInputs(String origin, Signature signature) {
    this(origin, signature, BatchInputs.NONE);
  }

  private TokenInputs(String origin, Signature signature, BatchInputs others) {
    this.origin = origin;
    this.signature = signature;
    this.others = others;
    this.fixedRows = signature.fixedRows();
    this.fixedLength = signature.fixedLength();
  }

  /** The same for a graph that gets something else too. */
  TokenInputs with(BatchInputs others) {
    return new TokenInputs(origin, signature, others);
  }

  /** Which inputs there are. */
  Signature signature() {
    return signature;
  }

  /** Where the graph came from, for messages. */
  String origin() {
    return origin;
  }

  /** Most rows of one run. */
  int mostRows() {
    return fixedRows == 0 ? Integer.MAX_VALUE : fixedRows;
  }

  /** Rows of a run of a batch. */
  int rows(TokenBatch batch) {
    return Math.max(batch.count(), fixedRows);
  }

  /** Tokens that the graph needs in every row, 0 where a run decides. */
  int fixedLength() {
    return fixedLength;
  }

  /**
   * The shape of what the graph gives for one row.
   *
   * @throws RuntimeException if ONNX Runtime fails
   */
  long[] shapeOf(OnnxSession session, TensorInfo output, TokenBatch row, int filler) {
    long[][] shape = new long[1][];
    session.run(
        run -> {
          bind(run, row, filler, 0);
          shape[0] = run.shapeOf(output);
        });
    return shape[0];
  }

  /**
   * Positions of each row in a run of a batch.
   *
   * @throws InputException if a row has more tokens than the graph takes
   */
  int width(TokenBatch batch) {
    int width = fixedLength == 0 ? batch.width() : fixedLength;
    if (batch.rows().longest(batch.first(), batch.end()) > width) {
      throw new InputException(
          "the graph " + origin + " takes texts of at most " + width + " tokens");
    }
    return width;
  }

  /**
   * Binds a batch; what a fixed batch lacks is filled with its first row.
   *
   * @param filler what stands behind the tokens of short rows; it is masked out
   * @param past tokens in front of every row that the graph gets in another way
   */
  void bind(OnnxRun run, TokenBatch of, int filler, int past) {
    TokenRows rows = of.rows();
    int batch = rows(of);
    int width = width(of);
    Whole ids = new Whole(run, signature.ids(), batch, width);
    Whole attention = new Whole(run, signature.attention(), batch, past + width);
    Whole positions = new Whole(run, signature.positions(), batch, width);
    if (signature.typeIds() != null) {
      // Memory of inputs starts as zeros, and nobody writes to this.
      run.input(signature.typeIds(), batch, width);
    }
    int[] tokens = new int[width];
    int[] ones = new int[past + width];
    int[] places = IntStream.range(past, past + width).toArray();
    for (int b = 0; b < batch; b++) {
      int row = of.first() + (b < of.count() ? b : 0);
      int length = rows.lengths()[row];
      System.arraycopy(rows.tokens(), row * rows.width(), tokens, 0, length);
      Arrays.fill(tokens, length, width, filler);
      ids.put(b, tokens);
      Arrays.fill(ones, 0, past + length, 1);
      Arrays.fill(ones, past + length, past + width, 0);
      attention.put(b, ones);
      positions.put(b, places);
    }
    others.bind(run, of, batch, width);
  }

  /** The memory of an input of whole numbers, which the graph may lack. Rows go in whole. */
  private static final class Whole {
    private final long[] wide;
    private final LongBuffer longs;
    private final IntBuffer ints;

    Whole(OnnxRun run, TensorInfo input, int rows, int width) {
      ByteBuffer memory = input == null ? null : run.input(input, rows, width);
      int bytes = input == null ? 0 : input.type().bytes();
      this.wide = new long[width];
      this.longs = bytes == Long.BYTES ? memory.asLongBuffer() : null;
      this.ints = bytes == Integer.BYTES ? memory.asIntBuffer() : null;
    }

    void put(int row, int[] numbers) {
      if (longs != null) {
        for (int i = 0; i < wide.length; i++) {
          wide[i] = numbers[i];
        }
        longs.put(row * wide.length, wide);
      } else if (ints != null) {
        ints.put(row * wide.length, numbers);
      }
    }
  }
}
