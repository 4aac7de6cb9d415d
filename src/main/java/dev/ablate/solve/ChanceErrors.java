package dev.ablate.solve;

import dev.ablate.backend.Buffer;
import dev.ablate.backend.Rows;
import dev.ablate.mask.Repeats;

/**
 * How far from 0 chance alone brings the mean of values times a parity: a standard deviation for
 * sets of even order and one for sets of odd order. They differ where masks come with their
 * complements, on which parities of even order agree and those of odd order are opposite: what the
 * two values of a pair share then says nothing of odd orders, and their difference nothing of even
 * ones.
 *
 * @param even of sets of even order
 * @param odd of sets of odd order
 */
public record ChanceErrors(double even, double odd) {
  /** Searches round values to a few hundredths of their spread, so that less says nothing. */
  private static final double LEAST = 0.1;

  /** Neither is less than a tenth of the other. */
  public ChanceErrors {
    even = Math.max(even, LEAST * odd);
    odd = Math.max(odd, LEAST * even);
  }

  /** Those of the values of a problem, of which the first output counts. */
  public static ChanceErrors of(Problem problem) {
    Repeats repeats = problem.repeats();
    double rows = problem.rows();
    double squares = problem.summary(0).squares();
    if (!repeats.paired()) {
      double error = Math.sqrt(squares / rows / repeats.distinct());
      return new ChanceErrors(error, error);
    }
    if (!repeats.adjacent()) {
      return ofUnits(problem);
    }
    double shared = shared(problem);
    return new ChanceErrors(
        Math.sqrt(Math.max(0, squares + shared)) / rows,
        Math.sqrt(Math.max(0, squares - shared)) / rows);
  }

  /** Twice the sum of the products of the two values of each pair, where the values are. */
  private static double shared(Problem problem) {
    Rows rows = problem.backend().rows();
    int pairs = problem.rows() / 2;
    try (Buffer pair = rows.columns(problem.output(0), pairs, 2, new int[] {0});
        Buffer others = rows.columns(problem.output(0), pairs, 2, new int[] {1})) {
      double apart =
          rows.summaries(pair, pairs, 1)[0].squares()
              + rows.summaries(others, pairs, 1)[0].squares();
      rows.add(pair, pairs, 1, 0, 1, others);
      return rows.summaries(pair, pairs, 1)[0].squares() - apart;
    }
  }

  private static ChanceErrors ofUnits(Problem problem) {
    Repeats repeats = problem.repeats();
    int outputs = problem.outputs();
    double[] values = problem.values().hostDoubles();
    double[] sums = new double[repeats.distinct()];
    int[] unit = new int[repeats.distinct()];
    for (int r = 0; r < problem.rows(); r++) {
      sums[repeats.position(r)] += values[r * outputs];
      unit[repeats.position(r)] = repeats.unit(r);
    }
    double[] even = new double[repeats.units()];
    double[] odd = new double[repeats.units()];
    for (int m = 0; m < sums.length; m++) {
      even[unit[m]] += sums[m];
      odd[unit[m]] = sums[m] - odd[unit[m]];
    }
    return new ChanceErrors(length(even) / problem.rows(), length(odd) / problem.rows());
  }

  private static double length(double[] numbers) {
    double squares = 0;
    for (double number : numbers) {
      squares += number * number;
    }
    return Math.sqrt(squares);
  }

  /** That of sets of an order. */
  public double of(int order) {
    return order % 2 == 0 ? even : odd;
  }

  /** The smaller of the two, which no hit falls short of. */
  public double least() {
    return Math.min(even, odd);
  }
}
