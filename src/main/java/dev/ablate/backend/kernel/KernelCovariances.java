package dev.ablate.backend.kernel;

import dev.ablate.backend.Buffer.Element;
import dev.ablate.backend.GaussianProcess.Block;
import java.util.List;
import java.util.Map;

/**
 * Covariances of blocks of rows on a device, their factors and what follows from them: {@code
 * kernels/gaussian_process.cl} around {@code kernels/cholesky.cl}. Closing frees the memory.
 */
final class KernelCovariances implements AutoCloseable {
  static final String STEM = "gaussian_process";

  private static final int PANEL = KernelCholesky.PANEL;
  private static final KernelMacros SOURCE = KernelMacros.of(STEM);

  /** Sums over all pairs that a tile has besides those of the features. */
  private static final int SUMS = SOURCE.constant("SUMS");

  /** Slopes of a likelihood besides those by the decays. */
  private static final int SLOPES = SOURCE.constant("SLOPES");

  private final Runtime runtime;
  private final KernelCholesky cholesky;
  private final Runtime.Scope scope;
  private final Data data;
  private final List<Block> blocks;
  private final boolean gradient;
  private final KernelPriors priors;
  private final KernelCholesky.Matrices matrices;
  private final KernelBuffer partial;

  /**
   * Masks and values on the device.
   *
   * @param masks U64 {@code (rows, ceil(features/64)) row-major}
   * @param values F64 {@code (rows, outputs) row-major}
   */
  record Data(KernelBuffer masks, int features, KernelBuffer values, int outputs) {
    int words() {
      return (features + 63) >>> 6;
    }
  }

  /** Allocates for all blocks, with what a gradient needs or without. */
  KernelCovariances(Runtime runtime, Data data, List<Block> blocks, boolean gradient) {
    this.runtime = runtime;
    this.cholesky = new KernelCholesky(runtime);
    this.data = data;
    this.blocks = blocks;
    this.gradient = gradient;
    this.scope = runtime.scope();
    try {
      int count = blocks.size();
      Layout layout = new Layout(blocks, gradient);
      // What lies beside the triangle and the rows that are written starts at 0.
      KernelBuffer numbers =
          gradient
              ? scope.zeros(Element.F64, layout.elements)
              : scope.temporary(Element.F64, layout.elements);
      this.matrices =
          new KernelCholesky.Matrices(
              numbers,
              scope.temporary(Element.F64, layout.vectors * PANEL),
              scope.temporary(Element.F64, layout.vectors),
              scope.zeros(Element.I32, count),
              scope.temporary(Element.F64, layout.vectors),
              scope.in(layout.table),
              count,
              layout.size,
              gradient);
      this.partial =
          scope.temporary(Element.F64, gradient ? layout.tiles * (64L * data.words() + SUMS) : 1);
      this.priors =
          KernelPriors.of(scope, data.features(), blocks.stream().map(Block::prior).toList());
    } catch (RuntimeException e) {
      scope.close();
      throw e;
    }
  }

  /** Where the blocks lie: a row of the table each. */
  private static final class Layout {
    private final long[] table;
    private long elements;
    private long vectors;
    private long tiles;
    private int size;

    Layout(List<Block> blocks, boolean gradient) {
      table = new long[blocks.size() * KernelCholesky.TABLE];
      for (int b = 0; b < blocks.size(); b++) {
        Block block = blocks.get(b);
        int padded = KernelCholesky.padded(block.count());
        long panels = padded / PANEL;
        long[] row = {
          padded,
          elements,
          vectors,
          gradient ? 1 : 0,
          block.count(),
          block.from(),
          block.output(),
          tiles
        };
        System.arraycopy(row, 0, table, b * row.length, row.length);
        elements += KernelCholesky.numbers(padded, gradient);
        vectors += padded;
        tiles += panels * (panels + 1) / 2;
        size = Math.max(size, padded);
      }
    }
  }

  /** Factors the covariances and solves for the weights. */
  void solve() {
    Runtime.Kernel kernel = runtime.kernel(STEM, "gaussian_process_covariance", priors.defines());
    int side = cholesky.side(kernel);
    int tiles = matrices.size() / (4 * side);
    runtime.launch(
        kernel,
        runtime.groups((long) blocks.size() * tiles * tiles * side * side, side * side),
        side * side,
        kernel.number("GAUSSIAN_PROCESS_COVARIANCE_LOCAL", side),
        Arguments.of()
            .put("matrices", matrices.matrices())
            .put("masks", data.masks())
            .put("values", data.values())
            .put("decays", priors.decays())
            .put("priors", priors.priors())
            .put("table", matrices.table())
            .put("features", data.features())
            .put("words", data.words())
            .put("outputs", data.outputs())
            .put("blocks", blocks.size())
            .put("tiles", tiles)
            .put("side", side));
    cholesky.factor(matrices);
    cholesky.backward(matrices);
  }

  /** After {@link #solve}, with a gradient: the sums that it needs; the factors are gone then. */
  void sumSlopes() {
    cholesky.inverse(matrices);
    Runtime.Kernel kernel = runtime.kernel(STEM, "gaussian_process_slopes", priors.defines());
    int size = runtime.groupSize(kernel);
    int panels = matrices.size() / PANEL;
    runtime.launch(
        kernel,
        runtime.groups((long) blocks.size() * panels * panels * data.words() * size, size),
        size,
        kernel.number("GAUSSIAN_PROCESS_SLOPES_LOCAL"),
        Arguments.of()
            .put("partial", partial)
            .put("matrices", matrices.matrices())
            .put("all_weights", matrices.weights())
            .put("masks", data.masks())
            .put("priors", priors.priors())
            .put("table", matrices.table())
            .put("features", data.features())
            .put("words", data.words())
            .put("blocks", blocks.size())
            .put("panels", panels));
  }

  /** How many slopes a likelihood has. */
  int slopes() {
    return data.features() + SLOPES;
  }

  /**
   * Log likelihoods, and slopes where there is a gradient.
   *
   * @return {@code (blocks, slopes + 1)}: the likelihood, then the slopes
   */
  double[] results() {
    try (Runtime.Scope results = runtime.scope()) {
      KernelBuffer there = results.zeros(Element.F64, (long) blocks.size() * (slopes() + 1));
      Runtime.Kernel kernel = runtime.kernel(STEM, "gaussian_process_finish", Map.of());
      int size = runtime.groupSize(kernel);
      runtime.launch(
          kernel,
          runtime.groups((long) blocks.size() * size, size),
          size,
          kernel.number("LANES_LOCAL"),
          Arguments.of()
              .put("results", there)
              .put("partial", partial)
              .put("matrices", matrices.matrices())
              .put("all_weights", matrices.weights())
              .put("all_logs", matrices.logs())
              .put("values", data.values())
              .put("decays", priors.decays())
              .put("priors", priors.priors())
              .put("table", matrices.table())
              .put("features", data.features())
              .put("words", data.words())
              .put("outputs", data.outputs())
              .put("blocks", blocks.size()));
      return there.toHost().doubles();
    }
  }

  /** {@code (blocks)} other than 0 where the covariance is not positive definite. */
  int[] failed() {
    return matrices.failed().toHost().ints();
  }

  KernelCholesky.Matrices matrices() {
    return matrices;
  }

  @Override
  public void close() {
    scope.close();
  }
}
