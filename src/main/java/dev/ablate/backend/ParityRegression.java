package dev.ablate.backend;

/**
 * Regressions of values on the parities of sets, {@code chi_s(r) = (-1)^|m_r and S_s|}, as sums
 * over the rows: the matrix of samples is never built, and the Gram matrices stay in the backend's
 * memory. The empty set, where there is one, is never penalised.
 */
public interface ParityRegression {
  /**
   * Sums up the products of all columns over the rows of each fold.
   *
   * @param sets the columns, at least one
   * @param masks U64 {@code (rows, ceil(features/64)) row-major}
   * @param rows number of masks, at least 1
   * @param features number of features
   * @param values F64 {@code (rows)}; centred values lose the fewest digits
   * @param folds {@code (folds, ceil(rows/64)) row-major} bits of the rows of each fold: a division
   *     of the rows
   */
  Sums sums(Sets sets, Buffer masks, int rows, int features, Buffer values, long[][] folds);

  /**
   * The sets whose coefficient, each regressed alone, exceeds a threshold in magnitude.
   *
   * @param sets the sets
   * @param masks U64 {@code (rows, ceil(features/64)) row-major}
   * @param rows number of masks, at least 1
   * @param features number of features
   * @param values F64 {@code (rows)}
   * @param threshold all sets exceed a negative one
   */
  Hits hits(Sets sets, Buffer masks, int rows, int features, Buffer values, double threshold);

  /**
   * Sums over the rows of many columns of values by the parities of sets, whose columns of bits are
   * made once for all.
   *
   * @param sets the sets, at least one
   * @param masks U64 {@code (rows, ceil(features/64)) row-major}
   * @param rows number of masks, at least 1
   * @param features number of features
   * @param values F64 {@code (rows, outputs) row-major}
   * @param outputs number of columns of values, at least 1
   * @return {@code (outputs, sets) row-major} {@code sum_r chi_s(r) value(r, o)}
   */
  double[] products(Sets sets, Buffer masks, int rows, int features, Buffer values, int outputs);

  /**
   * Some of the sets and their coefficients.
   *
   * @param positions ascending among the sets
   * @param coefficients {@code (1/rows) sum_r chi(r) value(r)}
   */
  record Hits(int[] positions, double[] coefficients) {}

  /** One regression; closing it frees its memory. */
  interface Sums extends AutoCloseable {
    /** Number of columns k. */
    int size();

    /** Number of rows. */
    int rows();

    /** Sum of the squared values. */
    double energy();

    /** {@code (k)} products of the columns and the values over all rows. */
    double[] products();

    /** {@code (k)} true where a column is not penalised; not a copy. */
    boolean[] free();

    /**
     * Squared errors of the lasso over all rows, each fold predicted from the others.
     *
     * @param scales {@code (k)} positive; the penalty of column {@code j} is multiplied by {@code
     *     scales[j]}
     * @param penalties per row, descending
     * @return {@code (penalties)}
     */
    double[] lassoErrors(double[] scales, double[] penalties);

    /**
     * The lasso on all rows.
     *
     * @param scales as of {@link #lassoErrors}
     * @param penalty per row
     * @return {@code (k)} weights
     */
    double[] lasso(double[] scales, double penalty);

    /**
     * The lasso on all rows where a solution nearby is known: the same answer, to what solutions
     * differ by, and sooner where an implementation knows how.
     *
     * @param scales as of {@link #lassoErrors}
     * @param penalty per row
     * @param start {@code (k)} the solution of another penalty, or of some of the columns
     * @param startPenalty the penalty that it belongs to
     * @return {@code (k)} weights
     */
    default double[] lasso(double[] scales, double penalty, double[] start, double startPenalty) {
      return lasso(scales, penalty);
    }

    /**
     * Squared errors of ridge regression over all rows, each fold predicted from the others.
     *
     * @param penalties for sums over rows, descending
     * @return {@code (penalties)}
     */
    double[] ridgeErrors(double[] penalties);

    /**
     * Ridge regression on all rows.
     *
     * @param penalty for sums over rows
     * @return {@code (k)} weights
     */
    double[] ridge(double penalty);

    /**
     * Least squares on all rows; dependent columns share their weight in an arbitrary but fixed
     * way.
     *
     * @param columns the columns that take part, ascending; the weights of the others are 0
     * @return {@code (k)} weights
     */
    double[] leastSquares(int[] columns);

    @Override
    void close();
  }
}
