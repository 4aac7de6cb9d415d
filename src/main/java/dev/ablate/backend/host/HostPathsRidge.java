package dev.ablate.backend.host;

import dev.ablate.backend.Paths;
import dev.ablate.work.Work;
import java.util.Arrays;
import org.ejml.data.DMatrixRMaj;
import org.ejml.dense.row.CommonOps_DDRM;
import org.ejml.dense.row.factory.DecompositionFactory_DDRM;
import org.ejml.interfaces.decomposition.EigenDecomposition_F64;

/**
 * One ridge path from one symmetric eigendecomposition.
 *
 * <p>The free columns are projected out first: with {@code F} free and {@code P} penalised columns
 * and the Schur complement {@code S = G_PP - G_PF G_FF^+ G_FP}, the penalised weights solve {@code
 * (S + penalty I) w = b_P - G_PF G_FF^+ b_F}, and {@code w_F = G_FF^+ (b_F - G_FP w_P)}. Directions
 * without curvature get weight 0.
 */
final class HostPathsRidge {
  /** Eigenvalues below this share of the Gram matrix's trace are rounding errors. */
  private static final double RANK = 1e-13;

  private HostPathsRidge() {}

  /** The solutions, {@code (penalties, k) row-major}. */
  static double[] path(Paths.Problem problem) {
    int size = problem.size();
    double[] penalties = problem.penalties();
    int[] free = columns(problem, true);
    int[] penalised = columns(problem, false);
    DMatrixRMaj freeProducts = products(problem, free);
    DMatrixRMaj cross = block(problem, penalised, free);
    double zero = RANK * trace(problem);
    Spectral freeBlock = new Spectral(block(problem, free, free), zero);
    DMatrixRMaj explained = product(cross, freeBlock.solve(transpose(cross), 0));
    Spectral schur = new Spectral(minus(block(problem, penalised, penalised), explained), zero);
    DMatrixRMaj reduced =
        minus(products(problem, penalised), product(cross, freeBlock.solve(freeProducts, 0)));
    double[] path = new double[Math.multiplyExact(penalties.length, size)];
    for (int p = 0; p < penalties.length; p++) {
      DMatrixRMaj weights = schur.solve(reduced, penalties[p]);
      DMatrixRMaj rest = minus(freeProducts, product(transpose(cross), weights));
      scatter(weights, penalised, path, p * size);
      scatter(freeBlock.solve(rest, 0), free, path, p * size);
    }
    return path;
  }

  private static double trace(Paths.Problem problem) {
    double trace = 0;
    for (int j = 0; j < problem.size(); j++) {
      trace += problem.gram()[j * problem.size() + j];
    }
    return trace;
  }

  private static int[] columns(Paths.Problem problem, boolean free) {
    int[] picked = new int[problem.size()];
    int count = 0;
    for (int j = 0; j < picked.length; j++) {
      if (problem.free()[j] == free) {
        picked[count++] = j;
      }
    }
    return Arrays.copyOf(picked, count);
  }

  private static DMatrixRMaj block(Paths.Problem problem, int[] rows, int[] columns) {
    DMatrixRMaj block = new DMatrixRMaj(rows.length, columns.length);
    for (int r = 0; r < rows.length; r++) {
      for (int c = 0; c < columns.length; c++) {
        block.set(r, c, problem.gram()[rows[r] * problem.size() + columns[c]]);
      }
    }
    return block;
  }

  private static DMatrixRMaj products(Paths.Problem problem, int[] rows) {
    DMatrixRMaj vector = new DMatrixRMaj(rows.length, 1);
    for (int r = 0; r < rows.length; r++) {
      vector.set(r, 0, problem.products()[rows[r]]);
    }
    return vector;
  }

  private static void scatter(DMatrixRMaj from, int[] columns, double[] to, int base) {
    for (int j = 0; j < columns.length; j++) {
      to[base + columns[j]] = from.get(j, 0);
    }
  }

  private static DMatrixRMaj transpose(DMatrixRMaj a) {
    return CommonOps_DDRM.transpose(a, null);
  }

  private static DMatrixRMaj product(DMatrixRMaj a, DMatrixRMaj b) {
    DMatrixRMaj c = new DMatrixRMaj(a.getNumRows(), b.getNumCols());
    CommonOps_DDRM.mult(a, b, c);
    return c;
  }

  private static DMatrixRMaj minus(DMatrixRMaj a, DMatrixRMaj b) {
    DMatrixRMaj c = new DMatrixRMaj(a.getNumRows(), a.getNumCols());
    CommonOps_DDRM.subtract(a, b, c);
    return c;
  }

  /** A symmetric positive semi-definite matrix as {@code Q diag(values) Q'}. */
  private static final class Spectral {
    private final DMatrixRMaj vectors;
    private final double[] values;

    /** Eigenvalues up to {@code zero} count as 0. */
    Spectral(DMatrixRMaj matrix, double zero) {
      int size = matrix.getNumRows();
      this.values = new double[size];
      this.vectors = new DMatrixRMaj(size, size);
      if (size == 0) {
        return;
      }
      EigenDecomposition_F64<DMatrixRMaj> eigen = DecompositionFactory_DDRM.eig(size, true, true);
      if (!Work.leaving(() -> eigen.decompose(matrix))) {
        throw new ArithmeticException("the Gram matrix has no eigendecomposition: not finite");
      }
      for (int i = 0; i < size; i++) {
        double value = eigen.getEigenvalue(i).getReal();
        values[i] = value > zero ? value : 0;
        CommonOps_DDRM.insert(eigen.getEigenVector(i), vectors, 0, i);
      }
    }

    /** {@code (matrix + penalty I)^+ right}. */
    DMatrixRMaj solve(DMatrixRMaj right, double penalty) {
      DMatrixRMaj rotated = new DMatrixRMaj(values.length, right.getNumCols());
      CommonOps_DDRM.multTransA(vectors, right, rotated);
      for (int i = 0; i < values.length; i++) {
        // Without curvature the products have no part in this direction but rounding errors.
        double scale = values[i] == 0 ? 0 : 1 / (values[i] + penalty);
        for (int c = 0; c < right.getNumCols(); c++) {
          rotated.set(i, c, rotated.get(i, c) * scale);
        }
      }
      return product(vectors, rotated);
    }
  }
}
