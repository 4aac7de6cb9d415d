package dev.ablate.backend.kernel;

import dev.ablate.backend.LogisticRegression.Problem;
import dev.ablate.backend.host.HostDesignMatrix;
import dev.ablate.backend.host.HostLogisticAnchor;

/**
 * What all subsets of a logistic regression share, in the memory of a device.
 *
 * @param rows F64 {@code (rows, width) row-major}
 * @param columns F64 {@code (width, rows) row-major}: the same numbers
 * @param tests F64 {@code (test rows, width) row-major}
 * @param testRows how many
 * @param labels I32 {@code (rows)}
 * @param groupOf I32 {@code (rows)}
 * @param start F64 {@code (classes, width)}: the weights that every search begins with
 * @param inverses F64 {@code (classes, width, width)}: the curvature there
 */
record KernelLogisticRows(
    Problem problem,
    KernelBuffer rows,
    KernelBuffer columns,
    KernelBuffer tests,
    int testRows,
    KernelBuffer labels,
    KernelBuffer groupOf,
    KernelBuffer start,
    KernelBuffer inverses) {
  /** Copies them there, for as long as the scope is open. */
  static KernelLogisticRows of(
      Runtime.Scope scope, Problem problem, HostLogisticAnchor anchor, double[] tests, int count) {
    HostDesignMatrix asked = new HostDesignMatrix(tests, count, problem.columns());
    return new KernelLogisticRows(
        problem,
        scope.in(flat(anchor.x().rows)),
        scope.in(flat(anchor.x().columns)),
        scope.in(flat(asked.rows)),
        count,
        scope.in(problem.labels()),
        scope.in(problem.groupOf()),
        scope.in(anchor.start()),
        scope.in(anchor.inverses()));
  }

  private static double[] flat(double[][] rows) {
    int width = rows.length == 0 ? 0 : rows[0].length;
    double[] all = new double[Math.multiplyExact(rows.length, width)];
    for (int r = 0; r < rows.length; r++) {
      System.arraycopy(rows[r], 0, all, r * width, width);
    }
    return all;
  }
}
