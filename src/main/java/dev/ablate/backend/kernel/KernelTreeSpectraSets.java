package dev.ablate.backend.kernel;

import dev.ablate.backend.Buffer.Element;
import dev.ablate.backend.Sets;
import dev.ablate.backend.TreeSpectra.Terms;
import dev.ablate.backend.kernel.KernelTreeSpectraBatch.Records;
import java.util.Arrays;
import java.util.Map;

/**
 * The spectra of forests that are worked on together: from records of splits to sums of sets,
 * {@code kernels/set_sums.cl}.
 */
final class KernelTreeSpectraSets {
  private static final String STEM = "set_sums";

  /** Terms of a set that one item adds. */
  private static final int STRANDS = KernelMacros.of(STEM).constant("STRANDS");

  private final Runtime runtime;
  private final Runtime.Scope scope;
  private final KernelSort sort;
  private final Records records;
  private final int forests;
  private final KernelTreeSpectraKeys layout;
  private final int count;

  KernelTreeSpectraSets(
      Runtime runtime, Runtime.Scope scope, KernelSort sort, Records records, int forests) {
    this.runtime = runtime;
    this.scope = scope;
    this.sort = sort;
    this.records = records;
    this.forests = forests;
    this.layout = new KernelTreeSpectraKeys(forests, records.longest(), records.largest());
    this.count = records.terms();
  }

  /**
   * The spectra.
   *
   * @param constants coefficient of each forest's empty set
   * @param most how many terms of order 2 and more of each, the largest
   */
  Terms[] terms(double[] constants, int most) {
    KernelBuffer values = scope.temporary(Element.F64, count);
    KernelBuffer keys = scope.temporary(Element.U64, (long) layout.words() * count);
    runtime.forItems(
        KernelTreeSpectraBatch.STEM,
        "tree_spectra_terms",
        count,
        Arguments.of()
            .put("terms", values)
            .put("keys", keys)
            .put("record_paths", records.paths())
            .put("record_shapes", records.shapes())
            .put("record_terms", records.values())
            .put("record_starts", records.starts())
            .put("records", records.count())
            .put("term_count", count)
            .put("longest", layout.longest())
            .put("order_bits", layout.orderBits())
            .put("feature_bits", layout.featureBits())
            .put("first_slots", layout.firstSlots())
            .put("slots", layout.slots()));
    KernelSort.Sorted sorted = sort.sort(scope, keys, count, layout.bits());
    KernelBuffer heads = scope.temporary(Element.I32, count);
    runtime.forItems(
        STEM,
        "set_sums_heads",
        count,
        Arguments.of()
            .put("heads", heads)
            .put("first_words", sorted.firstWords())
            .put("keys", keys)
            .put("numbers", sorted.numbers())
            .put("term_count", count)
            .put("key_words", layout.words()));
    KernelBuffer places = sort.prefix(scope, heads, count);
    int sets = Math.toIntExact(KernelTreeSpectraBatch.last(runtime, places));
    KernelBuffer setStarts = scope.temporary(Element.I32, sets + 1L);
    KernelBuffer setKeys = scope.temporary(Element.U64, (long) layout.words() * sets);
    runtime.forItems(
        STEM,
        "set_sums_gather",
        count,
        Arguments.of()
            .put("set_starts", setStarts)
            .put("set_keys", setKeys)
            .put("heads", heads)
            .put("places", places)
            .put("keys", keys)
            .put("numbers", sorted.numbers())
            .put("term_count", count)
            .put("key_words", layout.words())
            .put("sets", sets));
    KernelBuffer sums = add(setStarts, values, sorted.numbers(), sets);
    return unpack(setKeys, sums, sets, keep(setKeys, sums, sets, most), constants);
  }

  /** The sum of the terms of each set. */
  private KernelBuffer add(
      KernelBuffer setStarts, KernelBuffer values, KernelBuffer numbers, int sets) {
    KernelBuffer sums = scope.temporary(Element.F64, sets);
    long longSets = count / STRANDS;
    KernelBuffer listed = scope.temporary(Element.I32, 1 + longSets);
    runtime.device().clear(listed.memory(), 0, Integer.BYTES);
    runtime.forItems(
        STEM,
        "set_sums_add",
        sets,
        Arguments.of()
            .put("sums", sums)
            .put("listed", listed)
            .put("set_starts", setStarts)
            .put("terms", values)
            .put("numbers", numbers)
            .put("sets", sets));
    if (longSets > 0) {
      Runtime.Kernel kernel = runtime.kernel(STEM, "set_sums_add_long", Map.of());
      int size = Math.min(STRANDS, runtime.groupSize(kernel));
      runtime.launch(
          kernel,
          runtime.groups(Math.min(longSets, sets) * size, size),
          size,
          kernel.number("SET_SUMS_ADD_LONG_LOCAL"),
          Arguments.of()
              .put("sums", sums)
              .put("listed", listed)
              .put("set_starts", setStarts)
              .put("terms", values)
              .put("numbers", numbers));
    }
    return sums;
  }

  /**
   * Which sets stay.
   *
   * @param kept I32 {@code (sets,)}, 1 or 0
   * @param orders I32 {@code (sets,)}, features of a set that stays, otherwise 0
   */
  private record Kept(KernelBuffer kept, KernelBuffer orders) {}

  /** Drops zeros and, of each forest's sets of order 2 and more, all but the largest. */
  private Kept keep(KernelBuffer setKeys, KernelBuffer sums, int sets, int most) {
    KernelBuffer kept = scope.temporary(Element.I32, sets);
    KernelBuffer orders = scope.temporary(Element.I32, sets);
    runtime.forItems(
        STEM,
        "set_sums_kept",
        sets,
        Arguments.of()
            .put("kept", kept)
            .put("orders", orders)
            .put("sums", sums)
            .put("set_keys", setKeys)
            .put("sets", sets)
            .put("order_bits", layout.orderBits())
            .put("header_shift", layout.headerShift()));
    if (most < sets) {
      KernelBuffer ranks = scope.temporary(Element.U64, 2L * sets);
      runtime.forItems(
          STEM,
          "set_sums_ranks",
          sets,
          Arguments.of()
              .put("ranks", ranks)
              .put("sums", sums)
              .put("set_keys", setKeys)
              .put("orders", orders)
              .put("sets", sets)
              .put("order_bits", layout.orderBits())
              .put("header_shift", layout.headerShift()));
      KernelSort.Sorted ranked = sort.sort(scope, ranks, sets, layout.rankBits());
      runtime.forItems(
          STEM,
          "set_sums_drop",
          sets,
          Arguments.of()
              .put("kept", kept)
              .put("orders", orders)
              .put("first_words", ranked.firstWords())
              .put("numbers", ranked.numbers())
              .put("sets", sets)
              .put("most", most));
    }
    return new Kept(kept, orders);
  }

  /** Reads the sets that stay off their keys, and brings them to the host. */
  private Terms[] unpack(
      KernelBuffer setKeys, KernelBuffer sums, int sets, Kept stays, double[] constants) {
    KernelBuffer places = sort.prefix(scope, stays.kept, sets);
    KernelBuffer memberStarts = sort.prefix(scope, stays.orders, sets);
    long terms = KernelTreeSpectraBatch.last(runtime, places);
    long memberCount = KernelTreeSpectraBatch.last(runtime, memberStarts);
    KernelBuffer coefficients = scope.temporary(Element.F64, terms);
    KernelBuffer starts = scope.temporary(Element.I32, terms + 1);
    KernelBuffer members = scope.temporary(Element.I32, memberCount);
    KernelBuffer bounds = scope.temporary(Element.I32, forests + 1L);
    runtime.forItems(
        STEM,
        "set_sums_unpack",
        sets,
        Arguments.of()
            .put("coefficients", coefficients)
            .put("starts", starts)
            .put("members", members)
            .put("bounds", bounds)
            .put("sums", sums)
            .put("set_keys", setKeys)
            .put("places", places)
            .put("member_starts", memberStarts)
            .put("sets", sets)
            .put("forests", forests)
            .put("longest", layout.longest())
            .put("order_bits", layout.orderBits())
            .put("feature_bits", layout.featureBits())
            .put("first_slots", layout.firstSlots())
            .put("slots", layout.slots()));
    return slice(
        bounds.toHost().ints(),
        starts.toHost().ints(),
        members.toHost().ints(),
        coefficients.toHost().doubles(),
        constants);
  }

  /** Each forest's part, its empty set before it. */
  private static Terms[] slice(
      int[] bounds, int[] starts, int[] members, double[] coefficients, double[] constants) {
    Terms[] terms = new Terms[constants.length];
    for (int f = 0; f < terms.length; f++) {
      int from = bounds[f];
      int to = bounds[f + 1];
      int[] own = new int[to - from + 2];
      for (int s = from; s <= to; s++) {
        own[s - from + 1] = starts[s] - starts[from];
      }
      double[] sums = new double[to - from + 1];
      sums[0] = constants[f];
      System.arraycopy(coefficients, from, sums, 1, to - from);
      terms[f] =
          new Terms(new Sets(own, Arrays.copyOfRange(members, starts[from], starts[to])), sums);
    }
    return terms;
  }
}
