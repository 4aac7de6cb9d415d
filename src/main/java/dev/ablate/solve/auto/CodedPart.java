package dev.ablate.solve.auto;

import dev.ablate.backend.Backend;
import dev.ablate.backend.Buffer;
import dev.ablate.backend.HostBuffer;
import dev.ablate.code.BchCode;
import dev.ablate.mask.CodedDesign;
import dev.ablate.mask.Design;
import dev.ablate.solve.Centred;
import dev.ablate.solve.OrderEnergies;
import dev.ablate.solve.Problem;
import dev.ablate.solve.Samples;
import dev.ablate.solve.screen.ScreenEstimator;
import dev.ablate.spectrum.Spectrum;
import java.util.List;

/**
 * Whether masks of a coded design are worth more than as many random ones, decided by what random
 * masks and a few of the coded ones show.
 *
 * <p>Random masks say how much screening leaves, and whether some of it is of low orders, of which
 * more random masks show more. What is left beside that is noise, or many small terms, or few terms
 * of high orders, and random masks cannot tell these apart. Masks of one affine subspace can: with
 * {@code U_p(j)} the transform of what is left on the shift {@code p} of a subspace of {@code B}
 * masks, bins keep their energies from shift to shift where few terms lie in them. {@code E sum_j
 * U_p(j)^2 U_q(j)^2 = sum_S F(S)^4 (1 - 1/B) + (sum_S F(S)^2)^2 / B}, whose first part is the
 * fourth power of the Gowers norm U^2; so {@code (sum F^2)^2 / sum F^4}, as many as terms would be
 * if they were alike, is measured. Noise counts as very many terms.
 *
 * @param screen the search whose rest is looked at
 * @param design the coded masks
 */
public record CodedPart(ScreenEstimator screen, Design.Coded design) {
  /** Terms of more features than this are not decoded. */
  private static final int ERRORS = 8;

  /** With so many dimensions to spare two masks are equal by chance once in 2^20 runs. */
  private static final int DIMENSIONS_WITHOUT_REPEATS = 20;

  /** Most of a budget that the coded masks may take. */
  private static final double MOST_SHARE = 0.6;

  /** What screening leaves, as a share of the variance, that is worth them. */
  private static final double MUCH = 0.05;

  /** Terms that SPEX decodes, by the number of bins of all groups. */
  private static final double TERMS_A_BIN = 2;

  /** Standard deviations of pure noise that the inverse number of terms must exceed. */
  private static final double CLEAR = 3;

  /**
   * The largest coded design that a budget affords beside the random masks; null where even the
   * smallest is too much of it.
   */
  public static Design.Coded affordable(int features, long budget, long seed) {
    double most = MOST_SHARE * budget;
    // Coded masks and random ones must not meet by chance: held-out masks stay unseen.
    double repeats = 2 * Math.log(budget) / Math.log(2) - features;
    if (repeats > -DIMENSIONS_WITHOUT_REPEATS
        || CodedDesign.GROUPS * (BchCode.parityBits(features, ERRORS) + 1.0) > most) {
      return null;
    }
    Design.Coded largest = null;
    for (int b = CodedDesign.MIN_DIMENSION; b <= CodedDesign.MAX_DIMENSION; b++) {
      Design.Coded design = CodedDesign.of(features, CodedDesign.GROUPS, b, ERRORS, seed);
      largest = design.masks() <= most ? design : largest;
    }
    return largest;
  }

  /**
   * What screening finds in random masks where it leaves much, and nothing of it is of low orders;
   * else null.
   *
   * @param random masks and values of one output, in the memory of the backend
   */
  public Spectrum found(Samples random, Backend backend, long seed) {
    try (Problem problem = Problem.of(random, backend, seed)) {
      if (problem.summary(0).constant()) {
        return null;
      }
      Spectrum found = screen.estimate(problem, null).spectrum(0);
      try (Centred values = problem.centred();
          Problem rest = problem.less(List.of(found));
          Centred left = rest.centred()) {
        // Terms are fitted to the rows that they are measured on.
        double freedom = (double) problem.rows() / (problem.rows() - found.size());
        double share = left.problem().summary(0).squares() / values.problem().summary(0).squares();
        boolean much = share * freedom > MUCH;
        return much && !OrderEnergies.of(left.problem()).clear() ? found : null;
      }
    }
  }

  /**
   * How many of the coded masks, the first ones, say whether what is left is sparse: shifts of the
   * first subspace, so many that as many terms as can be decoded stand out from noise.
   */
  public int probe() {
    int points = 1 << design.dimension();
    double terms = TERMS_A_BIN * CodedDesign.GROUPS * points;
    int shifts = 2;
    while (shifts < design.delays() && CLEAR * noise(shifts, points) * terms > 1) {
      shifts++;
    }
    return shifts * points;
  }

  /** The standard deviation of the inverse number of terms where there is nothing but noise. */
  private static double noise(int shifts, int points) {
    return 2 / (points * Math.sqrt(points) * Math.sqrt(shifts * (shifts - 1) / 2.0));
  }

  /**
   * Whether what is left is sparse enough to be decoded.
   *
   * @param left {@code (probe)} what a spectrum leaves of the first coded masks
   */
  public boolean decodable(double[] left, Backend backend) {
    int points = 1 << design.dimension();
    double inverse = inverseTerms(left, points, backend);
    double terms = TERMS_A_BIN * CodedDesign.GROUPS * points;
    return inverse >= Math.max(1 / terms, CLEAR * noise(left.length / points, points));
  }

  /**
   * An estimate of {@code sum F^4 / (sum F^2)^2}.
   *
   * @param left {@code (shifts, points) row-major} values on shifts of a subspace
   */
  static double inverseTerms(double[] left, int points, Backend backend) {
    int shifts = left.length / points;
    double[] bins;
    try (Buffer data = backend.walsh().byOutput(HostBuffer.of(left), left.length, 1)) {
      backend.walsh().transform(data, shifts, points, 1.0 / points);
      bins = data.toHost().doubles();
    }
    double total = 0;
    double products = 0;
    for (int j = 0; j < points; j++) {
      double sum = 0;
      double squares = 0;
      for (int p = 0; p < shifts; p++) {
        double energy = bins[p * points + j] * bins[p * points + j];
        sum += energy;
        squares += energy * energy;
      }
      total += sum / shifts;
      products += (sum * sum - squares) / shifts / (shifts - 1);
    }
    double even = 1.0 / points;
    return total > 0 ? (products / total / total - even) / (1 - even) : 0;
  }
}
