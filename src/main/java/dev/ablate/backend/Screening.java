package dev.ablate.backend;

import java.util.List;

/**
 * Tests interactions outright: for every set {@code S} of some orders among some features, the
 * coefficient {@code c(S) = (1/rows) sum_r y(r) chi_S(m_r)} of the set regressed alone. For uniform
 * masks and centred values it estimates {@code F(S)} with standard error {@code sd(y)/sqrt(rows)}.
 * Every set is formed once; none but the hits is stored.
 */
public interface Screening {
  /**
   * What to test for one output.
   *
   * @param features the features that sets are formed of, ascending
   * @param minOrder smallest order, at least 1
   * @param maxOrder largest order
   * @param threshold least {@code |c(S)|} of a hit, in the unit of the values
   * @param most at most so many hits, those of largest magnitude
   */
  record Search(int[] features, int minOrder, int maxOrder, double threshold, int most) {}

  /**
   * What a search found.
   *
   * @param sets the hits in the order of {@link Sets#compare}
   * @param coefficients {@code c(S)} of each, in double precision
   * @param found number of hits before the limit
   */
  record Hits(Sets sets, double[] coefficients, long found) {}

  /**
   * Runs one search an output. The result does not depend on threads.
   *
   * @param masks U64 {@code (rows, ceil(features/64)) row-major}
   * @param rows number of masks, at least 1
   * @param features number of features
   * @param values F64 {@code (rows, outputs) row-major}, centred
   * @param outputs number of outputs
   * @param searches one an output
   */
  List<Hits> screen(
      Buffer masks, int rows, int features, Buffer values, int outputs, List<Search> searches);

  /** Number of sets of some orders among {@code features} features; infinite where it overflows. */
  static double candidates(int features, int minOrder, int maxOrder) {
    double sum = 0;
    double sets = 1;
    for (int k = 1; k <= Math.min(maxOrder, features); k++) {
      sets = sets * (features - k + 1) / k;
      sum += k >= minOrder ? sets : 0;
    }
    return sum;
  }
}
