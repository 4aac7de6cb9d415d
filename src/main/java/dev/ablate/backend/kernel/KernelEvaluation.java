package dev.ablate.backend.kernel;

import dev.ablate.backend.Buffer;
import dev.ablate.backend.Buffer.Element;
import dev.ablate.backend.Evaluation;
import dev.ablate.backend.HostBuffer;
import dev.ablate.backend.Sets;
import java.util.Arrays;
import java.util.stream.IntStream;

/**
 * Spectra on masks on a device: {@code kernels/evaluation.cl}. Masks are worked on in batches that
 * bound the memory of their bit columns; masks of the host are uploaded batch by batch.
 */
final class KernelEvaluation implements Evaluation {
  private static final String STEM = "evaluation";

  /** Masks of a word of a column. */
  private static final int BLOCK = KernelMacros.of(STEM).constant("BLOCK");

  /** Sets are cut into slices until there are about so many items; results depend on it. */
  private static final int ITEMS = 1 << 17;

  /** Sets a slice, at least; results depend on it. */
  private static final int LEAST_SLICE = 64;

  /** Masks with so many words in use are read across, one mask after another. */
  private static final int WIDE = 32;

  private final Runtime runtime;

  KernelEvaluation(Runtime runtime) {
    this.runtime = runtime;
  }

  @Override
  public Buffer evaluate(
      Sets sets, Buffer coefficients, int outputs, Buffer masks, int rows, int features) {
    KernelBuffer values = runtime.allocate(Element.F64, (long) rows * outputs);
    try (Runtime.Scope scope = runtime.scope()) {
      if (sets.size() == 0) {
        runtime.device().clear(values.memory(), 0, values.memory().bytes());
      } else if (values.length() > 0) {
        new Call(scope, sets, coefficients, outputs, rows, features).run(masks, values);
      }
    } catch (RuntimeException e) {
      values.close();
      throw e;
    }
    return values;
  }

  /** One evaluation: the sets on the device, and the sizes. */
  private final class Call {
    private final int outputs;
    private final int rows;
    private final int words;
    private final int sets;
    private final int slices;
    private final int sliceSets;
    private final int columns;
    private final int tiles;
    private final KernelBuffer halves;
    private final KernelBuffer members;
    private final KernelBuffer starts;
    private final KernelBuffer coefficients;

    Call(Runtime.Scope scope, Sets sets, Buffer coefficients, int outputs, int rows, int features) {
      this.outputs = outputs;
      this.rows = rows;
      this.words = (features + 63) >>> 6;
      this.sets = sets.size();
      long items = (rows + BLOCK - 1L) / BLOCK * outputs;
      long wanted = Math.min((ITEMS + items - 1) / items, this.sets / LEAST_SLICE);
      this.sliceSets = (int) ((this.sets + Math.max(1, wanted) - 1) / Math.max(1, wanted));
      this.slices = (this.sets + sliceSets - 1) / sliceSets;
      int[] column = new int[features];
      int[] used = columns(sets, column);
      int[] tileNumbers = halves(used);
      this.columns = used.length;
      this.tiles = tileNumbers.length / 3;
      int[] sliceStarts = new int[slices + 1];
      int[] quads = quads(sets, column, used.length, sliceSets, sliceStarts);
      this.halves = scope.in(tileNumbers);
      this.members = scope.in(quads);
      this.starts = scope.in(sliceStarts);
      this.coefficients = scope.in(coefficients);
    }

    /** All batches, smaller ones where memory is short. */
    void run(Buffer masks, KernelBuffer values) {
      long columnBytes = (long) runtime.tuning().get("evaluation.column_kibibytes") << 10;
      long most = Math.max(1, columnBytes / (Integer.BYTES * (columns + 1L))) * BLOCK;
      MemoryBatches.over(
          rows,
          (int) Math.min(most, rows),
          BLOCK,
          (first, count) -> batch(masks, values, first, count));
    }

    private void batch(Buffer masks, KernelBuffer values, int first, int count) {
      int blocks = (int) ((count + BLOCK - 1L) / BLOCK);
      try (Runtime.Scope scope = runtime.scope()) {
        boolean here = masks instanceof KernelBuffer;
        KernelBuffer in = scope.in(here ? masks : part(masks, first, count));
        KernelBuffer bits = scope.temporary(Element.I32, (columns + 1L) * blocks);
        runtime.device().clear(bits.memory(), 4L * columns * blocks, (long) Integer.BYTES * blocks);
        if (tiles > 0) {
          runtime.forItems(
              STEM,
              "evaluation_columns",
              (long) tiles * blocks,
              Arguments.of()
                  .put("masks", in)
                  .put("columns", bits)
                  .put("halves", halves)
                  .put("first", here ? (long) first : 0L)
                  .put("rows", count)
                  .put("words", words)
                  .put("blocks", blocks)
                  .put("tiles", tiles)
                  .put("across", tiles >= WIDE ? 1 : 0));
        }
        long size = (long) count * outputs;
        long offset = (long) first * outputs;
        if (slices == 1) {
          sums(bits, values, offset, 0, count, blocks);
          return;
        }
        KernelBuffer partial = scope.temporary(Element.F64, slices * size);
        sums(bits, partial, 0, size, count, blocks);
        runtime.forItems(
            STEM,
            "evaluation_combine",
            size,
            Arguments.of()
                .put("partial", partial)
                .put("values", values)
                .put("first", offset)
                .put("count", size)
                .put("slices", slices));
      }
    }

    private void sums(
        KernelBuffer bits, KernelBuffer to, long offset, long stride, int count, int blocks) {
      runtime.forItems(
          STEM,
          "evaluation_sums",
          (long) outputs * slices * blocks,
          Arguments.of()
              .put("columns", bits)
              .put("members", members)
              .put("starts", starts)
              .put("coefficients", coefficients)
              .put("values", to)
              .put("first", offset)
              .put("stride", stride)
              .put("rows", count)
              .put("blocks", blocks)
              .put("sets", sets)
              .put("slices", slices)
              .put("slice_sets", sliceSets)
              .put("outputs", outputs));
    }

    /** Masks of the host, without a copy where all are asked for. */
    private Buffer part(Buffer masks, int first, int count) {
      HostBuffer host = masks.toHost();
      if (count == rows) {
        return host;
      }
      int from = first * words;
      return HostBuffer.of(Arrays.copyOfRange(host.words(), from, from + count * words));
    }
  }

  /**
   * The features that any set holds, ascending.
   *
   * @param column {@code (features)} of zeros, filled with the place of each feature among these
   */
  private static int[] columns(Sets sets, int[] column) {
    int members = sets.starts()[sets.size()];
    for (int m = 0; m < members; m++) {
      column[sets.features()[m]] = 1;
    }
    int[] used = IntStream.range(0, column.length).filter(f -> column[f] != 0).toArray();
    for (int c = 0; c < used.length; c++) {
      column[used[c]] = c;
    }
    return used;
  }

  /**
   * The 32-bit halves of a mask that hold used features.
   *
   * @param used features, ascending
   * @return {@code (tiles, 3)}: the half, its used bits, how many used features come before
   */
  private static int[] halves(int[] used) {
    int[] tiles = new int[3 * used.length];
    int count = 0;
    for (int c = 0; c < used.length; c++) {
      int half = used[c] >>> 5;
      if (count == 0 || tiles[3 * count - 3] != half) {
        tiles[3 * count] = half;
        tiles[3 * count + 2] = c;
        count++;
      }
      tiles[3 * count - 2] |= 1 << (used[c] & 31);
    }
    return Arrays.copyOf(tiles, 3 * count);
  }

  /**
   * The columns of the sets' members in fours, filled up with the column of zeros behind the last.
   *
   * @param column the column of each feature that is used
   * @param zeros the column of zeros
   * @param sliceStarts {@code (slices + 1)}, filled with the first four of each slice
   * @return {@code (fours, 4)}; the first of the last four of each set has its top bit set
   */
  private static int[] quads(Sets sets, int[] column, int zeros, int sliceSets, int[] sliceStarts) {
    long count = 0;
    for (int s = 0; s < sets.size(); s++) {
      count += Math.max(1, (sets.order(s) + 3) / 4);
    }
    int[] quads = new int[Math.toIntExact(4 * count)];
    Arrays.fill(quads, zeros);
    int at = 0;
    for (int s = 0; s < sets.size(); s++) {
      if (s % sliceSets == 0) {
        sliceStarts[s / sliceSets] = at / 4;
      }
      int order = sets.order(s);
      for (int k = 0; k < order; k++) {
        quads[at + k] = column[sets.feature(s, k)];
      }
      int end = at + 4 * Math.max(1, (order + 3) / 4);
      quads[end - 4] |= Integer.MIN_VALUE;
      at = end;
    }
    sliceStarts[sliceStarts.length - 1] = at / 4;
    return quads;
  }
}
