package dev.ablate.lens.data;

import dev.ablate.train.LabelledRows;

/**
 * Columns moved and scaled so that the training rows have the mean 0 and the standard deviation 1,
 * of all of them, whatever a subset keeps. A constant column is moved alone.
 *
 * @param means {@code (columns)}
 * @param deviations {@code (columns)}, with the number of rows as the divisor
 */
record Standardization(double[] means, double[] deviations) {
  static Standardization of(LabelledRows rows) {
    int columns = rows.columns();
    double[] means = new double[columns];
    double[] deviations = new double[columns];
    for (int i = 0; i < rows.x().length; i++) {
      means[i % columns] += rows.x()[i] / rows.rows();
    }
    for (int i = 0; i < rows.x().length; i++) {
      double off = rows.x()[i] - means[i % columns];
      deviations[i % columns] += off * off / rows.rows();
    }
    for (int j = 0; j < columns; j++) {
      double deviation = Math.sqrt(deviations[j]);
      // What rounding leaves of a constant is no spread.
      deviations[j] = deviation <= 1e-12 * Math.abs(means[j]) ? 1 : deviation;
      deviations[j] = deviations[j] == 0 ? 1 : deviations[j];
    }
    return new Standardization(means, deviations);
  }

  LabelledRows apply(LabelledRows rows) {
    int columns = rows.columns();
    double[] x = new double[rows.x().length];
    for (int i = 0; i < x.length; i++) {
      x[i] = (rows.x()[i] - means[i % columns]) / deviations[i % columns];
    }
    return new LabelledRows(x, rows.rows(), columns, rows.classes(), rows.y());
  }
}
