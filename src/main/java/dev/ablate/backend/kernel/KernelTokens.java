package dev.ablate.backend.kernel;

import dev.ablate.backend.Buffer;
import dev.ablate.backend.Buffer.Element;
import dev.ablate.backend.Tokens;
import java.util.Arrays;
import java.util.Map;

/** Rows of tokens on a device: {@code kernels/tokens.cl}. */
final class KernelTokens implements Tokens {
  private static final String STEM = "tokens";

  private final Runtime runtime;
  private final KernelSort sort;

  KernelTokens(Runtime runtime) {
    this.runtime = runtime;
    this.sort = new KernelSort(runtime);
  }

  @Override
  public Distinct distinct(Text text, Buffer masks, int count) {
    try (Runtime.Scope scope = runtime.scope()) {
      Rows rows = new Rows(scope, text, masks);
      int bits = Integer.SIZE - Integer.numberOfLeadingZeros(text.longest());
      KernelSort.Sorted sorted =
          sort.sort(scope, keys(rows, count, bits), count, new int[] {Long.SIZE});
      KernelBuffer heads = scope.temporary(Element.I32, count);
      KernelBuffer lengths = scope.zeros(Element.I32, 2L * (text.longest() + 1));
      if (count > 0) {
        runtime.forItems(
            STEM,
            "tokens_heads",
            count,
            Arguments.of()
                .put("heads", heads)
                .put("lengths", lengths)
                .put("keys", sorted.firstWords())
                .put("numbers", sorted.numbers())
                .put("ids", rows.ids)
                .put("owners", rows.owners)
                .put("starts", rows.starts)
                .put("substitutes", rows.substitutes)
                .put("masks", rows.masks)
                .put("tokens", rows.tokens)
                .put("words", rows.words)
                .put("empty", text.empty())
                .put("count", count)
                .put("bits", bits)
                .put("longest", text.longest()));
      }
      KernelBuffer before = sort.prefix(scope, heads, count);
      // The one wait of all: the host plans by it.
      int[] found = lengths.toHost().ints();
      int[] rowsOfLength = Arrays.copyOf(found, text.longest() + 1);
      int[] masksOfLength = Arrays.copyOfRange(found, text.longest() + 1, found.length);
      return numbered(scope, sorted, heads, before, bits, rowsOfLength, masksOfLength);
    }
  }

  private KernelBuffer keys(Rows rows, int count, int bits) {
    KernelBuffer keys = rows.scope.temporary(Element.U64, count);
    if (count > 0) {
      runtime.forItems(
          STEM,
          "tokens_keys",
          count,
          Arguments.of()
              .put("keys", keys)
              .put("ids", rows.ids)
              .put("owners", rows.owners)
              .put("starts", rows.starts)
              .put("substitutes", rows.substitutes)
              .put("masks", rows.masks)
              .put("tokens", rows.tokens)
              .put("words", rows.words)
              .put("empty", rows.empty)
              .put("count", count)
              .put("bits", bits));
    }
    return keys;
  }

  private Distinct numbered(
      Runtime.Scope scope,
      KernelSort.Sorted sorted,
      KernelBuffer heads,
      KernelBuffer before,
      int bits,
      int[] rowsOfLength,
      int[] masksOfLength) {
    int count = (int) heads.length();
    int rows = Arrays.stream(rowsOfLength).sum();
    KernelBuffer firsts = scope.temporary(Element.I32, rows);
    KernelBuffer lengths = scope.temporary(Element.I32, rows);
    KernelBuffer rowOf = scope.temporary(Element.I32, count);
    if (count > 0) {
      runtime.forItems(
          STEM,
          "tokens_numbered",
          count,
          Arguments.of()
              .put("firsts", firsts)
              .put("lengths", lengths)
              .put("row_of", rowOf)
              .put("heads", heads)
              .put("before", before)
              .put("keys", sorted.firstWords())
              .put("numbers", sorted.numbers())
              .put("count", count)
              .put("bits", bits));
    }
    return new Distinct(
        scope.keep(firsts), scope.keep(lengths), scope.keep(rowOf), rowsOfLength, masksOfLength);
  }

  /** A text and masks on the device, for the length of a call. */
  private static final class Rows {
    private final Runtime.Scope scope;
    private final KernelBuffer ids;
    private final KernelBuffer owners;
    private final KernelBuffer starts;
    private final KernelBuffer substitutes;
    private final KernelBuffer masks;
    private final int tokens;
    private final int words;
    private final int empty;

    Rows(Runtime.Scope scope, Text text, Buffer masks) {
      this.scope = scope;
      this.ids = scope.in(text.ids());
      this.owners = scope.in(text.owners());
      this.starts = scope.in(text.starts());
      this.substitutes = scope.in(text.substitutes());
      this.masks = scope.in(masks);
      this.tokens = (int) ids.length();
      this.words = (text.features() + 63) >>> 6;
      this.empty = text.empty();
    }
  }

  /** Whether a tensor is int64. */
  private static int wide(Buffer tensor) {
    return tensor.element() == Element.U64 ? 1 : 0;
  }

  @Override
  public void fill(
      Text text,
      Buffer masks,
      Distinct distinct,
      int first,
      int count,
      Buffer tail,
      Batch batch,
      int at,
      int places) {
    if (places == 0) {
      return;
    }
    try (Runtime.Scope scope = runtime.scope()) {
      Rows rows = new Rows(scope, text, masks);
      Runtime.Kernel kernel = runtime.kernel(STEM, "tokens_fill", Map.of());
      int size = runtime.groupSize(kernel);
      runtime.launch(
          kernel,
          runtime.groups((long) places * size, size),
          size,
          kernel.number("TOKENS_FILL_LOCAL", size),
          Arguments.of()
              .reinterpret("out", runtime.here(batch.ids()))
              .put("ids", rows.ids)
              .put("owners", rows.owners)
              .put("starts", rows.starts)
              .put("substitutes", rows.substitutes)
              .put("masks", rows.masks)
              .put("firsts", scope.in(distinct.firsts()))
              .put("tail", scope.in(tail))
              .put("wide", wide(batch.ids()))
              .put("tokens", rows.tokens)
              .put("words", rows.words)
              .put("empty", rows.empty)
              .put("tail_count", (int) tail.length())
              .put("first", first)
              .put("count", count)
              .put("at", at)
              .put("places", places)
              .put("width", batch.width())
              .put("filler", batch.filler()));
      if (batch.attention() != null) {
        attention(scope, distinct, first, count, (int) tail.length(), batch, at, places);
      }
      if (batch.positions() != null) {
        positions(batch, at, places);
      }
    }
  }

  private void attention(
      Runtime.Scope scope,
      Distinct distinct,
      int first,
      int count,
      int tail,
      Batch batch,
      int at,
      int places) {
    int all = batch.past() + batch.width();
    runtime.forItems(
        STEM,
        "tokens_attention",
        (long) places * all,
        Arguments.of()
            .reinterpret("out", runtime.here(batch.attention()))
            .put("lengths", scope.in(distinct.lengths()))
            .put("wide", wide(batch.attention()))
            .put("more", batch.past() + tail)
            .put("first", first)
            .put("count", count)
            .put("at", at)
            .put("places", places)
            .put("all", all));
  }

  private void positions(Batch batch, int at, int places) {
    runtime.forItems(
        STEM,
        "tokens_positions",
        (long) places * batch.width(),
        Arguments.of()
            .reinterpret("out", runtime.here(batch.positions()))
            .put("wide", wide(batch.positions()))
            .put("past", batch.past())
            .put("at", at)
            .put("places", places)
            .put("width", batch.width()));
  }

  @Override
  public void ask(
      Distinct distinct,
      int first,
      int count,
      Buffer offsets,
      Buffer tokens,
      int width,
      int at,
      Buffer places,
      Buffer targets,
      long from) {
    long items = count * tokens.length();
    if (items == 0) {
      return;
    }
    try (Runtime.Scope scope = runtime.scope()) {
      runtime.forItems(
          STEM,
          "tokens_ask",
          items,
          Arguments.of()
              .put("places", runtime.here(places))
              .put("targets", runtime.here(targets))
              .put("lengths", scope.in(distinct.lengths()))
              .put("offsets", scope.in(offsets))
              .put("tokens", scope.in(tokens))
              .put("from", from)
              .put("first", first)
              .put("count", count)
              .put("asked", (int) tokens.length())
              .put("width", width)
              .put("at", at));
    }
  }

  @Override
  public void askOwn(
      Distinct distinct,
      int first,
      int count,
      Batch batch,
      int at,
      Buffer places,
      Buffer targets,
      long from) {
    long items = (long) count * (batch.width() - 1);
    if (items == 0) {
      return;
    }
    try (Runtime.Scope scope = runtime.scope()) {
      runtime.forItems(
          STEM,
          "tokens_ask_own",
          items,
          Arguments.of()
              .put("places", runtime.here(places))
              .put("targets", runtime.here(targets))
              .reinterpret("ids", runtime.here(batch.ids()))
              .put("lengths", scope.in(distinct.lengths()))
              .put("from", from)
              .put("wide", wide(batch.ids()))
              .put("first", first)
              .put("count", count)
              .put("width", batch.width())
              .put("at", at));
    }
  }
}
