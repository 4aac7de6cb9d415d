package dev.ablate.backend.kernel;

import dev.ablate.backend.Buffer;
import dev.ablate.backend.Buffer.Element;
import dev.ablate.backend.FoldOrder;
import dev.ablate.backend.HostBuffer;
import dev.ablate.backend.Rows;
import java.util.Arrays;
import java.util.Map;
import java.util.function.Consumer;

/** Rows of masks and values on a device: {@code kernels/rows.cl}. */
final class KernelRows implements Rows {
  private static final String STEM = "rows";

  /** Numbers of a summary, and of a comparison. */
  private static final int NUMBERS = KernelMacros.of(STEM).constant("NUMBERS");

  private final Runtime runtime;

  KernelRows(Runtime runtime) {
    this.runtime = runtime;
  }

  @Override
  public Buffer positions(long[][] parts, int rows) {
    int words = (rows + 63) >>> 6;
    int[] starts = FoldOrder.starts(parts);
    long[] bits = new long[Math.multiplyExact(parts.length, words)];
    for (int p = 0; p < parts.length; p++) {
      System.arraycopy(parts[p], 0, bits, p * words, words);
    }
    return filled(
        Element.I32,
        starts[parts.length],
        to -> {
          try (Runtime.Scope scope = runtime.scope()) {
            KernelBuffer[] in = scope.in(HostBuffer.of(bits), HostBuffer.of(starts));
            Runtime.Kernel kernel = runtime.kernel(STEM, "rows_positions", Map.of());
            int size = runtime.groupSize(kernel);
            runtime.launch(
                kernel,
                runtime.groups((long) parts.length * size, size),
                size,
                kernel.number("ROWS_POSITIONS_LOCAL", size),
                Arguments.of()
                    .put("positions", to)
                    .put("bits", in[0])
                    .put("starts", in[1])
                    .put("parts", parts.length)
                    .put("words", words));
          }
        });
  }

  @Override
  public Buffer ranges(int[] starts, int rows) {
    int parts = starts.length - 1;
    int words = (rows + 63) >>> 6;
    return filled(
        Element.U64,
        (long) parts * words,
        to -> {
          try (Runtime.Scope scope = runtime.scope()) {
            runtime.forItems(
                STEM,
                "rows_ranges",
                to.length(),
                Arguments.of()
                    .put("bits", to)
                    .put("starts", scope.in(starts))
                    .put("parts", parts)
                    .put("words", words));
          }
        });
  }

  @Override
  public Buffer gather(Buffer table, int width, Buffer positions) {
    return filled(
        table.element(),
        positions.length() * width,
        to -> {
          try (Runtime.Scope scope = runtime.scope()) {
            runtime.forItems(
                STEM,
                "rows_gather",
                to.length(),
                Arguments.of()
                    .reinterpret("out", to)
                    .reinterpret("table", scope.in(table))
                    .put("order", scope.in(positions))
                    .put("count", (int) positions.length())
                    .put("width", width));
          }
        });
  }

  @Override
  public Buffer columns(Buffer values, int rows, int outputs, int[] picks) {
    return filled(
        Element.F64,
        (long) rows * picks.length,
        to -> {
          try (Runtime.Scope scope = runtime.scope()) {
            runtime.forItems(
                STEM,
                "rows_columns",
                to.length(),
                Arguments.of()
                    .put("out", to)
                    .put("values", scope.in(values))
                    .put("picks", scope.in(picks))
                    .put("rows", rows)
                    .put("outputs", outputs)
                    .put("count", picks.length));
          }
        });
  }

  /** A new buffer that a kernel fills; empty ones start none. */
  private KernelBuffer filled(Element element, long length, Consumer<KernelBuffer> fill) {
    KernelBuffer to = runtime.allocate(element, length);
    try {
      if (length > 0) {
        fill.accept(to);
      }
      return to;
    } catch (RuntimeException e) {
      to.close();
      throw e;
    }
  }

  @Override
  public void shift(Buffer values, int rows, int outputs, double[] offsets) {
    try (Runtime.Scope scope = runtime.scope()) {
      long items = (long) rows * outputs;
      runtime.forItems(
          STEM,
          "rows_shift",
          items,
          Arguments.of()
              .put("values", runtime.here(values))
              .put("offsets", scope.in(offsets))
              .put("rows", rows)
              .put("outputs", outputs));
    }
  }

  @Override
  public void add(Buffer values, int rows, int outputs, int output, double factor, Buffer others) {
    try (Runtime.Scope scope = runtime.scope()) {
      runtime.forItems(
          STEM,
          "rows_add",
          rows,
          Arguments.of()
              .put("values", runtime.here(values))
              .put("others", scope.in(others))
              .put("rows", rows)
              .put("outputs", outputs)
              .put("output", output)
              .put("factor", factor));
    }
  }

  @Override
  public Buffer squareDifferences(Buffer a, Buffer b) {
    return filled(
        Element.F64,
        a.length(),
        to -> {
          try (Runtime.Scope scope = runtime.scope()) {
            runtime.forItems(
                STEM,
                "rows_square_differences",
                to.length(),
                Arguments.of()
                    .put("out", to)
                    .put("a", scope.in(a))
                    .put("b", scope.in(b))
                    .put("rows", (int) to.length()));
          }
        });
  }

  @Override
  public Summary[] summaries(Buffer values, int rows, int outputs) {
    Summary[] summaries = new Summary[outputs];
    try (Runtime.Scope scope = runtime.scope()) {
      KernelBuffer found = scope.temporary(Element.F64, (long) NUMBERS * outputs);
      Runtime.Kernel kernel = runtime.kernel(STEM, "rows_summaries", Map.of());
      int size = runtime.groupSize(kernel);
      runtime.launch(
          kernel,
          runtime.groups((long) outputs * size, size),
          size,
          kernel.number("ROWS_SUMMARIES_LOCAL", size),
          Arguments.of()
              .put("summaries", found)
              .put("values", scope.in(values))
              .put("rows", rows)
              .put("outputs", outputs));
      double[] all = found.toHost().doubles();
      for (int o = 0; o < outputs; o++) {
        int at = NUMBERS * o;
        summaries[o] = new Summary(all[at], all[at + 1], all[at + 2], all[at + 3], all[at + 4]);
      }
    }
    return summaries;
  }

  @Override
  public Errors errors(Buffer values, Buffer predictions) {
    try (Runtime.Scope scope = runtime.scope()) {
      KernelBuffer expected = scope.in(values);
      KernelBuffer predicted = predictions == values ? expected : scope.in(predictions);
      KernelBuffer found = scope.temporary(Element.F64, NUMBERS);
      Runtime.Kernel kernel = runtime.kernel(STEM, "rows_errors", Map.of());
      int size = runtime.groupSize(kernel);
      runtime.launch(
          kernel,
          1,
          size,
          kernel.number("ROWS_ERRORS_LOCAL"),
          Arguments.of()
              .put("errors", found)
              .put("values", expected)
              .put("predictions", predicted)
              .put("rows", (int) expected.length()));
      double[] numbers = found.toHost().doubles();
      return new Errors(numbers[0], numbers[1], numbers[2], numbers[3] == 0, numbers[4] == 0);
    }
  }

  @Override
  public double[] byDistance(Buffer masks, Buffer values, int rows, int features) {
    double[] sums = new double[features + 1];
    if (rows < 2) {
      return sums;
    }
    try (Runtime.Scope scope = runtime.scope()) {
      KernelBuffer y = scope.in(values);
      double largest = summaries(y, rows, 1)[0].largest();
      if (largest == 0) {
        return sums;
      }
      // A sum of all pairs, each at most 1, must stay below 2^62.
      int shift = 62 - Long.SIZE + Long.numberOfLeadingZeros((long) rows * (rows - 1) / 2);
      KernelBuffer found = scope.zeros(Element.U64, features + 1L);
      Runtime.Kernel kernel = runtime.kernel(STEM, "rows_by_distance", Map.of());
      int bytes = kernel.number("ROWS_BY_DISTANCE_LOCAL", features);
      boolean local = bytes <= runtime.device().limits().localBytes();
      int size = runtime.groupSize(kernel);
      runtime.launch(
          kernel,
          runtime.groups((long) rows * size, size),
          size,
          local ? bytes : Long.BYTES,
          Arguments.of()
              .put("sums", found)
              .put("masks", scope.in(masks))
              .put("values", y)
              .put("rows", rows)
              .put("words", (features + 63) >>> 6)
              .put("features", features)
              .put("unit", 1 / largest)
              .put("whole", Math.scalb(1.0, shift))
              .put("here", local ? 1 : 0));
      long[] whole = found.toHost().words();
      Arrays.setAll(sums, d -> Math.scalb((double) whole[d], -shift) * largest * largest);
    }
    return sums;
  }
}
