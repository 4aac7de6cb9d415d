package dev.ablate.train;

/**
 * Columns to mean 0 and standard deviation 1 by all training rows: once, and the same for every
 * subset, so that leaving rows out changes no other row.
 *
 * @param means of the columns
 * @param deviations of the columns, over the number of rows; 1 where a column is constant
 */
public record Standardisation(double[] means, double[] deviations) {
  /** By the columns of some rows, at least one. */
  public static Standardisation of(LabelledRows rows) {
    int columns = rows.columns();
    double[] means = new double[columns];
    double[] deviations = new double[columns];
    for (int j = 0; j < columns; j++) {
      // Squares of very large and very small numbers are no doubles: powers of two are exact.
      int scale = -exponent(rows, j);
      double sum = 0;
      for (int r = 0; r < rows.rows(); r++) {
        sum += Math.scalb(rows.x()[r * columns + j], scale);
      }
      double mean = sum / rows.rows();
      double squares = 0;
      for (int r = 0; r < rows.rows(); r++) {
        double from = Math.scalb(rows.x()[r * columns + j], scale) - mean;
        squares += from * from;
      }
      double deviation = Math.sqrt(squares / rows.rows());
      means[j] = Math.scalb(mean, -scale);
      // What rounding leaves of a constant column is no spread.
      deviations[j] = deviation > 1e-12 * Math.abs(mean) ? Math.scalb(deviation, -scale) : 1;
    }
    return new Standardisation(means, deviations);
  }

  /** The power of two of the largest number of a column. */
  private static int exponent(LabelledRows rows, int column) {
    double largest = Double.MIN_NORMAL;
    for (int r = 0; r < rows.rows(); r++) {
      largest = Math.max(largest, Math.abs(rows.x()[r * rows.columns() + column]));
    }
    return Math.getExponent(largest);
  }

  /** Rows with the same labels and standardised columns. */
  public LabelledRows apply(LabelledRows rows) {
    int columns = rows.columns();
    double[] x = new double[rows.x().length];
    for (int i = 0; i < x.length; i++) {
      int j = i % columns;
      x[i] = (rows.x()[i] - means[j]) / deviations[j];
    }
    return new LabelledRows(x, rows.rows(), columns, rows.classes(), rows.y());
  }
}
