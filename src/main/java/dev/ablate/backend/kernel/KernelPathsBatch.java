package dev.ablate.backend.kernel;

import dev.ablate.backend.Buffer.Element;
import java.util.List;
import java.util.Map;

/**
 * Regressions in the memory of a device, whose paths are found there.
 *
 * @param shape where each problem lies
 * @param gram F64, the matrices one after another
 * @param products F64, likewise
 * @param unpenalised U8, not 0 where a coefficient is not penalised
 * @param penalties F64, descending within a problem
 */
record KernelPathsBatch(
    Runtime runtime,
    KernelPathsShape shape,
    KernelBuffer gram,
    KernelBuffer products,
    KernelBuffer unpenalised,
    KernelBuffer penalties) {
  private static final String LASSO = "paths";
  private static final String RIDGE = "paths_ridge";

  private static final KernelMacros LASSO_SOURCE = KernelMacros.of(LASSO);
  private static final KernelMacros RIDGE_SOURCE = KernelMacros.of(RIDGE);
  private static final int STATES = LASSO_SOURCE.constant("STATES");
  private static final int STAGE = LASSO_SOURCE.constant("STAGE");
  private static final int LEVELS = LASSO_SOURCE.constant("LEVELS");
  private static final int DONE = LASSO_SOURCE.constant("DONE");

  /** Rounds of the lasso's kernels between two looks at what is done. */
  private static final int ROUNDS = 8;

  /** Vectors of doubles and of integers that a lasso keeps for each column. */
  private static final int LASSO_VECTORS =
      LASSO_SOURCE.constant("LASSO_VECTORS") + LASSO_SOURCE.constant("SLICES");

  private static final int LASSO_INTEGERS = LASSO_SOURCE.constant("LASSO_INTEGERS");
  private static final int RIDGE_VECTORS =
      RIDGE_SOURCE.constant("RIDGE_VECTORS") + RIDGE_SOURCE.constant("SLICES");
  private static final int TEAM = RIDGE_SOURCE.constant("TEAM");

  /** The lasso's weights: F64 {@code (penalties, k) row-major} a problem. */
  KernelBuffer lasso(Runtime.Scope scope) {
    KernelBuffer path = scope.temporary(Element.F64, shape.weights());
    if (path.length() == 0) {
      return path;
    }
    KernelBuffer states = scope.temporary(Element.I32, (long) STATES * shape.problems());
    Arguments arguments =
        Arguments.of()
            .put("path", path)
            .put("compact", scope.temporary(Element.F64, shape.elements()))
            .put("vectors", scope.temporary(Element.F64, LASSO_VECTORS * shape.columns()))
            .put("integers", scope.temporary(Element.I32, LASSO_INTEGERS * shape.columns()))
            .put("states", states)
            .put("levels", scope.temporary(Element.F64, (long) LEVELS * shape.problems()))
            .put("gram", gram)
            .put("products", products)
            .put("unpenalised", unpenalised)
            .put("penalties", penalties)
            .put("table", scope.in(shape.table()))
            .put("problems", shape.problems())
            .put("total", shape.columns());
    launchLasso("start", arguments);
    do {
      // Asking whether all are done waits for the device, so some rounds may find nothing to do.
      for (int round = 0; round < ROUNDS; round++) {
        for (String part : List.of("join", "descend", "newton", "finish")) {
          launchLasso(part, arguments);
        }
      }
    } while (!done(states));
    return path;
  }

  /**
   * The ridge regressions' weights, as of {@link #lasso}. Overwrites {@code gram} and {@code
   * products}.
   */
  KernelBuffer ridge(Runtime.Scope scope) {
    KernelBuffer path = scope.temporary(Element.F64, shape.weights());
    if (path.length() == 0) {
      return path;
    }
    KernelBuffer table = scope.in(shape.table());
    KernelBuffer kinds = scope.temporary(Element.I32, shape.columns());
    KernelBuffer basis = scope.temporary(Element.F64, shape.elements());
    KernelBuffer diagonal = scope.temporary(Element.F64, shape.columns());
    KernelBuffer beside = scope.temporary(Element.F64, shape.columns());
    KernelBuffer steps = scope.temporary(Element.I32, shape.problems());
    Runtime.Kernel kernel = runtime.kernel(RIDGE, "paths_ridge_basis", Map.of());
    int size = runtime.groupSize(kernel);
    runtime.launch(
        kernel,
        shape.problems(),
        size,
        kernel.number("LANES_OR_ITEMS_LOCAL", size),
        Arguments.of()
            .put("all_matrices", gram)
            .put("all_products", products)
            .put("all_kinds", kinds)
            .put("all_bases", basis)
            .put("all_diagonals", diagonal)
            .put("all_beside", beside)
            .put("steps", steps)
            .put("all_pivots", scope.temporary(Element.F64, 2 * shape.penalties()))
            .put("vectors", scope.temporary(Element.F64, RIDGE_VECTORS * shape.columns()))
            .put("all_sums", scope.temporary(Element.F64, TEAM * shape.columns()))
            .put("all_rows", scope.temporary(Element.I32, shape.columns()))
            .put("all_unpenalised", unpenalised)
            .put("all_penalties", penalties)
            .put("table", table)
            .put("problems", shape.problems())
            .put("total", shape.columns()));
    KernelBuffer solution = scope.temporary(Element.F64, shape.weights());
    solveTridiagonal(scope, solution, diagonal, beside, steps, table);
    combine(path, solution, basis, steps, table);
    unpenalised(path, kinds, table);
    return path;
  }

  private void launchLasso(String part, Arguments arguments) {
    Runtime.Kernel kernel = runtime.kernel(LASSO, "paths_lasso_" + part, Map.of());
    int size = runtime.groupSize(kernel);
    String local = part.equals("descend") ? "PATHS_LASSO_DESCEND_LOCAL" : "PATHS_LASSO_LOCAL";
    runtime.launch(kernel, shape.problems(), size, kernel.number(local, size), arguments);
  }

  private boolean done(KernelBuffer states) {
    int[] state = states.toHost().ints();
    for (int p = 0; p < shape.problems(); p++) {
      if (state[p * STATES + STAGE] != DONE) {
        return false;
      }
    }
    return true;
  }

  private void solveTridiagonal(
      Runtime.Scope scope,
      KernelBuffer solution,
      KernelBuffer diagonal,
      KernelBuffer beside,
      KernelBuffer steps,
      KernelBuffer table) {
    Runtime.Kernel kernel = runtime.kernel(RIDGE, "paths_ridge_tridiagonal", Map.of());
    runtime.launch(
        kernel,
        shape.problems(),
        runtime.groupSize(kernel),
        0,
        Arguments.of()
            .put("all_solutions", solution)
            .put("all_pivots", scope.temporary(Element.F64, shape.weights()))
            .put("all_diagonals", diagonal)
            .put("all_beside", beside)
            .put("steps", steps)
            .put("all_penalties", penalties)
            .put("table", table)
            .put("problems", shape.problems()));
  }

  private void combine(
      KernelBuffer path,
      KernelBuffer solution,
      KernelBuffer basis,
      KernelBuffer steps,
      KernelBuffer table) {
    Runtime.Kernel kernel = runtime.kernel(RIDGE, "paths_ridge_weights", Map.of());
    int size = runtime.groupSize(kernel);
    int groups = runtime.groups(shape.weights() / 4 + 1, size);
    int each = Math.max(1, groups / shape.problems());
    runtime.launch(
        kernel,
        each * shape.problems(),
        size,
        0,
        Arguments.of()
            .put("path", path)
            .put("all_solutions", solution)
            .put("all_bases", basis)
            .put("steps", steps)
            .put("table", table)
            .put("problems", shape.problems())
            .put("groups_each", each));
  }

  private void unpenalised(KernelBuffer path, KernelBuffer kinds, KernelBuffer table) {
    Runtime.Kernel kernel = runtime.kernel(RIDGE, "paths_ridge_unpenalised", Map.of());
    int size = runtime.groupSize(kernel);
    runtime.launch(
        kernel,
        runtime.groups((long) shape.problems() * shape.mostPenalties() * size, size),
        size,
        kernel.number("LANES_LOCAL"),
        Arguments.of()
            .put("path", path)
            .put("all_matrices", gram)
            .put("all_products", products)
            .put("all_kinds", kinds)
            .put("table", table)
            .put("problems", shape.problems())
            .put("most_penalties", shape.mostPenalties()));
  }
}
