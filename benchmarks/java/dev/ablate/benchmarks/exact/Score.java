package dev.ablate.benchmarks.exact;

import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * How near an estimate of an index comes to the truth, over all sets of order 1 to the highest.
 *
 * @param mse mean squared error
 * @param precision5 how many of the 5 largest magnitudes are among the estimate's 5, as a share
 * @param precision10 the same of 10
 * @param rank Spearman's rank correlation, NaN where either is constant
 * @param intervals how many estimates have a standard error
 * @param held how many nominal 90% intervals hold the truth
 */
public record Score(
    double mse, double precision5, double precision10, double rank, int intervals, int held) {
  private static final double NORMAL_90 = 1.6448536269514722;

  /** What rounding leaves between an estimate and a truth that are the same. */
  private static final double ROUNDING = 1e-9;

  /** Scores an estimate. */
  public static Score of(double[] truth, Estimate estimate) {
    double[] values = estimate.values();
    double squares = 0;
    int intervals = 0;
    int held = 0;
    double largest = Arrays.stream(truth).map(Math::abs).max().orElse(0);
    for (int i = 0; i < truth.length; i++) {
      double error = Math.abs(values[i] - truth[i]);
      squares += error * error;
      if (!Double.isNaN(estimate.standardErrors()[i])) {
        intervals++;
        double half = NORMAL_90 * estimate.standardErrors()[i] + ROUNDING * largest;
        held += error <= half ? 1 : 0;
      }
    }
    return new Score(
        squares / truth.length,
        precision(truth, values, 5),
        precision(truth, values, 10),
        correlation(Ranks.of(truth), Ranks.of(values)),
        intervals,
        held);
  }

  /** As the keys and numbers of a line of results. */
  public Map<String, Object> fields() {
    Map<String, Object> fields = new LinkedHashMap<>();
    fields.put("mse", mse);
    fields.put("precision5", precision5);
    fields.put("precision10", precision10);
    fields.put("rank", Double.isNaN(rank) ? null : (Object) rank);
    fields.put("intervals", intervals);
    fields.put("held", held);
    return fields;
  }

  private static double precision(double[] truth, double[] values, int k) {
    int count = Math.min(k, truth.length);
    int[] best = largest(truth, count);
    int[] found = largest(values, count);
    long both = Arrays.stream(found).filter(f -> IntStream.of(best).anyMatch(b -> b == f)).count();
    return (double) both / count;
  }

  private static int[] largest(double[] values, int count) {
    return IntStream.range(0, values.length)
        .boxed()
        .sorted(Comparator.comparingDouble(i -> -Math.abs(values[i])))
        .limit(count)
        .mapToInt(Integer::intValue)
        .toArray();
  }

  private static double correlation(double[] a, double[] b) {
    double meanA = Arrays.stream(a).average().orElse(0);
    double meanB = Arrays.stream(b).average().orElse(0);
    double product = 0;
    double squaresA = 0;
    double squaresB = 0;
    for (int i = 0; i < a.length; i++) {
      product += (a[i] - meanA) * (b[i] - meanB);
      squaresA += (a[i] - meanA) * (a[i] - meanA);
      squaresB += (b[i] - meanB) * (b[i] - meanB);
    }
    return squaresA == 0 || squaresB == 0 ? Double.NaN : product / Math.sqrt(squaresA * squaresB);
  }
}
