package dev.ablate.solve.gp;

import dev.ablate.backend.Sets;
import dev.ablate.mask.Repeats;

/**
 * What random rows tell of coefficients that are fitted together: the posterior variance of one
 * with prior variance v is {@code v / (1 + v g)}, with a g alike for all sets. Rows tell {@code
 * rows / noise} of a set alone; what all sets take from them together, {@code sum v g / (1 + v g)},
 * is lost for each, so that {@code g = (rows - taken) / noise}. Where masks come with their
 * complements sets of even order take from what the two values of a pair share, those of odd order
 * from how they differ; a repeat is no further mask.
 *
 * <p>Source: Tulino and Verdu, Random Matrix Theory and Wireless Communications, 2004, section 2.4:
 * exact in the limit of many rows and sets.
 *
 * @param even g of sets of even order
 * @param odd g of sets of odd order
 * @param taken coefficients' worth of rows that are taken by all
 * @param logDeterminant of the covariance of the values
 */
record Precision(double even, double odd, double taken, double logDeterminant) {
  private static final int HALVINGS = 100;

  /**
   * That of a basis.
   *
   * @param repeats which rows have equal masks
   * @param variances of the sets under the prior
   * @param noise variance of what is added to each value
   */
  static Precision of(Repeats repeats, Sets sets, double[] variances, double noise) {
    double rows = repeats.rows();
    if (!repeats.paired()) {
      One all = one(sets, -1, variances, repeats.distinct(), rows, noise);
      return new Precision(all.g, all.g, all.taken, all.logarithms + rows * Math.log(noise));
    }
    One even = one(sets, 0, variances, repeats.units(), rows, noise);
    One odd = one(sets, 1, variances, repeats.units(), rows, noise);
    double logarithms = even.logarithms + odd.logarithms + rows * Math.log(noise);
    return new Precision(even.g, odd.g, even.taken + odd.taken, logarithms);
  }

  /** Of the sets of one kind. */
  private record One(double g, double taken, double logarithms) {}

  private static One one(
      Sets sets, int parity, double[] variances, double units, double rows, double noise) {
    double low = 0;
    double high = rows / noise;
    for (int k = 0; k < HALVINGS; k++) {
      double g = (low + high) / 2;
      boolean more = rows / noise * (1 - taken(sets, parity, variances, g) / units) > g;
      low = more ? g : low;
      high = more ? high : g;
    }
    double g = (low + high) / 2;
    double free = g * noise / rows;
    double logarithms = units * (free - 1 - Math.log(free));
    for (int s = 0; s < variances.length; s++) {
      logarithms += counts(sets, s, parity) ? Math.log1p(variances[s] * g) : 0;
    }
    return new One(g, taken(sets, parity, variances, g), logarithms);
  }

  private static double taken(Sets sets, int parity, double[] variances, double g) {
    double taken = 0;
    for (int s = 0; s < variances.length; s++) {
      taken += counts(sets, s, parity) ? variances[s] * g / (1 + variances[s] * g) : 0;
    }
    return taken;
  }

  private static boolean counts(Sets sets, int set, int parity) {
    return parity < 0 || sets.order(set) % 2 == parity;
  }

  /** The posterior variance of a set's coefficient. */
  double variance(Sets sets, int set, double variance) {
    return variance / (1 + variance * (sets.order(set) % 2 == 0 ? even : odd));
  }

  /** The mean g of all sets but the empty one. */
  double mean(Sets sets) {
    double sum = 0;
    for (int s = 1; s < sets.size(); s++) {
      sum += sets.order(s) % 2 == 0 ? even : odd;
    }
    return sets.size() > 1 ? sum / (sets.size() - 1) : even;
  }
}
