package dev.ablate.backend.kernel;

import java.util.Map;

/** Cholesky factors of matrices side by side on a device: {@code kernels/cholesky.cl}. */
final class KernelCholesky {
  private static final String STEM = "cholesky";
  private static final KernelMacros SOURCE = KernelMacros.of(STEM);

  /** Columns that are eliminated together. */
  static final int PANEL = SOURCE.constant("PANEL");

  /** Numbers of a row of the table. */
  static final int TABLE = SOURCE.constant("TABLE");

  /** Rows that a group solves. */
  private static final int STRIP = SOURCE.constant("STRIP");

  /** Local memory for two chunks of a panel. */
  private static final int CHUNKS = SOURCE.number("CHOLESKY_CHUNKS_LOCAL");

  /** Most items a group along a side of a tile; an item has 4 x 4 numbers. */
  private static final int SIDE = SOURCE.constant("SIDE");

  private final Runtime runtime;

  /**
   * Matrices and what belongs to their factors, as the source says.
   *
   * @param table where each lies
   * @param count number of matrices
   * @param size size of the largest, whole panels
   * @param identity whether the identity is appended
   */
  record Matrices(
      KernelBuffer matrices,
      KernelBuffer inverses,
      KernelBuffer logs,
      KernelBuffer failed,
      KernelBuffer weights,
      KernelBuffer table,
      int count,
      int size,
      boolean identity) {}

  KernelCholesky(Runtime runtime) {
    this.runtime = runtime;
  }

  /** A size rounded up to whole panels. */
  static int padded(int rows) {
    return (rows + PANEL - 1) / PANEL * PANEL;
  }

  /** Numbers of a matrix with its right side. */
  static long numbers(int size, boolean identity) {
    return (size + 1L + (identity ? size : 0)) * size;
  }

  /** How many items stand along a side of a tile of a kernel. */
  int side(Runtime.Kernel kernel) {
    int size = Math.min(runtime.groupSize(kernel), SIDE * SIDE);
    return Integer.highestOneBit((int) Math.sqrt(size));
  }

  /** Replaces matrices by their factors and solves the appended rows. */
  void factor(Matrices m) {
    Runtime.Kernel panelKernel = runtime.kernel(STEM, "cholesky_panel", Map.of());
    int size = runtime.groupSize(panelKernel);
    for (int panel = 0; panel * PANEL < m.size(); panel++) {
      runtime.launch(
          panelKernel,
          m.count(),
          size,
          panelKernel.number("CHOLESKY_PANEL_LOCAL"),
          Arguments.of()
              .put("matrices", m.matrices())
              .put("inverses", m.inverses())
              .put("logs", m.logs())
              .put("failed", m.failed())
              .put("table", m.table())
              .put("count", m.count())
              .put("panel", panel));
      int next = (panel + 1) * PANEL;
      int rows = m.size() + 1 - (m.identity() ? 0 : next);
      step(m, m.matrices(), panel, 0, rows);
    }
  }

  /**
   * Solves rows that lie apart with the only matrix.
   *
   * @param apart F64 {@code (rows, size) row-major}, {@code b'} becomes {@code (L^-1 b)'}
   * @param first a column before which all rows are 0
   */
  void solve(Matrices m, KernelBuffer apart, int rows, int first) {
    for (int panel = first / PANEL; panel * PANEL < m.size(); panel++) {
      step(m, apart, panel, rows, rows);
    }
  }

  /** Solves rows for a panel and takes its products off the columns behind it. */
  private void step(Matrices m, KernelBuffer targets, int panel, int apart, int rows) {
    Runtime.Kernel solve = runtime.kernel(STEM, "cholesky_solve", Map.of());
    int size = runtime.groupSize(solve);
    int strips = (rows + STRIP - 1) / STRIP;
    runtime.launch(
        solve,
        runtime.groups((long) m.count() * strips * size, size),
        size,
        solve.number("CHOLESKY_SOLVE_LOCAL"),
        Arguments.of()
            .put("targets", targets)
            .put("inverses", m.inverses())
            .put("table", m.table())
            .put("count", m.count())
            .put("panel", panel)
            .put("apart", apart)
            .put("strips", strips));
    Runtime.Kernel update = runtime.kernel(STEM, "cholesky_update", Map.of());
    int side = side(update);
    int rowTiles = (rows + 4 * side - 1) / (4 * side);
    int columnTiles = (m.size() - (panel + 1) * PANEL) / (4 * side);
    if (columnTiles > 0) {
      runtime.launch(
          update,
          runtime.groups((long) m.count() * rowTiles * columnTiles * side * side, side * side),
          side * side,
          CHUNKS,
          Arguments.of()
              .put("targets", targets)
              .put("matrices", m.matrices())
              .put("table", m.table())
              .put("count", m.count())
              .put("panel", panel)
              .put("apart", apart)
              .put("row_tiles", rowTiles)
              .put("column_tiles", columnTiles)
              .put("side", side));
    }
  }

  /** Fills the weights with {@code A^-1 b} for the right sides, which are spoilt. */
  void backward(Matrices m) {
    Runtime.Kernel kernel = runtime.kernel(STEM, "cholesky_backward", Map.of());
    int size = runtime.groupSize(kernel);
    for (int panel = m.size() / PANEL - 1; panel >= 0; panel--) {
      int chunks = Math.max(1, (panel * PANEL + size - 1) / size);
      runtime.launch(
          kernel,
          runtime.groups((long) m.count() * chunks * size, size),
          size,
          kernel.number("CHOLESKY_BACKWARD_LOCAL"),
          Arguments.of()
              .put("matrices", m.matrices())
              .put("weights", m.weights())
              .put("inverses", m.inverses())
              .put("table", m.table())
              .put("count", m.count())
              .put("panel", panel)
              .put("chunks", chunks));
    }
  }

  /** Replaces factors by inverses, on and below the diagonal. */
  void inverse(Matrices m) {
    Runtime.Kernel kernel = runtime.kernel(STEM, "cholesky_inverse", Map.of());
    int side = side(kernel);
    int tiles = m.size() / (4 * side);
    runtime.launch(
        kernel,
        runtime.groups((long) m.count() * tiles * tiles * side * side, side * side),
        side * side,
        CHUNKS,
        Arguments.of()
            .put("matrices", m.matrices())
            .put("table", m.table())
            .put("count", m.count())
            .put("tiles", tiles)
            .put("side", side));
  }
}
