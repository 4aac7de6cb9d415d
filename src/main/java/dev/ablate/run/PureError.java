package dev.ablate.run;

import dev.ablate.mask.DistinctMasks;
import dev.ablate.solve.Method;
import dev.ablate.solve.Reading;
import dev.ablate.solve.Solution;
import dev.ablate.solve.VaryingOutputs;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;

/**
 * How far values of equal masks lie apart: what no function of the masks explains (pure error, as
 * in the test for lack of fit; Draper, Smith, Applied Regression Analysis, 1998).
 *
 * @param spreads {@code (outputs)} standard deviation of one value about the mean of its mask, in
 *     the unit of the game; 0 where equal masks have equal values
 * @param shares {@code (outputs)} share of the squares about the mean of all values that lies
 *     within masks
 * @param meanWeight {@code sum over the different masks of 1/repeats, over their squared number}:
 *     the variance of a coefficient of the whole transform, in squared spreads
 * @param rows number of values an output
 */
record PureError(double[] spreads, double[] shares, double meanWeight, int rows) {
  /** Differences up to this share of the largest value are rounding. */
  private static final double ROUNDING = 1e-12;

  /** Nothing is said of a smaller share: it would read 0.0 %, and changes no digit of R². */
  private static final double LEAST_SHARE = 5e-4;

  /** No mask was evaluated twice, or all repeats agree. */
  static PureError none(int outputs) {
    return new PureError(new double[outputs], new double[outputs], 0, 0);
  }

  /**
   * Of different masks whose values would differ when they were evaluated again.
   *
   * @param noise standard deviation of one value
   * @param masks how many there are
   */
  static PureError ofNoise(double noise, int masks, int outputs) {
    double[] spreads = new double[outputs];
    Arrays.fill(spreads, noise);
    return new PureError(spreads, new double[outputs], 1.0 / masks, masks);
  }

  /**
   * Compares a table with its means.
   *
   * @param table each value as it was evaluated
   * @param means the same masks, each with the mean of its values
   */
  static PureError of(Table table, Table means) {
    int outputs = table.values().outputs();
    int rows = table.masks().count();
    if (means == table) {
      return none(outputs);
    }
    int[] position = DistinctMasks.of(table.masks()).position();
    int distinct = Arrays.stream(position).max().orElse(0) + 1;
    double[] spreads = new double[outputs];
    double[] shares = new double[outputs];
    for (int o = 0; o < outputs; o++) {
      double[] values = table.values().column(o);
      double[] centres = means.values().column(o);
      // In units of the largest value no square overflows or vanishes.
      double largest = Arrays.stream(values).map(Math::abs).max().orElse(0);
      int unit = Math.getExponent(largest);
      double mean = Arrays.stream(values).map(v -> Math.scalb(v, -unit) / rows).sum();
      double within = 0;
      double total = 0;
      double furthest = 0;
      for (int r = 0; r < rows; r++) {
        double value = Math.scalb(values[r], -unit);
        double apart = value - Math.scalb(centres[r], -unit);
        furthest = Math.max(furthest, Math.abs(apart));
        within += apart * apart;
        total += (value - mean) * (value - mean);
      }
      if (furthest > ROUNDING) {
        spreads[o] = Math.scalb(Math.sqrt(within / (rows - distinct)), unit);
        shares[o] = Math.min(1, within / total);
      }
    }
    return new PureError(spreads, shares, meanWeight(position, distinct), rows);
  }

  private static double meanWeight(int[] position, int distinct) {
    int[] repeats = new int[distinct];
    for (int p : position) {
      repeats[p]++;
    }
    return Arrays.stream(repeats).mapToDouble(k -> 1.0 / k).sum() / distinct / distinct;
  }

  /** Whether equal masks of an output have different values. */
  boolean differs(int output) {
    return spreads[output] > 0;
  }

  /** R² over all values, from R² over the means of equal masks. */
  double overRows(double r2, int output) {
    return r2 * (1 - shares[output]);
  }

  /**
   * A solution whose standard errors are at least what the spread of repeats alone leaves: for the
   * whole transform that of a mean of the masks' means, for others that of a mean of all rows. That
   * all values are equal is then said of means alone, and left out.
   */
  Solution widened(Solution solution, int output) {
    if (!differs(output)) {
      return solution;
    }
    boolean whole = Method.EXACT.is(solution.ran());
    double least = spreads[output] * Math.sqrt(whole ? meanWeight : 1.0 / rows);
    double[] own = solution.standardErrors();
    double[] errors = new double[solution.spectrum().size()];
    Arrays.setAll(
        errors, s -> own.length == 0 || Double.isNaN(own[s]) ? least : Math.max(own[s], least));
    Reading reading = solution.reading();
    // What is left of a mask's mean may be noise: none of it counts as the mask's own.
    return solution
        .without(VaryingOutputs.EQUAL)
        .withStandardErrors(errors)
        .withReading(reading == null ? null : reading.withOwn(0));
  }

  /** A line where repeats differ, about the output in which they matter most. */
  List<String> notes() {
    int[] some = IntStream.range(0, shares.length).filter(o -> shares[o] >= LEAST_SHARE).toArray();
    if (some.length == 0) {
      return List.of();
    }
    int worst =
        Arrays.stream(some).boxed().max(Comparator.comparingDouble(o -> shares[o])).orElseThrow();
    String which = "equal masks have different values";
    if (some.length > 1) {
      which += " in " + some.length + " of " + shares.length + " outputs, most in output " + worst;
    } else if (shares.length > 1) {
      which = "output " + worst + ": " + which;
    }
    return List.of(
        String.format(
            Locale.ROOT,
            "%s, with a standard deviation of %.4g: that is %.1f %% of all squares%s, which no"
                + " explanation reaches; R² is over all rows",
            which,
            spreads[worst],
            100 * shares[worst],
            some.length > 1 ? " there" : ""));
  }
}
