package dev.ablate.backend;

/**
 * CodedRegression of coded samples on parities, from the subsampled transforms alone. For a group
 * the samples are an affine subspace, so {@code Phi_s' Phi_t = sum_c 2^b [M_c's = M_c't] sum_p
 * (-1)^<d_p, s+t>} and {@code Phi_s' y = sum_c 2^b sum_p (-1)^<d_p, s> U_{c,p}(M_c's)}: two terms
 * interact only when they share a bin, and the sample matrix is never built. Both hold for whole
 * delays, {@code groups * 2^b} rows each, so folds are sets of delays.
 *
 * <p>Transforms stay in the memory of the backend; sets, coefficients and errors are on the host.
 */
public interface CodedRegression {
  /** How far lasso products may miss their conditions, as a share of the penalty. */
  double LASSO_SLACK = 1e-5;

  /** How far products may miss 0 in least squares, as a share of {@link Terms#largest}. */
  double TRIAL_SLACK = 1e-7;

  /** The same for the fit on all rows that is reported. */
  double FINAL_SLACK = 1e-13;

  /** Largest support for least squares, as a share of the rows. */
  double MOST_TERMS = 1.0 / 3;

  /**
   * One problem's regression. It reads the transforms for as long as it is open.
   *
   * @param bins where terms fall
   * @param transforms F64, on devices also F32, {@code (problems, groups, delays, 2^b) row-major}
   * @param problems number of problems, such as outputs
   * @param problem which of them
   */
  Output open(CodedBins bins, Buffer transforms, int problems, int problem);

  /** The transforms of one problem. */
  interface Output extends AutoCloseable {
    /** Where terms fall. */
    CodedBins bins();

    /**
     * {@code Phi'r} over all rows for every single feature, where {@code r} is what a fit leaves of
     * the values.
     *
     * @param sets the terms of the fit
     * @param coefficients one for each
     * @return {@code (features)}
     */
    double[] singletonProducts(Sets sets, double[] coefficients);

    /**
     * The transforms of what a fit leaves of the values, in the memory of this backend; the caller
     * closes them.
     *
     * @return {@code (groups, delays, 2^b) row-major}, the element type of the transforms
     */
    Buffer residual(Sets sets, double[] coefficients);

    /**
     * The regression on some terms.
     *
     * @param sets distinct sets, the first of them empty: the intercept
     * @param foldOf {@code (delays)} the fold of each delay
     * @param folds number of folds, at least 2, none of them empty
     */
    Terms on(Sets sets, int[] foldOf, int folds);

    @Override
    void close();
  }

  /** The regression of one problem on given terms, with folds of delays. */
  interface Terms extends AutoCloseable {
    /** {@code y'y} over all rows. */
    double squares();

    /** The sum of squared deviations from the mean over all rows. */
    double deviations();

    /**
     * The largest product with what the intercept alone leaves of all rows: no larger penalty does
     * anything. It is never less than what rounding makes of constant values.
     */
    double largest();

    /**
     * Starts a walk down the penalties.
     *
     * @param penalties for sums over all rows, descending; folds take their share of rows of them
     */
    Walk lasso(double[] penalties);

    /**
     * Minimises {@code w'Gw/2 - b'w + penalty/2 sum_{s > 0} w_s^2} for each penalty on every fold
     * and on all rows.
     *
     * @param penalties for sums over the rows of each fit, descending
     */
    Ridge ridge(double[] penalties);

    @Override
    void close();
  }

  /**
   * Fits with each penalty.
   *
   * @param errors {@code (penalties)} sums of squared errors on the rows that a fit did not see
   * @param weights {@code (penalties, terms) row-major} the fits on all rows
   */
  record Ridge(double[] errors, double[] weights) {}

  /**
   * The errors at one penalty: sums over the folds of squared errors on the rows that a fit did not
   * see.
   *
   * @param lasso of minimisers of {@code w'Gw/2 - b'w + penalty sum_{s > 0} |w_s|}
   * @param leastSquares of least squares on their supports and the intercept; NaN when one has more
   *     than {@link #MOST_TERMS} of the rows
   */
  record Errors(double lasso, double leastSquares) {}

  /**
   * The fit that a walk ended with.
   *
   * @param weights {@code (terms)} on all rows
   * @param support {@code (terms)} the terms with a weight and the intercept
   * @param leftOutError sum of squared errors of fits without each delay on that delay, from the
   *     same penalty
   */
  record Fit(double[] weights, boolean[] support, double leftOutError) {}

  /** One walk down the penalties of the lasso, on all folds and all rows at once. */
  interface Walk extends AutoCloseable {
    /** Goes to the next penalty and fits there; called at most as often as there are penalties. */
    Errors next();

    /** Remembers the place just reached, in place of any before. */
    void keep();

    /**
     * Fits at the place remembered.
     *
     * @param relaxed whether by least squares on the support of the lasso
     */
    Fit finish(boolean relaxed);

    @Override
    void close();
  }
}
