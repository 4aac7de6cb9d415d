package dev.ablate.model;

import dev.ablate.backend.Backend;
import dev.ablate.backend.Buffer;
import dev.ablate.backend.Buffer.Element;
import dev.ablate.backend.kernel.OutOfDeviceMemoryException;
import dev.ablate.code.InputException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * A network over {@link StubFunction} in the memory of a backend. It is as lazy as a device may be:
 * a run happens when somebody waits for it, on what the inputs are by then.
 */
public class StubNetwork implements ResidentNetwork {
  private final Backend backend;
  private final Layout layout;
  private final StubFunction function;
  private final List<int[]> runs = new ArrayList<>();
  private int mostPositions = Integer.MAX_VALUE;
  private int refused = -1;
  private int milliseconds;

  /** A network of some layout. */
  public StubNetwork(Backend backend, Layout layout, StubFunction function) {
    this.backend = backend;
    this.layout = layout;
    this.function = function;
  }

  /** Lacks memory for more positions in a run. */
  public StubNetwork lacking(int mostPositions) {
    this.mostPositions = mostPositions;
    return this;
  }

  /** Fails on runs in which a token is, as ONNX Runtime does on numbers out of its vocabulary. */
  public StubNetwork refusing(int token) {
    this.refused = token;
    return this;
  }

  /** Takes so long for each run. */
  public StubNetwork taking(int milliseconds) {
    this.milliseconds = milliseconds;
    return this;
  }

  /** Rows, width and tokens of each run, in order. */
  public List<int[]> runs() {
    return runs;
  }

  @Override
  public Backend backend() {
    return backend;
  }

  @Override
  public Layout layout() {
    return layout;
  }

  /** Where the stub reads and writes numbers of a slot. */
  interface Access {
    /** The integers of a buffer, int32 or int64. */
    long[] whole(Buffer from, int count);

    /** Writes bytes to the front of a buffer. */
    void write(Buffer to, byte[] bytes);
  }

  /** Heap arrays of the host backend. */
  private static final Access HEAP =
      new Access() {
        @Override
        public long[] whole(Buffer from, int count) {
          return from.element() == Element.U64
              ? Arrays.copyOf(from.toHost().words(), count)
              : Arrays.stream(from.toHost().ints()).limit(count).asLongStream().toArray();
        }

        @Override
        public void write(Buffer to, byte[] bytes) {
          System.arraycopy(bytes, 0, to.toHost().byteArray(), 0, bytes.length);
        }
      };

  /** What a run is made of. */
  record Shape(int past, int[] front, int rows, int width, int asked) {}

  /** Memory of a run. */
  protected class StubSlot implements Slot {
    private final Buffer ids;
    private final Buffer attention;
    private final Buffer positions;
    private final Buffer places;
    private final Buffer targets;
    private final Buffer scores;
    private Shape given;

    StubSlot(int rows, int positions, int asked) {
      this.ids = backend.zeros(layout.ids(), positions);
      this.attention =
          layout.attention() == null ? null : backend.zeros(layout.attention(), positions);
      this.positions =
          layout.positions() == null ? null : backend.zeros(layout.positions(), positions);
      boolean asks = layout.per() == Per.ASKED;
      this.places = asks ? backend.zeros(Element.U64, Math.max(1, asked)) : null;
      this.targets = asks ? backend.zeros(Element.U64, Math.max(1, asked)) : null;
      long vectors =
          switch (layout.per()) {
            case ROW -> rows;
            case POSITION -> positions;
            case ASKED -> Math.max(1, asked);
          };
      this.scores = backend.zeros(Element.U8, vectors * layout.count() * layout.number().bytes());
    }

    @Override
    public Buffer ids() {
      return ids;
    }

    @Override
    public Buffer attention() {
      return attention;
    }

    @Override
    public Buffer positions() {
      return positions;
    }

    @Override
    public Buffer places() {
      return places;
    }

    @Override
    public Buffer targets() {
      return targets;
    }

    @Override
    public Buffer extra(int number) {
      throw new IndexOutOfBoundsException(number);
    }

    @Override
    public Buffer scores() {
      return scores;
    }

    @Override
    public void filled() {
      if (given != null) {
        throw new IllegalStateException("filled again before the run was waited for");
      }
    }

    void give(Shape shape) {
      given = shape;
    }

    @Override
    public void join() {
      if (given == null) {
        throw new IllegalStateException("nothing to wait for");
      }
      compute(this, given, HEAP);
      given = null;
    }

    @Override
    public void close() {
      for (Buffer buffer : new Buffer[] {ids, attention, positions, places, targets, scores}) {
        if (buffer != null) {
          buffer.close();
        }
      }
    }
  }

  @Override
  public Slot slot(int rows, int positions, int asked) {
    return new StubSlot(rows, positions, asked);
  }

  private record StubPrefix(int[] tokens) implements Prefix {
    @Override
    public int length() {
      return tokens.length;
    }

    @Override
    public void close() {
      // Arrays go by themselves.
    }
  }

  @Override
  public Prefix prefix(int[] tokens) {
    return new StubPrefix(tokens.clone());
  }

  /** The run of a slot; refuses what is too large. */
  static Shape shape(Prefix prefix, int rows, int width, int asked) {
    int[] front = prefix == null ? new int[0] : ((StubPrefix) prefix).tokens;
    return new Shape(front.length, front, rows, width, asked);
  }

  /** Whether there is memory for it. */
  void requireMemory(Shape shape) {
    long positions = (long) shape.rows * (shape.past + shape.width);
    if (positions > mostPositions) {
      throw new OutOfDeviceMemoryException("stub", positions, mostPositions, mostPositions);
    }
  }

  @Override
  public void run(Slot slot, Prefix prefix, int rows, int width, int asked) {
    Shape shape = shape(prefix, rows, width, asked);
    requireMemory(shape);
    StubSlot own = (StubSlot) slot;
    if (refused >= 0) {
      for (long id : HEAP.whole(own.ids, rows * width)) {
        if (id == refused) {
          throw new InputException("the stub knows no token " + refused);
        }
      }
    }
    own.give(shape);
    LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(milliseconds));
  }

  /** Computes what a run gives. */
  void compute(StubSlot slot, Shape shape, Access access) {
    long[] ids = access.whole(slot.ids, shape.rows * shape.width);
    int all = shape.past + shape.width;
    long[] attention =
        slot.attention == null ? null : access.whole(slot.attention, shape.rows * all);
    long[] positions =
        slot.positions == null ? null : access.whole(slot.positions, shape.rows * shape.width);
    int[][] rows = new int[shape.rows][];
    int tokens = 0;
    for (int r = 0; r < shape.rows; r++) {
      int length = 0;
      while (length < shape.width
          && (attention == null || attention[r * all + shape.past + length] == 1)) {
        if (positions != null && positions[r * shape.width + length] != shape.past + length) {
          throw new IllegalStateException("position " + positions[r * shape.width + length]);
        }
        length++;
      }
      tokens += length;
      rows[r] = Arrays.copyOf(shape.front, shape.past + length);
      for (int t = 0; t < length; t++) {
        rows[r][shape.past + t] = (int) ids[r * shape.width + t];
      }
    }
    synchronized (runs) {
      runs.add(new int[] {shape.rows, shape.width, tokens});
    }
    access.write(slot.scores, numbers(slot, shape, rows, access));
  }

  private byte[] numbers(StubSlot slot, Shape shape, int[][] rows, Access access) {
    ByteBuffer out = ByteBuffer.wrap(new byte[(int) slot.scores.length()]);
    out.order(ByteOrder.nativeOrder());
    switch (layout.per()) {
      case ROW -> {
        for (int[] row : rows) {
          put(out, function.of(row));
        }
      }
      case POSITION -> {
        for (int[] row : rows) {
          for (int t = 0; t < shape.width; t++) {
            put(out, function.of(Arrays.copyOf(row, Math.min(row.length, shape.past + t + 1))));
          }
        }
      }
      case ASKED -> {
        for (long place : access.whole(slot.places, shape.asked)) {
          int[] row = rows[(int) (place / shape.width)];
          int end = shape.past + (int) (place % shape.width) + 1;
          put(out, function.of(Arrays.copyOf(row, Math.min(row.length, end))));
        }
      }
    }
    return Arrays.copyOf(out.array(), out.position());
  }

  private void put(ByteBuffer out, float[] numbers) {
    for (float number : numbers) {
      switch (layout.number()) {
        case F32 -> out.putFloat(number);
        case F64 -> out.putDouble(number);
        default -> throw new IllegalStateException("no test asks the stub for other numbers");
      }
    }
  }

  @Override
  public void close() {
    // The backend belongs to somebody else.
  }
}
