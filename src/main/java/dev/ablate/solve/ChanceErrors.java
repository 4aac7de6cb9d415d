package dev.ablate.solve;

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
  /** Those of the values of a problem, of which the first output counts. */
  public static ChanceErrors of(Problem problem) {
    Repeats repeats = problem.repeats();
    int rows = problem.rows();
    if (!repeats.paired()) {
      double error = Math.sqrt(problem.summary(0).squares() / rows / repeats.distinct());
      return new ChanceErrors(error, error);
    }
    double[] sums = new double[repeats.distinct()];
    int[] unit = new int[repeats.distinct()];
    int outputs = problem.outputs();
    double[] values = problem.values().hostDoubles();
    for (int r = 0; r < rows; r++) {
      sums[repeats.position(r)] += values[r * outputs];
      unit[repeats.position(r)] = repeats.unit(r);
    }
    double[] even = new double[repeats.units()];
    double[] odd = new double[repeats.units()];
    for (int m = 0; m < sums.length; m++) {
      even[unit[m]] += sums[m];
      odd[unit[m]] = sums[m] - odd[unit[m]];
    }
    return new ChanceErrors(length(even) / rows, length(odd) / rows);
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
