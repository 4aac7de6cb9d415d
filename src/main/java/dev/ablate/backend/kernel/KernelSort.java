package dev.ablate.backend.kernel;

import dev.ablate.backend.Buffer.Element;
import java.util.Map;

/** Stable sorting by long keys and prefix sums on a device: {@code kernels/sort.cl}. */
final class KernelSort {
  private static final String STEM = "sort";

  private static final KernelMacros SOURCE = KernelMacros.of(STEM);

  /** Values of a digit that a pass orders by, and their bits. */
  private static final int DIGITS = SOURCE.constant("DIGITS");

  private static final int DIGIT_BITS = Integer.numberOfTrailingZeros(DIGITS);

  private final Runtime runtime;

  KernelSort(Runtime runtime) {
    this.runtime = runtime;
  }

  /**
   * An order of keys.
   *
   * @param numbers I32 {@code (count,)}, the position each key had before
   * @param firstWords U64 {@code (count,)}, the first word of each key, now ascending
   */
  record Sorted(KernelBuffer numbers, KernelBuffer firstWords) {}

  /**
   * Keys in ascending order as unsigned numbers, equal ones in the order they had. The keys
   * themselves stay as they are.
   *
   * @param scope owns the result
   * @param keys U64 {@code (words, count) row-major}, the most significant word first
   * @param count number of keys, below 2^31 less a block
   * @param bits low bits of each word that may differ between keys, 0 to 64; the others must not
   */
  Sorted sort(Runtime.Scope scope, KernelBuffer keys, int count, int[] bits) {
    KernelBuffer[] numbers = {
      scope.temporary(Element.I32, count), scope.temporary(Element.I32, count)
    };
    KernelBuffer[] words = {
      scope.temporary(Element.U64, count), scope.temporary(Element.U64, count)
    };
    if (count == 0) {
      return new Sorted(numbers[0], words[0]);
    }
    runtime.forItems(
        STEM, "sort_iota", count, Arguments.of().put("numbers", numbers[0]).put("count", count));
    Passes passes = new Passes(scope, count);
    int at = 0;
    for (int w = bits.length - 1; w >= 0; w--) {
      long offset = (long) w * count;
      if (w == bits.length - 1) {
        long bytes = (long) count * Long.BYTES;
        runtime.device().copy(keys.memory(), offset * Long.BYTES, words[at].memory(), 0, bytes);
      } else {
        runtime.forItems(
            STEM,
            "sort_gather",
            count,
            Arguments.of()
                .put("keys", words[at])
                .put("words", keys)
                .put("offset", offset)
                .put("numbers", numbers[at])
                .put("count", count));
      }
      for (int shift = 0; shift < bits[w]; shift += DIGIT_BITS) {
        int mask = (1 << Math.min(DIGIT_BITS, bits[w] - shift)) - 1;
        passes.run(words[1 - at], numbers[1 - at], words[at], numbers[at], shift, mask);
        at = 1 - at;
      }
    }
    return new Sorted(numbers[at], words[at]);
  }

  /** The passes of one sort: they share their sizes and their counts. */
  private final class Passes {
    private final Runtime.Kernel countKernel = runtime.kernel(STEM, "sort_count", Map.of());
    private final Runtime.Kernel offsetKernel = runtime.kernel(STEM, "sort_offsets", Map.of());
    private final Runtime.Kernel scatterKernel = runtime.kernel(STEM, "sort_scatter", Map.of());
    private final int size;
    private final int run;
    private final int count;
    private final Blocks blocks;
    private final KernelBuffer counts;
    private final KernelBuffer totals;

    Passes(Runtime.Scope scope, int count) {
      int most = runtime.groupSize(scatterKernel);
      while (most > 1 && bytes(most, pairs(most)) > runtime.device().limits().localBytes()) {
        most /= 2;
      }
      this.size = most;
      this.run = pairs(most);
      this.count = count;
      this.blocks = new Blocks(count, size * run);
      this.counts = scope.temporary(Element.I32, (long) DIGITS * blocks.number);
      this.totals = scope.temporary(Element.I32, DIGITS);
    }

    /** Pairs an item: small groups take more, as every tile of pairs costs a walk over digits. */
    private int pairs(int groupSize) {
      return Math.max(runtime.tuning().get("sort_scatter.run"), 2 * DIGITS / groupSize);
    }

    private static int bytes(int size, int run) {
      return SOURCE.number("SORT_SCATTER_LOCAL", size, run);
    }

    void run(
        KernelBuffer keysOut,
        KernelBuffer numbersOut,
        KernelBuffer keysIn,
        KernelBuffer numbersIn,
        int shift,
        int mask) {
      runtime.launch(
          countKernel,
          blocks.number,
          runtime.groupSize(countKernel),
          countKernel.number("SORT_COUNT_LOCAL"),
          Arguments.of()
              .put("counts", counts)
              .put("keys", keysIn)
              .put("count", count)
              .put("per_block", blocks.size)
              .put("blocks", blocks.number)
              .put("shift", shift)
              .put("mask", mask));
      int offsetSize = runtime.groupSize(offsetKernel);
      int local = offsetKernel.number("SORT_SCAN_LOCAL", offsetSize);
      runtime.launch(
          offsetKernel,
          DIGITS,
          offsetSize,
          local,
          Arguments.of().put("counts", counts).put("totals", totals).put("blocks", blocks.number));
      runtime.launch(
          scatterKernel,
          blocks.number,
          size,
          bytes(size, run),
          Arguments.of()
              .put("keys_out", keysOut)
              .put("numbers_out", numbersOut)
              .put("keys_in", keysIn)
              .put("numbers_in", numbersIn)
              .put("offsets", counts)
              .put("totals", totals)
              .put("count", count)
              .put("per_block", blocks.size)
              .put("blocks", blocks.number)
              .put("shift", shift)
              .put("mask", mask)
              .put("run", run));
    }
  }

  /** A range cut into as many blocks of whole tiles as keep the device busy. */
  private final class Blocks {
    private final int size;
    private final int number;

    Blocks(int count, int tile) {
      int tiles = (count - 1) / tile + 1;
      int most = runtime.device().limits().units() * runtime.tuning().get("sort.blocks_per_unit");
      this.size = (tiles - 1) / Math.max(1, most) * tile + tile;
      this.number = (count - 1) / size + 1;
    }
  }

  /**
   * Sums of all values before each.
   *
   * @param scope owns the result
   * @param values I32 {@code (count,)}, not negative
   * @param count number of values
   * @return U64 {@code (count + 1,)}, the last the sum of all
   */
  KernelBuffer prefix(Runtime.Scope scope, KernelBuffer values, int count) {
    if (count == 0) {
      return scope.zeros(Element.U64, 1);
    }
    Runtime.Kernel sum = runtime.kernel(STEM, "sort_prefix_blocks", Map.of());
    Runtime.Kernel apply = runtime.kernel(STEM, "sort_prefix_apply", Map.of());
    int sumSize = runtime.groupSize(sum);
    int applySize = runtime.groupSize(apply);
    Blocks blocks = new Blocks(count, applySize);
    KernelBuffer prefix = scope.temporary(Element.U64, count + 1L);
    KernelBuffer sums = scope.temporary(Element.U64, blocks.number);
    runtime.launch(
        sum,
        blocks.number,
        sumSize,
        sum.number("SORT_SCAN_LOCAL", sumSize),
        Arguments.of()
            .put("sums", sums)
            .put("values", values)
            .put("count", count)
            .put("per_block", blocks.size)
            .put("blocks", blocks.number));
    runtime.launch(
        apply,
        blocks.number,
        applySize,
        apply.number("SORT_SCAN_LOCAL", applySize),
        Arguments.of()
            .put("prefix", prefix)
            .put("values", values)
            .put("sums", sums)
            .put("count", count)
            .put("per_block", blocks.size)
            .put("blocks", blocks.number));
    return prefix;
  }
}
