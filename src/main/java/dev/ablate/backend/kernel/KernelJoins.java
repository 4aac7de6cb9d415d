package dev.ablate.backend.kernel;

import dev.ablate.backend.Buffer;
import dev.ablate.backend.Buffer.Element;
import dev.ablate.backend.HostBuffer;
import dev.ablate.backend.JoinHits;
import dev.ablate.backend.Joins;
import dev.ablate.backend.Sets;
import dev.ablate.work.Work;
import java.util.Arrays;
import java.util.stream.IntStream;

/**
 * Joins on a device: {@code kernels/joins.cl}. As many keys at once as find place in the memory
 * that the tuning table allows them; hits are told apart and chosen on the host.
 */
final class KernelJoins implements Joins {
  private static final String STEM = "joins";

  private static final KernelMacros SOURCE = KernelMacros.of(STEM);

  private static final int RECORD = SOURCE.constant("JOINS_RECORD");

  /** Hits that a launch has room for at first; and beyond which it is cut in two instead. */
  private static final int FIRST_ROOM = 1 << 14;

  private static final int MOST_ROOM = 1 << 22;

  private final Runtime runtime;
  private final KernelParity parity;
  private final int firstRoom;
  private final int mostRoom;

  KernelJoins(Runtime runtime) {
    this(runtime, FIRST_ROOM, MOST_ROOM);
  }

  KernelJoins(Runtime runtime, int firstRoom, int mostRoom) {
    this.runtime = runtime;
    this.parity = new KernelParity(runtime);
    this.firstRoom = firstRoom;
    this.mostRoom = mostRoom;
  }

  @Override
  public Hits join(Buffer masks, int rows, int features, Buffer signs, Search search) {
    search.check(rows, features);
    JoinHits hits = new JoinHits(search);
    Sets singles =
        new Sets(
            IntStream.rangeClosed(0, features).toArray(), IntStream.range(0, features).toArray());
    if (features < 2) {
      return hits.hits();
    }
    try (Runtime.Scope scope = runtime.scope();
        KernelBuffer columns =
            (KernelBuffer) parity.columns(singles, scope.in(masks), rows, features)) {
      Shape shape = Shape.of(rows, features, search.bits());
      KernelBuffer pairs = scope.temporary(Element.I32, shape.pairs);
      runtime.forItems(
          STEM,
          "joins_pairs",
          shape.pairs,
          Arguments.of().put("pairs", pairs).put("pair_count", shape.pairs));
      KernelBuffer s = scope.in(search.signs(signs, rows));
      long room = 1024L * runtime.tuning().get("joins.kibibytes");
      int keys = search.keys().length;
      int batch = (int) Math.max(1, Math.min(keys, room / shape.bytes()));
      MemoryBatches.over(
          keys,
          batch,
          1,
          (first, count) -> {
            Work.done((double) first / keys);
            new Batch(shape, columns, s, pairs, search, hits).run(first, count);
          });
    }
    return hits.hits();
  }

  @Override
  public double lookupsPerSecond() {
    return runtime.tuning().joinsRate();
  }

  /** Sizes that a search has throughout, by the names of the source. */
  private record Shape(
      int rows,
      int features,
      int bits,
      int rowWords,
      int stride,
      int pairs,
      int presentWords,
      int bucketBits) {
    static Shape of(int rows, int features, int bits) {
      int shares = SOURCE.constant("JOINS_SHARES");
      int pairs = Math.toIntExact(features * (features - 1L) / 2);
      // About a pair a bucket.
      int buckets = Math.max(1, Math.min(bits, 32 - Integer.numberOfLeadingZeros(pairs)));
      return new Shape(
          rows,
          features,
          bits,
          (rows + 63) >>> 6,
          (features + shares - 1) / shares,
          pairs,
          bits > 5 ? 1 << bits - 5 : 1,
          buckets);
    }

    int keyWords() {
      return SHARES * stride;
    }

    /** Bytes that a key takes. */
    long bytes() {
      return 4L * (keyWords() + presentWords + (1L << bucketBits) + pairs);
    }
  }

  /** Joins of some of the keys. */
  private final class Batch {
    private final Shape shape;
    private final KernelBuffer columns;
    private final KernelBuffer signs;
    private final KernelBuffer pairs;
    private final Search search;
    private final JoinHits hits;
    private KernelBuffer words;
    private KernelBuffer targets;
    private KernelBuffer present;
    private KernelBuffer heads;
    private KernelBuffer next;
    private int first;

    Batch(
        Shape shape,
        KernelBuffer columns,
        KernelBuffer signs,
        KernelBuffer pairs,
        Search search,
        JoinHits hits) {
      this.shape = shape;
      this.columns = columns;
      this.signs = signs;
      this.pairs = pairs;
      this.search = search;
      this.hits = hits;
    }

    void run(int from, int count) {
      first = from;
      try (Runtime.Scope scope = runtime.scope()) {
        words = scope.temporary(Element.I32, (long) count * shape.keyWords());
        targets = scope.temporary(Element.I32, count);
        present = scope.zeros(Element.I32, (long) count * shape.presentWords);
        heads = scope.zeros(Element.I32, (long) count << shape.bucketBits);
        next = scope.temporary(Element.I32, (long) count * shape.pairs);
        int[] rows =
            Arrays.stream(search.keys(), from, from + count).flatMapToInt(Arrays::stream).toArray();
        load(scope.in(rows), count);
        if (search.minOrder() <= 3) {
          lookUp(3, shape.features, 0, (long) count * shape.features);
        }
        if (search.minOrder() <= 4 && search.maxOrder() >= 4) {
          lookUp(4, shape.pairs, 0, (long) count * shape.pairs);
        }
        if (search.maxOrder() >= 5) {
          lookUp(5, shape.pairs, 0, (long) count * shape.pairs);
        }
      }
    }

    private void load(KernelBuffer keys, int count) {
      runtime.forItems(
          STEM,
          "joins_words",
          count * (shape.features + 1L),
          Arguments.of()
              .put("words", words)
              .put("targets", targets)
              .put("columns", columns)
              .put("signs", signs)
              .put("keys", keys)
              .put("key_count", count)
              .put("bits", shape.bits)
              .put("features", shape.features)
              .put("stride", shape.stride)
              .put("row_words", shape.rowWords));
      runtime.forItems(
          STEM,
          "joins_insert",
          (long) count * shape.pairs,
          Arguments.of()
              .put("present", present)
              .put("heads", heads)
              .put("next", next)
              .put("words", words)
              .put("pairs", pairs)
              .put("key_count", count)
              .put("pair_count", shape.pairs)
              .put("stride", shape.stride)
              .put("present_words", shape.presentWords)
              .put("bucket_bits", shape.bucketBits));
    }

    /** The probes of an order from one on: {@code probes} a key. */
    private void lookUp(int order, int probes, long from, long items) {
      int room = firstRoom;
      for (boolean all = false; !all; ) {
        try (Runtime.Scope scope = runtime.scope()) {
          KernelBuffer records = scope.temporary(Element.I32, (long) room * RECORD);
          KernelBuffer found = scope.zeros(Element.U64, 1);
          launch(records, found, order, probes, from, items, room);
          long count = found.toHost().words()[0];
          all = count <= room;
          if (all) {
            take(records, order, (int) count);
          } else if (count > mostRoom && items > 1) {
            break;
          }
          room = Math.toIntExact(Math.max(room, count));
        }
        if (all) {
          return;
        }
      }
      lookUp(order, probes, from, items / 2);
      lookUp(order, probes, from + items / 2, items - items / 2);
    }

    private void launch(
        KernelBuffer records,
        KernelBuffer found,
        int order,
        int probes,
        long from,
        long items,
        int room) {
      if (order == 5) {
        runtime.forItems(
            STEM,
            "joins_look_up_triples",
            items,
            Arguments.of()
                .put("hits", records)
                .put("found", found)
                .put("words", words)
                .put("targets", targets)
                .put("pairs", pairs)
                .put("present", present)
                .put("heads", heads)
                .put("next", next)
                .put("columns", columns)
                .put("signs", signs)
                .put("first", from)
                .put("items", items)
                .put("first_key", search.first() + first)
                .put("features", shape.features)
                .put("pair_count", shape.pairs)
                .put("stride", shape.stride)
                .put("present_words", shape.presentWords)
                .put("bucket_bits", shape.bucketBits)
                .put("rows", shape.rows)
                .put("row_words", shape.rowWords)
                .put("least", hits.least())
                .put("most", room));
        return;
      }
      runtime.forItems(
          STEM,
          "joins_look_up",
          items,
          Arguments.of()
              .put("hits", records)
              .put("found", found)
              .put("words", words)
              .put("targets", targets)
              .put("pairs", pairs)
              .put("present", present)
              .put("heads", heads)
              .put("next", next)
              .put("columns", columns)
              .put("signs", signs)
              .put("first", from)
              .put("items", items)
              .put("size", order - 2)
              .put("probes", probes)
              .put("pair_count", shape.pairs)
              .put("stride", shape.stride)
              .put("present_words", shape.presentWords)
              .put("bucket_bits", shape.bucketBits)
              .put("rows", shape.rows)
              .put("row_words", shape.rowWords)
              .put("least", hits.least())
              .put("most", room));
    }

    private void take(KernelBuffer records, int order, int count) {
      HostBuffer some = HostBuffer.zeros(Element.I32, count * RECORD);
      if (count > 0) {
        runtime.device().read(records.memory(), 0, some);
      }
      for (int h = 0; h < count; h++) {
        int at = h * RECORD;
        int[] set = Arrays.copyOfRange(some.ints(), at + 1, at + 1 + order);
        Arrays.sort(set);
        hits.add(set, some.ints()[at]);
      }
    }
  }
}
