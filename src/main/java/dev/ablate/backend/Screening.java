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

  /**
   * Candidates times masks that a second may be counted on to test, from the tuning table of the
   * machine: a work limit in seconds becomes a number of candidates by it, never by a clock, so
   * that results do not depend on the load of a machine or its number of threads.
   */
  double candidateMasksPerSecond();

  /**
   * How values are rounded for the search: to {@code step (u - (2^planes - 1)/2)} with {@code u} a
   * whole number of {@code planes} bits, as few as keep the rounding small beside the spread.
   *
   * @param planes number of bits
   * @param step what one unit is worth
   * @param error how far a rounded coefficient may be from the exact one
   */
  record Rounding(int planes, double step, double error) {
    /** Rounding may add this share of the values' spread to a coefficient's standard error. */
    private static final double SHARE = 0.03;

    private static final int MOST_PLANES = 16;

    /** A coefficient is off by more than so many standard errors of rounding once in 10^12. */
    private static final double CERTAIN = 7;

    /**
     * The rounding of some values.
     *
     * @param largest their largest magnitude
     * @param squares the sum of their squares
     * @param rows how many they are
     */
    public static Rounding of(double largest, double squares, int rows) {
      if (largest > 0 && squares == rows * largest * largest) {
        // Signs: one bit says all.
        return new Rounding(1, 2 * largest, 1e-12 * largest);
      }
      double allowed = SHARE * Math.sqrt(12) * Math.sqrt(squares / rows);
      int planes = 1;
      while (planes < MOST_PLANES && 2 * largest / ((1 << planes) - 1) > allowed) {
        planes++;
      }
      double step = largest > 0 ? 2 * largest / ((1 << planes) - 1) : 1;
      return new Rounding(planes, step, CERTAIN * step / Math.sqrt(12.0 * rows));
    }
  }

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
