package dev.ablate.solve.lasso;

import dev.ablate.backend.Backend;
import dev.ablate.backend.Buffer;
import dev.ablate.backend.HostBuffer;
import dev.ablate.backend.Sets;
import dev.ablate.backend.host.HostCholesky;
import dev.ablate.mask.DistinctMasks;
import dev.ablate.mask.Masks;
import dev.ablate.solve.boost.Folds;
import dev.ablate.spectrum.Spectrum;
import java.util.Arrays;

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
    double[] gram;
    double[] products;
    HostBuffer all = HostBuffer.of(Folds.all(rows));
    try (Buffer columns = backend.parity().columns(sets, masks.buffer(), rows, masks.features());
        Buffer grams = backend.parity().gram(columns, k, rows, all, 1);
        Buffer sums =
            backend.parity().products(columns, k, rows, all, 1, HostBuffer.of(values), 1)) {
      gram = grams.toHost().doubles();
      products = sums.toHost().doubles();
    }
    double[][] factor = factor(gram, k, rows);
    double[] coefficients = products.clone();
    HostCholesky.solve(factor, coefficients);
    double[] inverse = HostCholesky.inverseDiagonal(factor);
    double[] residual = new Spectrum(masks.features(), sets, coefficients).evaluate(masks, backend);
    Arrays.setAll(residual, r -> values[r] - residual[r]);
    double squares = Arrays.stream(residual).map(v -> v * v).sum();
    // Repeats of a mask are its weight; they leave no freedom of their own.
    int distinct = DistinctMasks.of(masks).masks().count();
    double variance = distinct > k ? squares / (distinct - k) : Double.NaN;
    double[] errors = new double[k];
    Arrays.setAll(errors, s -> Math.sqrt(variance * inverse[s]));
    return new LeastSquares(coefficients, errors, residual);
  }

  /** The Gram matrix's Cholesky factor, with the smallest jitter that keeps it one. */
  private static double[][] factor(double[] gram, int k, int rows) {
    for (double jitter : JITTERS) {
      double[][] factor = new double[k][];
      for (int i = 0; i < k; i++) {
        factor[i] = Arrays.copyOfRange(gram, i * k, i * k + i + 1);
        factor[i][i] += jitter * rows;
      }
      if (HostCholesky.factor(factor, null) && independent(factor, rows)) {
        return factor;
      }
    }
    throw new ArithmeticException("a Gram matrix of " + k + " parities cannot be inverted");
  }

  /** Whether each column keeps a share of its length beside those before it. */
  private static boolean independent(double[][] factor, int rows) {
    for (int i = 0; i < factor.length; i++) {
      if (!(factor[i][i] * factor[i][i] > INDEPENDENT * rows)) {
        return false;
      }
    }
    return true;
  }
}
