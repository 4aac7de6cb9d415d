package dev.ablate.backend.kernel;

import dev.ablate.backend.Buffer.Element;
import dev.ablate.backend.HostBuffer;
import dev.ablate.backend.LogisticRegression;
import dev.ablate.backend.LogisticRegression.NoMinimumException;
import java.util.Map;
import java.util.concurrent.CancellationException;
import java.util.stream.IntStream;

/**
 * Some subsets that are trained side by side. Each round asks for the loss of all that are not done
 * at one point; what is done leaves the products, which get narrower.
 */
final class KernelLogisticBatch {
  private static final String STEM = "logistic_regression";
  private static final KernelMacros SOURCE = KernelMacros.of(STEM);
  private static final int PER = SOURCE.constant("PER");
  private static final int SIDE = SOURCE.constant("SIDE");
  private static final int TILE_ITEMS = SOURCE.constant("TILE_ITEMS");
  private static final int STRETCH = SOURCE.constant("STRETCH");
  private static final int VECTORS = SOURCE.constant("VECTORS");
  private static final int NUMBERS = SOURCE.constant("NUMBERS");
  private static final int STATES = SOURCE.constant("STATES");
  private static final int DONE = SOURCE.constant("DONE");
  private static final int FAILED = SOURCE.constant("FAILED");

  /** Vectors of a subset beside those of its search: a point, its gradient and its plain step. */
  private static final int ASKED = 3;

  /** Most items along a row of a tile: 80 numbers, so that 65 columns take one tile. */
  private static final int WIDEST = 20;

  /** Most bytes of scores that come to the host at a time: what its cache holds. */
  private static final long PIECE = 1L << 24;

  private final Runtime runtime;
  private final Runtime.Scope scope;
  private final KernelLogisticRows rows;
  private final KernelBuffer kept;
  private final int first;
  private final int count;
  private final int stretches;
  private final KernelBuffer scores;
  private final KernelBuffer losses;
  private final KernelBuffer points;
  private final KernelBuffer gradients;
  private final KernelBuffer plains;
  private final KernelBuffer memory;
  private final KernelBuffer numbers;
  private final KernelBuffer states;
  private final KernelBuffer stages;
  private final KernelBuffer active;

  /** Bytes that a subset takes. */
  static long bytesEach(KernelLogisticRows rows) {
    long trained = rows.problem().rows();
    return Double.BYTES
        * ((VECTORS + ASKED) * (long) rows.problem().parameters()
            + rows.problem().classes() * trained
            + trained / STRETCH
            + 1
            + NUMBERS
            + STATES);
  }

  /**
   * Takes memory.
   *
   * @param kept U64 {@code (subsets, ceil(groups/64)) row-major}
   * @param first the batch's first subset
   * @param count how many it has
   */
  KernelLogisticBatch(
      Runtime runtime,
      Runtime.Scope scope,
      KernelLogisticRows rows,
      KernelBuffer kept,
      int first,
      int count) {
    this.runtime = runtime;
    this.scope = scope;
    this.rows = rows;
    this.kept = kept;
    this.first = first;
    this.count = count;
    long trained = rows.problem().rows();
    long size = (long) count * rows.problem().parameters();
    this.stretches = (int) ((trained + STRETCH - 1) / STRETCH);
    this.scores = scope.temporary(Element.F64, count * trained * rows.problem().classes());
    this.losses = scope.temporary(Element.F64, (long) count * stretches);
    this.points = scope.temporary(Element.F64, size);
    this.gradients = scope.temporary(Element.F64, size);
    this.plains = scope.temporary(Element.F64, size);
    this.memory = scope.temporary(Element.F64, VECTORS * size);
    this.numbers = scope.temporary(Element.F64, (long) NUMBERS * count);
    this.states = scope.temporary(Element.I32, (long) STATES * count);
    this.stages = scope.temporary(Element.I32, count);
    this.active = scope.temporary(Element.I32, count);
  }

  /**
   * Trains all and tells them in order.
   *
   * @throws CancellationException if the calling thread was interrupted
   */
  void train(LogisticRegression.Sink sink) {
    begin();
    for (int[] waiting = waiting(); waiting.length > 0; waiting = waiting()) {
      if (Thread.currentThread().isInterrupted()) {
        throw new CancellationException("interrupted");
      }
      choose(waiting);
      round(waiting.length);
    }
    tell(sink);
  }

  private void begin() {
    Runtime.Kernel kernel = kernel("begin");
    int size = runtime.groupSize(kernel);
    runtime.launch(
        kernel,
        runtime.groups((long) count * size, size),
        size,
        Integer.BYTES,
        Arguments.of()
            .put("points", points)
            .put("memory", memory)
            .put("states", states)
            .put("stages", stages)
            .put("start", rows.start())
            .put("kept", kept)
            .put("group_of", rows.groupOf())
            .put("subsets", count)
            .put("size", rows.problem().parameters())
            .put("rows", rows.problem().rows())
            .put("words", words())
            .put("first", first));
  }

  private int words() {
    return (rows.problem().groups() + 63) / 64;
  }

  /** The subsets that are not done. */
  private int[] waiting() {
    int[] stage = stages.toHost().ints();
    for (int s = 0; s < count; s++) {
      if (stage[s] == FAILED) {
        throw NoMinimumException.unfinished(first + s);
      }
    }
    return IntStream.range(0, count).filter(s -> stage[s] != DONE).toArray();
  }

  /** Says which subsets the slots of the next products are of. */
  private void choose(int[] subsets) {
    runtime.device().write(active.memory(), 0, HostBuffer.of(subsets));
  }

  private void round(int slots) {
    int parameters = rows.problem().parameters();
    int trained = rows.problem().rows();
    scores(scores, points, parameters, rows.rows(), trained, false, slots);
    residuals(slots);
    gradients(slots);
    steps(slots);
    search(slots);
  }

  /**
   * How products are cut.
   *
   * @param down items along the rows of the left
   * @param across items along the rows of the right
   * @param tiles tiles along the rows of the right
   */
  private record Tile(int down, int across, int tiles) {
    static Tile of(int items, int lefts, int rights) {
      int most = Math.min(items, TILE_ITEMS);
      int widest = PER * Math.min(most, WIDEST);
      int tiles = (rights + widest - 1) / widest;
      int across = Math.max(1, (rights + PER * tiles - 1) / (PER * Math.max(1, tiles)));
      int down = Math.min(most / across, Math.min(SIDE, (lefts + PER - 1) / PER));
      return new Tile(down, across, tiles);
    }

    int items() {
      return down * across;
    }

    /** Tiles of a product with so many rows of the left. */
    long all(int lefts) {
      return (lefts + (long) PER * down - 1) / (PER * down) * tiles;
    }
  }

  private void launch(Runtime.Kernel kernel, Tile tile, long tiles, Arguments arguments) {
    // Few different sizes: some compilers build a kernel anew for each.
    int enough = 2 * Integer.highestOneBit(Math.max(1, tile.items() - 1));
    int size = Math.min(runtime.groupSize(kernel), tile.items() == 1 ? 1 : enough);
    runtime.launch(
        kernel,
        runtime.groups(tiles * size, size),
        size,
        kernel.number("LOGISTIC_REGRESSION_TILE_LOCAL", tile.down(), tile.across()),
        arguments);
  }

  private Runtime.Kernel kernel(String part) {
    return runtime.kernel(STEM, STEM + "_" + part, Map.of());
  }

  /** What models give for rows, by class or by row. */
  private void scores(
      KernelBuffer to,
      KernelBuffer weights,
      long stride,
      KernelBuffer asked,
      int askedRows,
      boolean byRow,
      int slots) {
    Runtime.Kernel kernel = kernel("scores");
    int models = slots * rows.problem().classes();
    Tile tile = Tile.of(runtime.groupSize(kernel), models, askedRows);
    launch(
        kernel,
        tile,
        tile.all(models),
        Arguments.of()
            .put("scores", to)
            .put("weights", weights)
            .put("rows", asked)
            .put("active", active)
            .put("count", slots)
            .put("stride", stride)
            .put("classes", rows.problem().classes())
            .put("width", rows.problem().width())
            .put("row_count", askedRows)
            .put("by_row", byRow ? 1 : 0)
            .put("tiles", tile.tiles())
            .put("down", tile.down())
            .put("across", tile.across()));
  }

  private void residuals(int slots) {
    Runtime.Kernel kernel = kernel("residuals");
    int size = runtime.groupSize(kernel);
    runtime.launch(
        kernel,
        runtime.groups((long) slots * stretches * size, size),
        size,
        kernel.number("LANES_LOCAL"),
        Arguments.of()
            .put("scores", scores)
            .put("losses", losses)
            .put("kept", kept)
            .put("group_of", rows.groupOf())
            .put("labels", rows.labels())
            .put("active", active)
            .put("count", slots)
            .put("classes", rows.problem().classes())
            .put("rows", rows.problem().rows())
            .put("words", words())
            .put("first", first)
            .put("stretches", stretches));
  }

  private void gradients(int slots) {
    Runtime.Kernel kernel = kernel("gradients");
    int models = slots * rows.problem().classes();
    Tile tile = Tile.of(runtime.groupSize(kernel), models, rows.problem().width());
    launch(
        kernel,
        tile,
        tile.all(models),
        Arguments.of()
            .put("gradients", gradients)
            .put("residuals", scores)
            .put("columns", rows.columns())
            .put("points", points)
            .put("active", active)
            .put("count", slots)
            .put("classes", rows.problem().classes())
            .put("width", rows.problem().width())
            .put("rows", rows.problem().rows())
            .put("penalty", rows.problem().penalty())
            .put("tiles", tile.tiles())
            .put("down", tile.down())
            .put("across", tile.across()));
  }

  private void steps(int slots) {
    Runtime.Kernel kernel = kernel("steps");
    Tile tile = Tile.of(runtime.groupSize(kernel), slots, rows.problem().width());
    launch(
        kernel,
        tile,
        tile.all(slots) * rows.problem().classes(),
        Arguments.of()
            .put("plains", plains)
            .put("gradients", gradients)
            .put("inverses", rows.inverses())
            .put("active", active)
            .put("count", slots)
            .put("classes", rows.problem().classes())
            .put("width", rows.problem().width())
            .put("tiles", tile.tiles())
            .put("down", tile.down())
            .put("across", tile.across()));
  }

  private void search(int slots) {
    Runtime.Kernel kernel = kernel("search");
    int size = runtime.groupSize(kernel);
    runtime.launch(
        kernel,
        runtime.groups((long) slots * size, size),
        size,
        kernel.number("LOGISTIC_REGRESSION_SEARCH_LOCAL"),
        Arguments.of()
            .put("points", points)
            .put("gradients", gradients)
            .put("plains", plains)
            .put("losses", losses)
            .put("memory", memory)
            .put("numbers", numbers)
            .put("states", states)
            .put("stages", stages)
            .put("active", active)
            .put("count", slots)
            .put("classes", rows.problem().classes())
            .put("width", rows.problem().width())
            .put("stretches", stretches)
            .put("penalty", rows.problem().penalty())
            .put("tolerance", rows.problem().tolerance())
            .put("most", LogisticRegression.MOST_EVALUATIONS));
  }

  /** Asks all models about the test rows, in pieces. */
  private void tell(LogisticRegression.Sink sink) {
    int each = Math.multiplyExact(rows.testRows(), rows.problem().classes());
    int piece = (int) Math.max(1, Math.min(count, PIECE / Math.max(1, (long) Double.BYTES * each)));
    KernelBuffer asked = scope.temporary(Element.F64, (long) piece * each);
    double[] said = new double[each];
    double[] some = new double[Math.multiplyExact(piece, each)];
    for (int from = 0; from < count; from += piece) {
      int here = Math.min(piece, count - from);
      if (each > 0) {
        ask(asked, from, here);
        some = here < piece ? new double[here * each] : some;
        runtime.device().read(asked.memory(), 0, HostBuffer.of(some));
      }
      for (int s = 0; s < here; s++) {
        System.arraycopy(some, s * each, said, 0, each);
        sink.scores(first + from + s, said);
      }
    }
  }

  private void ask(KernelBuffer asked, int from, int models) {
    long stride = (long) VECTORS * rows.problem().parameters();
    choose(IntStream.range(from, from + models).toArray());
    scores(asked, memory, stride, rows.tests(), rows.testRows(), true, models);
  }
}
