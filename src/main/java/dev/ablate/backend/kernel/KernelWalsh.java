package dev.ablate.backend.kernel;

import dev.ablate.backend.Buffer;
import dev.ablate.backend.Buffer.Element;
import dev.ablate.backend.Walsh;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * The Walsh-Hadamard transform on a device: {@code kernels/walsh.cl}.
 *
 * <p>A row that fits a chunk takes one pass over memory. A longer one takes a contiguous pass for
 * its low stages and passes over strips of columns for its high ones. F32 chunks live in the
 * registers of a group where the group can be large enough ({@code walsh_registers}), all others in
 * its local memory ({@code walsh_tiles}). All give the same bits.
 */
final class KernelWalsh implements Walsh {
  private static final String STEM = "walsh";
  private static final KernelMacros SOURCE = KernelMacros.of(STEM);

  /** Numbers an item of walsh_registers holds, as a power of two. */
  private static final int HELD_BITS = SOURCE.constant("HELD_BITS");

  /** Numbers a warp of walsh_registers holds, as a power of two. */
  private static final int WARP_BITS = SOURCE.constant("WARP_BITS");

  /** Largest chunk of walsh_registers, as a power of two. */
  private static final int REGISTER_BITS = SOURCE.constant("REGISTER_BITS");

  /** Columns of a strip, as a power of two: whole memory transactions, halved to save a pass. */
  private static final int STRIP_BITS = 5;

  /** Outputs and rows of a tile that is transposed. */
  private static final int TRANSPOSED = 32;

  private final Runtime runtime;

  KernelWalsh(Runtime runtime) {
    this.runtime = runtime;
  }

  @Override
  public Buffer byOutput(Buffer values, int rows, int outputs) {
    KernelBuffer byOutput = runtime.allocate(Element.F32, (long) rows * outputs);
    if (byOutput.length() == 0) {
      return byOutput;
    }
    try (Runtime.Scope scope = runtime.scope()) {
      KernelBuffer in = scope.in(values);
      Runtime.Kernel kernel = runtime.kernel(STEM, "walsh_by_output", Map.of());
      int columns = Math.min(outputs, TRANSPOSED);
      int height = TRANSPOSED * TRANSPOSED / columns;
      long tiles = groups(rows, height) * groups(outputs, columns);
      runtime.launch(
          kernel,
          runtime.groups(tiles, 1),
          runtime.groupSize(kernel),
          kernel.number("WALSH_BY_OUTPUT_LOCAL", columns, height),
          Arguments.of()
              .put("values", in)
              .put("by_output", byOutput)
              .put("rows", (long) rows)
              .put("outputs", outputs)
              .put("columns", columns)
              .put("height", height));
    } catch (RuntimeException e) {
      byOutput.close();
      throw e;
    }
    return byOutput;
  }

  @Override
  public void transform(Buffer data, int rows, int length, double scale) {
    if (Integer.bitCount(length) != 1) {
      throw new IllegalArgumentException("length " + length + " is not a power of two");
    }
    if (!(data instanceof KernelBuffer here) || here.device() != runtime.device()) {
      throw new IllegalArgumentException("upload the rows first: they are transformed in place");
    }
    boolean single = here.element() == Element.F32;
    if (!single && here.element() != Element.F64) {
      throw new IllegalArgumentException("rows of " + here.element() + " instead of F32 or F64");
    }
    long total = (long) rows * length;
    if (total == 0) {
      return;
    }
    Variant variant = single && total % 4 == 0 ? registers() : null;
    if (variant == null) {
      variant = tiles(single);
    }
    List<Pass> passes = passes(Integer.numberOfTrailingZeros(length), variant);
    for (int p = 0; p < passes.size(); p++) {
      double factor = p + 1 == passes.size() ? scale : 1;
      launch(variant, passes.get(p), here, total, factor);
    }
  }

  /**
   * A kernel and its chunks.
   *
   * @param registers whether it is walsh_registers
   * @param groupSize items of its largest group
   * @param leastBits smallest chunk, as a power of two
   * @param mostBits largest chunk, as a power of two
   */
  private record Variant(
      Runtime.Kernel kernel, boolean registers, int groupSize, int leastBits, int mostBits) {}

  /**
   * One pass over memory; see the head of {@code walsh.cl}.
   *
   * @param tileBits numbers of a chunk, as a power of two
   * @param columnBits columns of a strip, as a power of two; 0 in a contiguous pass
   * @param strideBits numbers between a strip's rows, as a power of two; 0 in a contiguous pass
   * @param first first stage, as a bit of the place in the chunk
   * @param last one past the last stage
   */
  private record Pass(int tileBits, int columnBits, int strideBits, int first, int last) {}

  /** The variant for large groups, null where the device or the tuning has only small ones. */
  private Variant registers() {
    Runtime.Kernel kernel = runtime.kernel(STEM, "walsh_registers", Map.of());
    Device.Limits limits = runtime.device().limits();
    int most = Math.min(kernel.groupSize(), limits.groupSize());
    int group = Math.min(runtime.tuning().groupSize(kernel.name()), most);
    if (group < 32) {
      return null;
    }
    int bits = HELD_BITS + 31 - Integer.numberOfLeadingZeros(group);
    bits = Math.min(bits, REGISTER_BITS);
    while (bits >= WARP_BITS
        && kernel.number("WALSH_REGISTERS_LOCAL", bits, 1L << (bits - HELD_BITS))
            > limits.localBytes()) {
      bits--;
    }
    return bits < WARP_BITS
        ? null
        : new Variant(kernel, true, 1 << (bits - HELD_BITS), WARP_BITS, bits);
  }

  private Variant tiles(boolean single) {
    Runtime.Kernel kernel =
        runtime.kernel(STEM, "walsh_tiles", single ? Map.of() : Map.of("WALSH_DOUBLE", 1));
    int bits = runtime.tuning().get("walsh_tiles.tile_bits");
    int size = single ? Float.BYTES : Double.BYTES;
    long most = runtime.device().limits().localBytes();
    while (kernel.number("WALSH_TILES_LOCAL", bits, size) > most) {
      bits--;
    }
    return new Variant(kernel, false, runtime.groupSize(kernel), Math.min(bits, WARP_BITS), bits);
  }

  /**
   * The passes of a transform of length {@code 2^bits}, low stages first. A strip has at least five
   * bits of rows, so that an item's 32 numbers are evenly spaced in memory; stages that are done
   * already are left out.
   */
  private List<Pass> passes(int bits, Variant variant) {
    int most = variant.mostBits();
    if (bits <= most) {
      return List.of(new Pass(Math.max(bits, variant.leastBits()), 0, 0, 0, bits));
    }
    Tuning tuning = runtime.tuning();
    List<Pass> passes = new ArrayList<>();
    // About as large chunks in both passes: small ones leave room for more groups at once.
    int low = Math.min(most, bits / 2 + tuning.get("walsh.low_bits_over_half"));
    passes.add(new Pass(Math.max(low, variant.leastBits()), 0, 0, 0, low));
    for (int done = low; done < bits; ) {
      int left = bits - done;
      int high = left <= most - STRIP_BITS + 1 ? left : most - STRIP_BITS;
      int rows = Math.max(high, HELD_BITS);
      int stride = done + high - rows;
      int tile = Math.max(rows + STRIP_BITS, tuning.get("walsh.strip_tile_bits"));
      int columns = Math.min(Math.min(tile, most) - rows, stride);
      int tileBits = columns + rows;
      passes.add(new Pass(tileBits, columns, stride, tileBits - high, tileBits));
      done += high;
    }
    return passes;
  }

  private void launch(Variant variant, Pass pass, KernelBuffer data, long total, double scale) {
    int group = groupSize(variant, pass);
    int local;
    if (variant.registers()) {
      local = variant.kernel().number("WALSH_REGISTERS_LOCAL", pass.tileBits(), group);
    } else {
      int bytes = data.element().bytes();
      local = variant.kernel().number("WALSH_TILES_LOCAL", pass.tileBits(), bytes);
    }
    // Several chunks of a warp stand side by side in a group.
    boolean warps = variant.registers() && pass.tileBits() == WARP_BITS;
    long chunk = warps ? (long) group << HELD_BITS : 1L << pass.tileBits();
    // As many groups as find place at once: each takes chunks in turn and fetches ahead. Or a group
    // a
    // chunk: none fetches ahead, but all of them keep to one stretch of memory, in order.
    Device.Limits limits = runtime.device().limits();
    int items = runtime.tuning().get("walsh.items_per_unit");
    long resident = Math.max(1, Math.min(items / group, limits.localBytes() / local));
    long together =
        pass.tileBits() <= runtime.tuning().get("walsh.group_a_chunk_bits")
            ? Integer.MAX_VALUE
            : Math.max(1, limits.units() * resident);
    Arguments arguments =
        Arguments.of()
            .put("data", data)
            .put("total", total)
            .put("tile_bits", pass.tileBits())
            .put("column_bits", pass.columnBits())
            .put("stride_bits", pass.strideBits())
            .put("first", pass.first())
            .put("last", pass.last());
    boolean single = data.element() == Element.F32;
    runtime.launch(
        variant.kernel(),
        (int) Math.min(groups(total, chunk), together),
        group,
        local,
        single ? arguments.put("scale", (float) scale) : arguments.put("scale", scale));
  }

  private int groupSize(Variant variant, Pass pass) {
    if (!variant.registers()) {
      return variant.groupSize();
    }
    int needed = 1 << (pass.tileBits() - HELD_BITS);
    if (pass.tileBits() > WARP_BITS || pass.columnBits() > 0) {
      return needed;
    }
    // Chunks of one warp need no other: several warps form a group.
    int several = runtime.tuning().get("walsh.short_group") / needed * needed;
    return Math.max(needed, Math.min(variant.groupSize(), several));
  }

  private static long groups(long items, long each) {
    return (items + each - 1) / each;
  }
}
