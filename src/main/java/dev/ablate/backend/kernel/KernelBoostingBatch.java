package dev.ablate.backend.kernel;

import dev.ablate.backend.Boosting.Fitted;
import dev.ablate.backend.Buffer.Element;
import dev.ablate.backend.HostBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/** Runs that are fitted together. */
final class KernelBoostingBatch {
  static final String STEM = "boosting";
  private static final KernelMacros SOURCE = KernelMacros.of(STEM);
  private static final int MOST_CHUNK = SOURCE.constant("BOOSTING_MOST_ROWS");
  private static final int MOST_ITEMS = SOURCE.constant("BOOSTING_RUN_ITEMS");

  /** Fewest items of a group where runs share a multiprocessor. */
  private static final int FEWEST_ITEMS = 128;

  /** Most of one: with more its items wait longer for each other than they save on the rows. */
  private static final int MOST_ALONE = 512;

  private static final int WARP = 32;

  // Places in a run's progress.
  private static final int BASE = SOURCE.constant("AT_BASE");
  private static final int EXPONENT = SOURCE.constant("AT_EXPONENT");
  private static final int GROWN = SOURCE.constant("AT_GROWN");
  private static final int NODES = SOURCE.constant("AT_NODES");
  private static final int DONE = SOURCE.constant("AT_DONE");

  private final Runtime runtime;
  private final KernelBoostingData data;
  private final List<KernelBoostingRun> runs;
  private final KernelBoostingShape shape;
  private final int stride;
  private final boolean local;

  KernelBoostingBatch(Runtime runtime, KernelBoostingData data, List<KernelBoostingRun> runs) {
    this.runtime = runtime;
    this.data = data;
    this.runs = runs;
    this.shape = KernelBoostingShape.of(runs);
    this.local =
        runtime.tuning().get("boosting_run.use") != 0
            && shape.localBytes(data) <= runtime.device().limits().localBytes();
    this.stride = local ? KernelBoostingShape.PROGRESS : shape.book();
  }

  /** Buffers of a fit. */
  private record Buffers(
      KernelBuffer state,
      KernelBuffer books,
      KernelBuffer errors,
      KernelBuffer told,
      KernelBuffer rates,
      KernelBuffer offsets,
      KernelTrees.Block forests) {}

  /** One result a run. */
  List<Fitted> fit() {
    int[] told = new int[runs.size() * KernelBoostingRun.NUMBERS];
    long[] offsets = new long[3 * runs.size()];
    long[] end = new long[3];
    for (int r = 0; r < runs.size(); r++) {
      KernelBoostingRun run = runs.get(r);
      run.tell(told, r * KernelBoostingRun.NUMBERS);
      System.arraycopy(end, 0, offsets, 3 * r, 3);
      end[0] += run.trees();
      end[1] += run.nodes();
      end[2] += run.errors();
    }
    KernelTrees.Block forests = new KernelTrees.Block(runtime, end[0], end[1]);
    try (Runtime.Scope scope = runtime.scope()) {
      Buffers buffers =
          new Buffers(
              scope.temporary(Element.U64, (long) runs.size() * data.rows()),
              scope.temporary(Element.U64, (long) runs.size() * stride),
              scope.temporary(Element.F64, end[2]),
              scope.in(told),
              scope.in(runs.stream().mapToDouble(KernelBoostingRun::rate).toArray()),
              scope.in(offsets),
              forests);
      begin(buffers);
      if (local) {
        growInGroups(buffers);
      } else {
        growTogether(buffers, scope);
      }
      return results(buffers, offsets);
    } finally {
      forests.release();
    }
  }

  private void begin(Buffers b) {
    Runtime.Kernel kernel = kernel("boosting_begin");
    runtime.launch(
        kernel,
        runs.size(),
        runtime.groupSize(kernel),
        kernel.number("BOOSTING_BEGIN_LOCAL"),
        Arguments.of()
            .put("state", b.state)
            .put("books", b.books)
            .put("values", data.values())
            .put("sets", data.sets())
            .put("told", b.told)
            .put("stride", stride)
            .put("outputs", data.outputs())
            .put("runs", runs.size())
            .put("rows", data.rows()));
  }

  /** A group a run, some trees a launch. */
  private void growInGroups(Buffers b) {
    Tuning tuning = runtime.tuning();
    Runtime.Kernel kernel = kernel("boosting_run");
    int size =
        Math.min(
            tuning.get(kernel.name() + ".group", tuning.get("group", items())),
            Math.min(kernel.groupSize(), runtime.device().limits().groupSize()));
    int trees = Math.max(1, tuning.get("boosting_run.trees_per_launch"));
    do {
      runtime.launch(
          kernel,
          runs.size(),
          size,
          (int) shape.localBytes(data),
          Arguments.of()
              .put("state", b.state)
              .put("books", b.books)
              .put("roots", b.forests.roots())
              .put("feature", b.forests.feature())
              .put("left", b.forests.left())
              .put("value", b.forests.value())
              .put("errors", b.errors)
              .put("masks", data.masks())
              .put("sets", data.sets())
              .put("told", b.told)
              .put("rates", b.rates)
              .put("offsets", b.offsets)
              .put("stride", stride)
              .put("runs", runs.size())
              .put("rows", data.rows())
              .put("features", data.features())
              .put("capacity", shape.capacity())
              .put("slots", shape.slots())
              .put("root_most", shape.root())
              .put("list_most", shape.list())
              .put("trees", Math.min(trees, Math.max(1, shape.trees()))));
    } while (!done(b));
  }

  /**
   * Items of a group that grows a run: those that a multiprocessor has registers for, shared by the
   * groups that it has at once.
   */
  private int items() {
    Device.Limits limits = runtime.device().limits();
    long waiting = (runs.size() + limits.units() - 1L) / limits.units();
    long fitting = limits.localBytes() / shape.localBytes(data);
    long together = Math.min(waiting, Math.min(fitting, MOST_ITEMS / FEWEST_ITEMS));
    return (int) Math.min(MOST_ALONE, MOST_ITEMS / together / WARP * WARP);
  }

  /** All groups on every tree. */
  private void growTogether(Buffers b, Runtime.Scope scope) {
    int words = data.words();
    long width = 64L * words;
    KernelBuffer columns = scope.temporary(Element.U64, (long) data.rows() * words);
    KernelBuffer sums = scope.temporary(Element.U64, runs.size() * shape.slots() * width);
    KernelBuffer leafOf = scope.zeros(Element.I32, (long) runs.size() * data.rows());
    runtime.forItems(
        STEM,
        "boosting_columns",
        columns.length(),
        Arguments.of()
            .put("columns", columns)
            .put("masks", data.masks())
            .put("rows", data.rows())
            .put("words", words));
    int check = Math.max(1, runtime.tuning().get("boosting.trees_per_check"));
    int trees = 0;
    do {
      for (int t = 0; t < check && trees <= shape.trees(); t++, trees++) {
        growTree(b, columns, sums, leafOf);
      }
    } while (!done(b));
  }

  /** One tree of each run. */
  private void growTree(Buffers b, KernelBuffer columns, KernelBuffer sums, KernelBuffer leafOf) {
    int count = runs.size();
    int width = 64 * data.words();
    aGroupARun(
        "boosting_plant_global",
        Arguments.of()
            .put("books", b.books)
            .put("sums", sums)
            .put("errors", b.errors)
            .put("offsets", b.offsets)
            .put("runs", count)
            .put("capacity", shape.capacity())
            .put("slots", shape.slots())
            .put("width", width));
    for (int round = 0; round < shape.rounds(); round++) {
      sum(b, columns, sums, leafOf);
      search(b, sums);
      aGroupARun(
          "boosting_plan_global",
          Arguments.of()
              .put("books", b.books)
              .put("told", b.told)
              .put("runs", count)
              .put("capacity", shape.capacity()));
      runtime.forItems(
          STEM,
          "boosting_move",
          data.rows(),
          Arguments.of()
              .put("leaf_of", leafOf)
              .put("sums", sums)
              .put("books", b.books)
              .put("columns", columns)
              .put("runs", count)
              .put("rows", data.rows())
              .put("capacity", shape.capacity())
              .put("slots", shape.slots())
              .put("width", width));
    }
    aGroupARun(
        "boosting_settle_global",
        Arguments.of()
            .put("books", b.books)
            .put("roots", b.forests.roots())
            .put("feature", b.forests.feature())
            .put("left", b.forests.left())
            .put("value", b.forests.value())
            .put("told", b.told)
            .put("rates", b.rates)
            .put("offsets", b.offsets)
            .put("runs", count)
            .put("capacity", shape.capacity()));
    apply(b, leafOf);
  }

  /** Sums for the leaves that were chosen last. */
  private void sum(Buffers b, KernelBuffer columns, KernelBuffer sums, KernelBuffer leafOf) {
    int chunk = runtime.tuning().get("boosting_sum.rows");
    chunk = Math.min(Math.min(MOST_CHUNK, chunk), Math.max(1, data.rows())) + 3 & ~3;
    while (chunk > 64 && shape.sumBytes(chunk) > runtime.device().limits().localBytes()) {
      chunk = chunk / 2 + 3 & ~3;
    }
    long chunks = (data.rows() + chunk - 1) / chunk;
    Runtime.Kernel kernel = kernel("boosting_sum");
    int size = runtime.groupSize(kernel);
    runtime.launch(
        kernel,
        groups(runs.size() * chunks * data.words()),
        size,
        shape.sumBytes(chunk),
        Arguments.of()
            .put("sums", sums)
            .put("books", b.books)
            .put("leaf_of", leafOf)
            .put("columns", columns)
            .put("state", b.state)
            .put("sets", data.sets())
            .put("told", b.told)
            .put("runs", runs.size())
            .put("rows", data.rows())
            .put("words", data.words())
            .put("capacity", shape.capacity())
            .put("slots", shape.slots())
            .put("chunk", chunk)
            .put("most_pairs", shape.pairs()));
  }

  private void search(Buffers b, KernelBuffer sums) {
    Runtime.Kernel kernel = kernel("boosting_search");
    int size = runtime.groupSize(kernel);
    runtime.launch(
        kernel,
        groups((long) runs.size() * shape.pairs()),
        size,
        kernel.number("BOOSTING_SEARCH_LOCAL", size),
        Arguments.of()
            .put("books", b.books)
            .put("sums", sums)
            .put("told", b.told)
            .put("runs", runs.size())
            .put("features", data.features())
            .put("capacity", shape.capacity())
            .put("slots", shape.slots())
            .put("most_pairs", shape.pairs()));
  }

  private void apply(Buffers b, KernelBuffer leafOf) {
    int chunk = Math.max(1, runtime.tuning().get("boosting_apply.rows"));
    Runtime.Kernel kernel = kernel("boosting_apply");
    runtime.launch(
        kernel,
        groups((long) runs.size() * ((data.rows() + chunk - 1) / chunk)),
        runtime.groupSize(kernel),
        kernel.number("BOOSTING_APPLY_LOCAL"),
        Arguments.of()
            .put("state", b.state)
            .put("leaf_of", leafOf)
            .put("books", b.books)
            .put("sets", data.sets())
            .put("told", b.told)
            .put("runs", runs.size())
            .put("rows", data.rows())
            .put("capacity", shape.capacity())
            .put("chunk", chunk));
  }

  /** Starts a kernel that has a run's tree in local memory. */
  private void aGroupARun(String function, Arguments arguments) {
    Runtime.Kernel kernel = kernel(function);
    runtime.launch(
        kernel,
        groups(runs.size()),
        runtime.groupSize(kernel),
        kernel.number("BOOSTING_TREE_LOCAL", shape.capacity()),
        arguments);
  }

  private int groups(long tasks) {
    return runtime.groups(tasks, 1);
  }

  private Runtime.Kernel kernel(String function) {
    int tensor = runtime.tuning().get("boosting.tensor");
    return runtime.kernel(STEM, function, tensor == 0 ? Map.of("BOOSTING_TENSOR", 0) : Map.of());
  }

  /** Whether every run has all its trees. */
  private boolean done(Buffers b) {
    long[] books = b.books.toHost().words();
    for (int r = 0; r < runs.size(); r++) {
      if (books[r * stride + DONE] == 0) {
        return false;
      }
    }
    return true;
  }

  private List<Fitted> results(Buffers b, long[] offsets) {
    long[] books = b.books.toHost().words();
    List<double[]> errors = new ArrayList<>();
    for (int r = 0; r < runs.size(); r++) {
      int at = r * stride;
      int noted = runs.get(r).errors() == 0 ? 0 : (int) books[at + GROWN] + 1;
      HostBuffer steps = HostBuffer.zeros(Element.F64, noted);
      if (noted > 0) {
        runtime.device().read(b.errors.memory(), 8 * offsets[3 * r + 2], steps);
      }
      int exponent = (int) books[at + EXPONENT];
      errors.add(Arrays.stream(steps.doubles()).map(e -> Math.scalb(e, 2 * exponent)).toArray());
    }
    List<Fitted> fitted = new ArrayList<>();
    for (int r = 0; r < runs.size(); r++) {
      int at = r * stride;
      KernelTrees forest =
          new KernelTrees(
              b.forests,
              offsets[3 * r],
              offsets[3 * r + 1],
              (int) books[at + GROWN],
              (int) books[at + NODES],
              Double.longBitsToDouble(books[at + BASE]));
      fitted.add(new Fitted(forest, errors.get(r)));
    }
    return fitted;
  }
}
