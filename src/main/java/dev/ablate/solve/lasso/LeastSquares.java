package dev.ablate.solve.lasso;

import dev.ablate.backend.Backend;
import dev.ablate.backend.Buffer;
import dev.ablate.backend.HostBuffer;
import dev.ablate.backend.Sets;
import dev.ablate.mask.DistinctMasks;
import dev.ablate.mask.Masks;
import dev.ablate.solve.boost.Folds;
import dev.ablate.spectrum.Spectrum;
import java.util.Arrays;
import org.ejml.data.DMatrixRMaj;
import org.ejml.dense.row.CommonOps_DDRM;
import org.ejml.dense.row.factory.LinearSolverFactory_DDRM;
import org.ejml.interfaces.decomposition.CholeskyDecomposition_F64;
import org.ejml.interfaces.linsol.LinearSolverDense;

/**
 * Least squares on the parities of some sets, with the standard errors of the coefficients.
 *
 * @param coefficients {@code (sets)}
 * @param standardErrors {@code (sets)} from the inverse Gram matrix and the variance of the
 *     residual; NaN where there are no more rows than sets
 * @param residual {@code (rows)} what the fit leaves
 */
public record LeastSquares(double[] coefficients, double[] standardErrors, double[] residual) {
  /** Added to the diagonal, in rows, where columns are dependent to rounding. */
  private static final double[] JITTERS = {0, 1e-6, 1e-3, 1};

  /** Share of its squared length that an independent column keeps at least. */
  private static final double INDEPENDENT = 1e-9;

  /**
   * Fits values.
   *
   * @param masks {@code (rows, features)}
   * @param values {@code (rows)}
   * @param sets distinct sets, at least one
   */
  public static LeastSquares of(Backend backend, Masks masks, double[] values, Sets sets) {
    int k = sets.size();
    int rows = masks.count();
    DMatrixRMaj gram;
    double[] products;
    HostBuffer all = HostBuffer.of(Folds.all(rows));
    try (Buffer columns = backend.parity().columns(sets, masks.buffer(), rows, masks.features());
        Buffer grams = backend.parity().gram(columns, k, rows, all, 1);
        Buffer sums =
            backend.parity().products(columns, k, rows, all, 1, HostBuffer.of(values), 1)) {
      gram = DMatrixRMaj.wrap(k, k, grams.toHost().doubles());
      products = sums.toHost().doubles();
    }
    DMatrixRMaj inverse = inverse(gram, rows);
    DMatrixRMaj solved = new DMatrixRMaj(k, 1);
    CommonOps_DDRM.mult(inverse, DMatrixRMaj.wrap(k, 1, products), solved);
    double[] coefficients = solved.getData();
    double[] residual = new Spectrum(masks.features(), sets, coefficients).evaluate(masks, backend);
    Arrays.setAll(residual, r -> values[r] - residual[r]);
    double squares = Arrays.stream(residual).map(v -> v * v).sum();
    // Repeats of a mask are its weight; they leave no freedom of their own.
    int distinct = DistinctMasks.of(masks).masks().count();
    double variance = distinct > k ? squares / (distinct - k) : Double.NaN;
    double[] errors = new double[k];
    Arrays.setAll(errors, s -> Math.sqrt(variance * inverse.get(s, s)));
    return new LeastSquares(coefficients, errors, residual);
  }

  private static DMatrixRMaj inverse(DMatrixRMaj gram, int rows) {
    int k = gram.getNumRows();
    for (double jitter : JITTERS) {
      DMatrixRMaj matrix = gram.copy();
      for (int i = 0; i < k; i++) {
        matrix.add(i, i, jitter * rows);
      }
      LinearSolverDense<DMatrixRMaj> solver = LinearSolverFactory_DDRM.symmPosDef(k);
      if (solver.setA(matrix) && independent(solver, rows)) {
        DMatrixRMaj inverse = new DMatrixRMaj(k, k);
        solver.invert(inverse);
        return inverse;
      }
    }
    throw new ArithmeticException("a Gram matrix of " + k + " parities cannot be inverted");
  }

  /** Whether each column keeps a share of its length beside those before it. */
  private static boolean independent(LinearSolverDense<DMatrixRMaj> solver, int rows) {
    CholeskyDecomposition_F64<DMatrixRMaj> factor = solver.getDecomposition();
    DMatrixRMaj lower = factor.getT(null);
    for (int i = 0; i < lower.getNumRows(); i++) {
      double left = lower.get(i, i) * lower.get(i, i);
      if (!(left > INDEPENDENT * rows)) {
        return false;
      }
    }
    return true;
  }
}
