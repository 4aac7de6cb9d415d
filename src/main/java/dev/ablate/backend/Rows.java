package dev.ablate.backend;

/**
 * Rows of masks and values where they are: selections, sums over rows, and what predictions leave.
 * Only what does not grow with the rows comes to the host.
 */
public interface Rows {
  /**
   * The rows of each part, one part after another, ascending within each.
   *
   * @param parts {@code (parts, ceil(rows/64)) row-major} bits of the rows of each part
   * @param rows number of rows
   * @return I32 {@code (rows of all parts)}
   */
  Buffer positions(long[][] parts, int rows);

  /**
   * Parts that are ranges of rows.
   *
   * @param starts {@code (parts + 1)} the first row of each part and the end of the last, ascending
   * @param rows number of rows, at least the last of {@code starts}
   * @return U64 {@code (parts, ceil(rows/64)) row-major}
   */
  Buffer ranges(int[] starts, int rows);

  /** {@link #ranges} of a single part that has all rows. */
  default Buffer all(int rows) {
    return ranges(new int[] {0, rows}, rows);
  }

  /**
   * Some rows of a table in another order.
   *
   * @param table U64 or F64 {@code (any, width) row-major}
   * @param width elements a row
   * @param positions I32 {@code (rows)} which rows
   * @return {@code (rows, width) row-major} of the table's element
   */
  Buffer gather(Buffer table, int width, Buffer positions);

  /**
   * Some columns of values, in a copy.
   *
   * @param values F64 {@code (rows, outputs) row-major}
   * @param picks which outputs, in this order; -1 for a column of zeros
   * @return F64 {@code (rows, picks) row-major}
   */
  Buffer columns(Buffer values, int rows, int outputs, int[] picks);

  /**
   * Adds a number to each column, in place.
   *
   * @param values F64 {@code (rows, outputs) row-major}, in the memory of this backend
   * @param offsets {@code (outputs)}
   */
  void shift(Buffer values, int rows, int outputs, double[] offsets);

  /**
   * Adds numbers to one column, in place.
   *
   * @param values F64 {@code (rows, outputs) row-major}, in the memory of this backend
   * @param output which column
   * @param factor 1 or -1
   * @param others F64 {@code (rows)}
   */
  void add(Buffer values, int rows, int outputs, int output, double factor, Buffer others);

  /** F64 {@code (rows)}, {@code a^2 - b^2} of two F64 {@code (rows)}. */
  Buffer squareDifferences(Buffer a, Buffer b);

  /**
   * What the values of an output come to.
   *
   * @param first the first value
   * @param sum of all values, correct to about one rounding
   * @param squares sum of their squares, correct to about one rounding of sums of squares
   * @param largest largest magnitude
   * @param spread largest distance from the first value; 0 when all are equal
   */
  record Summary(double first, double sum, double squares, double largest, double spread) {
    /** Whether all values are equal. */
    public boolean constant() {
      return spread == 0;
    }
  }

  /**
   * Sums over the first rows of each output.
   *
   * @param values F64 {@code (any, outputs) row-major}
   * @param rows number of rows, at least 1
   * @return one an output
   */
  Summary[] summaries(Buffer values, int rows, int outputs);

  /**
   * How predictions meet values.
   *
   * @param mean of the values
   * @param residual sum of the squared differences of values and predictions
   * @param total sum of the squared differences of the values and their mean
   * @param constant whether all values are equal
   * @param right whether all predictions are right to 12 digits
   */
  record Errors(double mean, double residual, double total, boolean constant, boolean right) {
    /** A share of a value's magnitude up to which a prediction is right. */
    private static final double RIGHT = 1e-12;

    /** The errors of as many predictions as values, at least one. */
    public static Errors of(double[] values, double[] predictions) {
      double mean = 0;
      for (double value : values) {
        mean += value / values.length;
      }
      double residual = 0;
      double total = 0;
      boolean constant = true;
      boolean right = true;
      for (int r = 0; r < values.length; r++) {
        double error = values[r] - predictions[r];
        residual += error * error;
        total += (values[r] - mean) * (values[r] - mean);
        constant &= values[r] == values[0];
        right &= Math.abs(error) <= RIGHT * Math.abs(values[r]);
      }
      return new Errors(mean, residual, total, constant, right);
    }
  }

  /**
   * Compares predictions with values.
   *
   * @param values F64 {@code (rows)}, at least one
   * @param predictions F64 {@code (rows)}
   */
  Errors errors(Buffer values, Buffer predictions);

  /**
   * Sums of the products of two values by the distance of their masks, over all pairs of the first
   * rows.
   *
   * @param masks U64 {@code (any, ceil(features/64)) row-major}
   * @param values F64 {@code (any)}
   * @param rows number of rows
   * @param features number of features
   * @return {@code (features + 1)} one for each number of bits in which two masks differ
   */
  double[] byDistance(Buffer masks, Buffer values, int rows, int features);
}
