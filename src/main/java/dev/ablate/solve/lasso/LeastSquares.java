package dev.ablate.solve.lasso;

import dev.ablate.backend.Backend;
import dev.ablate.backend.Buffer;
import dev.ablate.backend.Sets;
import dev.ablate.backend.host.HostCholesky;
import dev.ablate.backend.host.HostInverse;
import dev.ablate.backend.host.Workers;
import dev.ablate.mask.Repeats;
import dev.ablate.solve.ChanceErrors;
import dev.ablate.solve.Problem;
import dev.ablate.spectrum.Spectrum;
import dev.ablate.work.Memory;
import java.util.Arrays;
import java.util.List;

/**
 * Least squares on the parities of some sets, with the standard errors of the coefficients.
 *
 * @param coefficients {@code (sets)}
 * @param standardErrors {@code (sets)} from the inverse Gram matrix and the variance of the
 *     residual; NaN where there are no more rows than sets
 * @param left what the fit leaves of the output, closed with this
 */
public record LeastSquares(double[] coefficients, double[] standardErrors, Problem left)
    implements AutoCloseable {
  /** Most sets: two matrices of their square must fit, and time grows with their cube. */
  public static final int MOST_SETS = 8_000;

  /** Bytes of a pair of sets: the Gram matrix, and a half of it as its factor. */
  public static final int PAIR = 3 * Double.BYTES / 2;

  /** So many sets are worth several threads. */
  private static final int SHARED = 400;

  /** Added to the diagonal, in rows, where columns are dependent to rounding. */
  private static final double[] JITTERS = {0, 1e-6, 1e-3, 1};

  /** Share of its squared length that an independent column keeps at least. */
  private static final double INDEPENDENT = 1e-9;

  /**
   * Fits an output.
   *
   * @param problem masks and values
   * @param output which output
   * @param sets distinct sets, at least one and at most {@link #MOST_SETS}
   */
  public static LeastSquares of(Problem problem, int output, Sets sets) {
    int k = sets.size();
    int rows = problem.rows();
    // Several outputs are fitted at once.
    double[][] solved = Memory.taking((double) PAIR * k * k, () -> solved(problem, output, sets));
    double[] coefficients = solved[0];
    double[] inverse = solved[1];
    Spectrum fitted = new Spectrum(problem.features(), sets, coefficients);
    Problem left;
    try (Problem one = problem.outputs(output)) {
      left = one.less(List.of(fitted));
    }
    try {
      ChanceErrors chance = ChanceErrors.of(left);
      double even = chance.even() * Math.sqrt(freedom(problem.repeats(), sets, 0) * rows);
      double odd = chance.odd() * Math.sqrt(freedom(problem.repeats(), sets, 1) * rows);
      double[] errors = new double[k];
      Arrays.setAll(errors, s -> (sets.order(s) % 2 == 0 ? even : odd) * Math.sqrt(inverse[s]));
      return new LeastSquares(coefficients, errors, left);
    } catch (RuntimeException e) {
      left.close();
      throw e;
    }
  }

  /** The coefficients, and the diagonal of the inverse Gram matrix. */
  private static double[][] solved(Problem problem, int output, Sets sets) {
    Backend backend = problem.backend();
    int k = sets.size();
    int rows = problem.rows();
    double[] gram;
    double[] products;
    try (Buffer columns =
            backend.parity().columns(sets, problem.masks().buffer(), rows, problem.features());
        Buffer all = backend.rows().all(rows);
        Buffer grams = backend.parity().gram(columns, k, rows, all, 1);
        Buffer sums =
            backend.parity().products(columns, k, rows, all, 1, problem.output(output), 1)) {
      gram = grams.toHost().doubles();
      products = sums.toHost().doubles();
    }
    double[] coefficients = products.clone();
    try (Workers workers = k < SHARED ? null : new Workers(backend.threads())) {
      double[][] factor = factor(gram, k, rows, workers);
      HostCholesky.solve(factor, coefficients);
      return new double[][] {coefficients, HostInverse.diagonal(factor, workers)};
    }
  }

  /**
   * What residuals of so many sets are short of, as a factor of their squares; NaN where nothing is
   * left. Repeats of a mask are its weight and leave no freedom of their own. In pairs sets of even
   * order take from what the two values share, those of odd order from how they differ.
   */
  private static double freedom(Repeats repeats, Sets sets, int parity) {
    boolean paired = repeats.paired();
    int taken = 0;
    for (int s = 0; s < sets.size(); s++) {
      taken += !paired || sets.order(s) % 2 == parity ? 1 : 0;
    }
    double all = paired ? repeats.units() : repeats.distinct();
    return all > taken ? all / (all - taken) : Double.NaN;
  }

  @Override
  public void close() {
    left.close();
  }

  /** The Gram matrix's Cholesky factor, with the smallest jitter that keeps it one. */
  private static double[][] factor(double[] gram, int k, int rows, Workers workers) {
    for (double jitter : JITTERS) {
      double[][] factor = new double[k][];
      for (int i = 0; i < k; i++) {
        factor[i] = Arrays.copyOfRange(gram, i * k, i * k + i + 1);
        factor[i][i] += jitter * rows;
      }
      if (HostCholesky.factor(factor, workers) && independent(factor, rows)) {
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
