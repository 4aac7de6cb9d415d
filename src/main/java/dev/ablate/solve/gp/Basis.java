package dev.ablate.solve.gp;

import dev.ablate.backend.Buffer;
import dev.ablate.backend.GaussianProcess.Prior;
import dev.ablate.backend.HostBuffer;
import dev.ablate.backend.Sets;
import dev.ablate.solve.Problem;
import dev.ablate.solve.surrogate.LargestVariances;
import dev.ablate.work.Work;
import java.util.Arrays;

/**
 * A process as a regression on the sets of largest prior variance. Given all rows the posterior
 * mean of their coefficients w solves {@code (Phi'Phi + noise Lambda^-1) w = Phi'y}, with the
 * parities Phi, the prior variances Lambda, and a noise that holds the variance of all sets that
 * are left out: on masks that differ in many features their sum is nearly white.
 *
 * <p>It is solved by conjugate gradients on {@code Lambda^(1/2) w}: a step takes the values of a
 * spectrum on the rows and sums of values by parities, so that no matrix is made. Columns of random
 * masks are nearly orthogonal, and some twenty steps are enough.
 *
 * <p>Source: Rasmussen and Williams, Gaussian Processes for Machine Learning, 2006, section 2.1.
 */
final class Basis implements AutoCloseable {
  /** Steps at most: with next to no noise dependent columns take many, and the last say little. */
  private static final int MOST_STEPS = 60;

  private final Problem rows;
  private final int output;
  private final Sets sets;
  private final double[] variances;
  private final double noise;
  private final Buffer columns;
  private final Buffer everyRow;
  private final double[] products;

  private Basis(Problem rows, int output, Sets sets, double[] variances, double noise) {
    this.rows = rows;
    this.output = output;
    this.sets = sets;
    this.variances = variances;
    this.noise = noise;
    this.everyRow = rows.backend().rows().all(rows.rows());
    try {
      this.columns =
          rows.backend()
              .parity()
              .columns(sets, rows.masks().buffer(), rows.rows(), rows.features());
    } catch (RuntimeException e) {
      everyRow.close();
      throw e;
    }
    try {
      this.products = products(rows.output(output));
    } catch (RuntimeException e) {
      close();
      throw e;
    }
  }

  /**
   * The basis of an output.
   *
   * @param rows rows of mean 0
   * @param prior a stationary one
   * @param most how many sets at most
   */
  static Basis of(Problem rows, int output, Prior prior, int most) {
    Sets sets = LargestVariances.of(prior, most);
    double[] variances = prior.variances(sets);
    return new Basis(rows, output, sets, variances, prior.noise() + rest(prior, variances));
  }

  /** The variance of a value by all sets but those of some variances. */
  static double rest(Prior prior, double[] variances) {
    double all = prior.scale() * (1 + prior.shape().rough());
    return Math.max(0, all - Arrays.stream(variances).sum());
  }

  /** The sets, the empty one first. */
  Sets sets() {
    return sets;
  }

  /** {@code (sets)} their variances under the prior; not a copy. */
  double[] variances() {
    return variances;
  }

  /** Variance of what is added to each value, with that of the sets that are left out. */
  double noise() {
    return noise;
  }

  /**
   * {@code (sets)} posterior means.
   *
   * @param tolerance share of the residual's length, in the norm of the diagonal, that may be left
   */
  double[] means(double tolerance) {
    return solve(products, tolerance);
  }

  /** Values on the rows of coefficients, where the operations run. */
  Buffer values(double[] coefficients) {
    return rows.backend()
        .evaluation()
        .evaluate(
            sets,
            HostBuffer.of(coefficients),
            1,
            rows.masks().buffer(),
            rows.rows(),
            rows.features());
  }

  /** The sum of squares that coefficients leave of the rows. */
  double left(double[] coefficients) {
    try (Buffer fitted = values(coefficients)) {
      return rows.backend().rows().errors(rows.output(output), fitted).residual();
    }
  }

  /** {@code y'y - y' Phi w}: times 1/noise the form of the values, where w are the means. */
  double form(double[] means) {
    double form = rows.summary(output).squares();
    for (int s = 0; s < means.length; s++) {
      form -= means[s] * products[s];
    }
    return form;
  }

  private double[] products(Buffer of) {
    try (Buffer sums =
        rows.backend().parity().products(columns, sets.size(), rows.rows(), everyRow, 1, of, 1)) {
      return sums.toHost().doubles().clone();
    }
  }

  private double[] solve(double[] right, double tolerance) {
    int size = variances.length;
    double[] roots = Arrays.stream(variances).map(Math::sqrt).toArray();
    double[] solved = new double[size];
    double[] left = new double[size];
    double[] scaled = new double[size];
    Arrays.setAll(left, s -> roots[s] * right[s]);
    Arrays.setAll(scaled, s -> left[s] / diagonal(s));
    double[] direction = scaled.clone();
    double length = dot(left, scaled);
    double enough = tolerance * tolerance * length;
    double first = length;
    for (int step = 0; step < MOST_STEPS && length > enough; step++) {
      // The residual falls by about the same factor each step.
      Work.done(Math.log(first / length) / Math.log(first / enough));
      double[] moved = times(direction, roots);
      double share = length / dot(direction, moved);
      for (int s = 0; s < size; s++) {
        solved[s] += share * direction[s];
        left[s] -= share * moved[s];
        scaled[s] = left[s] / diagonal(s);
      }
      double next = dot(left, scaled);
      double kept = next / length;
      length = next;
      for (int s = 0; s < size; s++) {
        direction[s] = scaled[s] + kept * direction[s];
      }
    }
    Arrays.setAll(solved, s -> roots[s] * solved[s]);
    return solved;
  }

  private double diagonal(int set) {
    return variances[set] * rows.rows() + noise;
  }

  /** {@code Lambda^(1/2) Phi'Phi Lambda^(1/2) + noise} times a direction. */
  private double[] times(double[] direction, double[] roots) {
    double[] coefficients = direction.clone();
    Arrays.setAll(coefficients, s -> coefficients[s] * roots[s]);
    try (Buffer values = values(coefficients)) {
      double[] moved = products(values);
      Arrays.setAll(moved, s -> roots[s] * moved[s] + noise * direction[s]);
      return moved;
    }
  }

  private static double dot(double[] a, double[] b) {
    double sum = 0;
    for (int s = 0; s < a.length; s++) {
      sum += a[s] * b[s];
    }
    return sum;
  }

  @Override
  public void close() {
    columns.close();
    everyRow.close();
  }
}
