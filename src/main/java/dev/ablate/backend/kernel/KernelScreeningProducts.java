package dev.ablate.backend.kernel;

import dev.ablate.backend.Buffer;
import dev.ablate.backend.Buffer.Element;
import dev.ablate.backend.HostBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * The search of an order as matrix products of bytes: on tensor cores where the device has them,
 * the same sums one after another elsewhere.
 */
final class KernelScreeningProducts {
  static final String STEM = "screening";

  /** Bits of a value that fit a byte. */
  static final int MOST_PLANES = KernelMacros.of(STEM).constant("PRODUCT_PLANES");

  /** Sums of so many rows fit 32 bits. */
  static final int MOST_ROWS = KernelMacros.of(STEM).constant("PRODUCT_ROWS");

  /** Sets of a list at most: their parities over 4,000 masks take half a GiB. */
  private static final int LIST = 1 << 20;

  /** Bytes of the parities of a list at most. */
  private static final long LIST_BYTES = 1 << 30;

  private static final int ITEMS = KernelMacros.of(STEM).constant("TILE_ITEMS");

  private static final int FIRST_ROOM = 1 << 14;

  private final Runtime runtime;
  private final KernelBuffer columns;
  private final KernelBuffer planes;
  private final int planeCount;
  private final int rows;
  private final int features;
  private final int words;

  /**
   * Products of some rows.
   *
   * @param columns U64 {@code (features, words)}
   * @param planes U64 {@code (planeCount, words)}, at most {@link #MOST_PLANES}
   */
  KernelScreeningProducts(
      Runtime runtime,
      KernelBuffer columns,
      KernelBuffer planes,
      int planeCount,
      int rows,
      int features) {
    this.runtime = runtime;
    this.columns = columns;
    this.planes = planes;
    this.planeCount = planeCount;
    this.rows = rows;
    this.features = features;
    this.words = (rows + 63) >>> 6;
  }

  /** The same with the buffers of an operation of this device. */
  static KernelScreeningProducts of(
      Runtime runtime, Buffer columns, KernelBuffer planes, int planeCount, int rows, int count) {
    return new KernelScreeningProducts(
        runtime, (KernelBuffer) columns, planes, planeCount, rows, count);
  }

  /** Some sets, their parities, sums and the member that must lie outside of the other part. */
  private record Part(KernelBuffer parities, KernelBuffer totals, KernelBuffer edges, int count) {}

  /**
   * The sets of some orders whose rounded sums reach a limit, in no order.
   *
   * @param minOrder smallest order, at least 2
   * @param maxOrder largest order
   * @param limit least magnitude, in halves of the values' step
   */
  List<int[]> search(int minOrder, int maxOrder, long limit) {
    List<int[]> found = new ArrayList<>();
    try (Runtime.Scope scope = runtime.scope()) {
      KernelBuffer bytes = scope.temporary(Element.I32, 16L * words);
      runtime.forItems(
          STEM,
          "screening_bytes",
          16L * words,
          Arguments.of()
              .put("bytes", bytes)
              .put("planes", planes)
              .put("words", words)
              .put("plane_count", planeCount));
      for (int order = minOrder; order <= maxOrder; order++) {
        KernelScreeningTiles tiles = KernelScreeningTiles.of(features, order);
        long longest = Math.max(tiles.leftCount(), tiles.rightCount());
        long list = Math.min(longest, Math.min(LIST, LIST_BYTES / (8L * words)));
        found.addAll(
            MemoryBatches.most(
                (int) Math.max(1, list), 1, most -> search(tiles, most, bytes, limit)));
      }
    }
    return found;
  }

  /** The sets of an order, from lists of so many left and right sets. */
  private List<int[]> search(KernelScreeningTiles tiles, int list, KernelBuffer bytes, long limit) {
    List<int[]> found = new ArrayList<>();
    for (long left = 0; left < tiles.leftCount(); left += list) {
      search(tiles, left, list, bytes, limit, found);
    }
    return found;
  }

  /** The sets whose left parts are a list from {@code left} on. */
  private void search(
      KernelScreeningTiles tiles,
      long left,
      int list,
      KernelBuffer bytes,
      long limit,
      List<int[]> found) {
    int lefts = (int) Math.min(list, tiles.leftCount() - left);
    try (Runtime.Scope outer = runtime.scope()) {
      Part lower = part(outer, left, lefts, tiles.leftSize(), false);
      for (long right = 0; right < tiles.rightCount(); right += list) {
        int rights = (int) Math.min(list, tiles.rightCount() - right);
        long[] starts = tiles.starts(left, lefts, right, rights);
        if (starts[starts.length - 1] > 0) {
          try (Runtime.Scope inner = runtime.scope()) {
            Part upper = part(inner, right, rights, tiles.rightSize(), true);
            int[] pairs = pairs(lower, upper, bytes, starts, limit);
            for (int p = 0; p < pairs.length; p += 2) {
              found.add(tiles.set(left + pairs[p], right + pairs[p + 1]));
            }
          }
        }
      }
    }
  }

  private Part part(Runtime.Scope scope, long first, int count, int size, boolean reversed) {
    KernelBuffer members = scope.temporary(Element.I32, (long) count * size);
    KernelBuffer edges = scope.temporary(Element.I32, count);
    int right = reversed ? 1 : 0;
    runtime.forItems(
        STEM,
        "screening_parts",
        count,
        Arguments.of()
            .put("members", members)
            .put("edges", edges)
            .put("first", first)
            .put("count", count)
            .put("size", size)
            .put("features", features)
            .put("reversed", right));
    KernelBuffer parities = scope.temporary(Element.U64, (long) count * words);
    runtime.forItems(
        STEM,
        "screening_parities",
        (long) count * words,
        Arguments.of()
            .put("parities", parities)
            .put("members", members)
            .put("columns", columns)
            .put("count", count)
            .put("size", size)
            .put("words", words));
    KernelBuffer totals = scope.temporary(Element.I32, count);
    runtime.forItems(
        STEM,
        "screening_totals",
        count,
        Arguments.of()
            .put("sums", totals)
            .put("parities", parities)
            .put("planes", planes)
            .put("count", count)
            .put("words", words)
            .put("plane_count", planeCount)
            .put("rows", rows)
            .put("right", right));
    return new Part(parities, totals, edges, count);
  }

  /** Left and right positions in turn; again with more room where the hits do not fit. */
  private int[] pairs(Part lower, Part upper, KernelBuffer bytes, long[] starts, long limit) {
    Runtime.Kernel kernel = runtime.kernel(STEM, "screening_products", Map.of());
    long tiles = starts[starts.length - 1];
    int size = groupSize(kernel);
    int room = FIRST_ROOM;
    while (true) {
      try (Runtime.Scope scope = runtime.scope()) {
        KernelBuffer hits = scope.temporary(Element.I32, 2L * room);
        KernelBuffer count = scope.zeros(Element.I32, 1);
        KernelBuffer before = scope.in(HostBuffer.of(starts));
        runtime.launch(
            kernel,
            runtime.groups(tiles * size, size),
            size,
            kernel.number("SCREENING_PRODUCTS_LOCAL"),
            Arguments.of()
                .put("hits", hits)
                .put("found", count)
                .reinterpret("left", lower.parities())
                .put("left_totals", lower.totals())
                .put("left_edges", lower.edges())
                .reinterpret("right", upper.parities())
                .put("right_totals", upper.totals())
                .put("right_edges", upper.edges())
                .put("bytes", bytes)
                .put("starts", before)
                .put("left_tiles", starts.length - 1)
                .put("left_count", lower.count())
                .put("right_count", upper.count())
                .put("words32", 2 * words)
                .put("limit", limit)
                .put("most", room));
        int found = count.toHost().ints()[0];
        if (found <= room) {
          HostBuffer pairs = HostBuffer.zeros(Element.I32, 2 * found);
          if (found > 0) {
            runtime.device().read(hits.memory(), 0, pairs);
          }
          return pairs.ints();
        }
        room = found;
      }
    }
  }

  /**
   * Warps share a tile in a way that asks for all of them; a plain group may have any size, as the
   * one item has that a driver without a GPU gives.
   */
  private int groupSize(Runtime.Kernel kernel) {
    if (!runtime.device().kind().equals("cuda") || kernel.groupSize() == 1) {
      return runtime.groupSize(kernel);
    }
    if (kernel.groupSize() < ITEMS) {
      throw new IllegalStateException(
          "screening_products needs groups of " + ITEMS + ", not " + kernel.groupSize());
    }
    return ITEMS;
  }
}
