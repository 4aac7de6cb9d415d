package dev.ablate.backend;

/** What every backend's {@link Decoding} decides alike. */
public final class PeelingRules {
  /** Most rounds of a problem. */
  public static final int MAX_ROUNDS = 100;

  /** Energies below this share of the largest are rounding errors of double precision. */
  public static final double ROUNDING = 1e-20;

  /**
   * Energies below this share of the largest are rounding errors where transforms are single
   * precision. A number of a bin is a sum of b rounded additions: at most about {@code sqrt(20)}
   * times {@code 2^-24} of the largest, {@code 7e-14} in squares.
   */
  public static final double SINGLE_ROUNDING = 1e-13;

  /**
   * A bin with less than this times the energy of the quiet ones is not decoded: a term in it would
   * be so weak that too many of its signs are wrong.
   */
  public static final double LOUD = 2;

  /** Share of the bins that is taken for noise alone. */
  private static final double QUIET = 0.05;

  private PeelingRules() {}

  /** Place of the loudest bin that is taken for noise, among so many in ascending order. */
  public static int quietRank(int bins) {
    return (int) (QUIET * bins);
  }

  /** {@code ln C(n, r)} for r up to the largest order. */
  public static double[] logSets(int n, int maxOrder) {
    double[] log = new double[maxOrder + 1];
    for (int r = 1; r <= Math.min(n, maxOrder); r++) {
      log[r] = log[r - 1] + Math.log((double) (n - r + 1) / r);
    }
    return log;
  }
}
