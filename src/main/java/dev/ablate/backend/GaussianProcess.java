package dev.ablate.backend;

import java.util.List;

/**
 * Gaussian processes over masks whose prior is a spectrum: independent coefficients {@code F(S) ~
 * N(0, scale prod_{i in S} o_i prod_{i not in S} e_i)} with {@code o_i = (1 - exp(-2 b_i))/2} and
 * {@code e_i = 1 - o_i}. The covariance of two values sums all {@code 2^features} terms in closed
 * form, {@code k(m, m') = scale exp(-2 sum of b_i over the features in which m and m' differ)}.
 */
public interface GaussianProcess {
  /**
   * A prior. The variances of all coefficients add up to the scale.
   *
   * @param decays {@code (features)} the {@code b_i}, positive: 0 would keep feature i out of every
   *     set, and sets with a feature of large {@code b_i} vary as much as those without it
   * @param scale variance of a value, squared unit of the values
   * @param noise variance of what is added to each value, squared unit of the values
   */
  record Prior(double[] decays, double scale, double noise) {
    /** Prior variance of the coefficient of a set. */
    public double variance(int[] set) {
      return variances(Sets.of(List.of(set)))[0];
    }

    /** {@code (sets)} prior variances of the coefficients of sets. */
    public double[] variances(Sets sets) {
      double empty = Math.log(scale);
      double[] odds = new double[decays.length];
      for (int i = 0; i < odds.length; i++) {
        empty += Math.log(0.5 + 0.5 * Math.exp(-2 * decays[i]));
        odds[i] = Math.log(Math.tanh(decays[i]));
      }
      double[] variances = new double[sets.size()];
      for (int s = 0; s < variances.length; s++) {
        double logarithm = empty;
        for (int k = 0; k < sets.order(s); k++) {
          logarithm += odds[sets.feature(s, k)];
        }
        variances[s] = Math.exp(logarithm);
      }
      return variances;
    }
  }

  /**
   * Rows whose evidence is asked for.
   *
   * @param from first row
   * @param count number of rows, at least 1
   * @param output which column of the values
   * @param prior the prior
   */
  record Block(int from, int count, int output, Prior prior) {}

  /**
   * How well a prior explains rows.
   *
   * @param logLikelihood logarithm of the density of the values; negative infinity where the
   *     covariance is no longer positive definite to rounding
   * @param gradient {@code (features + 2)} its derivatives by the logarithms of the decays, of the
   *     scale and of the noise
   */
  record Evidence(double logLikelihood, double[] gradient) {}

  /**
   * The evidence of priors. Blocks do not depend on each other.
   *
   * @param masks U64 {@code (rows, ceil(features/64)) row-major}
   * @param rows number of masks
   * @param features number of features
   * @param values F64 {@code (rows, outputs) row-major}; the process has mean 0
   * @param outputs number of outputs
   * @param blocks rows and priors
   * @return one a block
   */
  List<Evidence> evidence(
      Buffer masks, int rows, int features, Buffer values, int outputs, List<Block> blocks);

  /**
   * The process given all rows of one output.
   *
   * @param masks U64 {@code (rows, ceil(features/64)) row-major}
   * @param rows number of masks, at least 1
   * @param features number of features
   * @param values F64 {@code (rows, outputs) row-major}; the process has mean 0
   * @param outputs number of outputs
   * @param output which output
   * @param prior the prior
   * @throws ArithmeticException if the covariance is not positive definite to rounding: the noise
   *     is too small beside the scale
   */
  Posterior posterior(
      Buffer masks, int rows, int features, Buffer values, int outputs, int output, Prior prior);

  /** A process given rows; closing it frees its memory. */
  interface Posterior extends AutoCloseable {
    /** Logarithm of the density of the values under the prior. */
    double logLikelihood();

    /**
     * F64 {@code (rows)}, {@code A^-1 y} with {@code A = K + noise I}: the mean of {@code F(S)} is
     * {@code variance(S) sum_r weight(r) chi_S(m_r)}. Freed with the posterior.
     */
    Buffer weights();

    /**
     * {@code (sets)} the forms {@code chi_S' A^-1 chi_S}: the variance of {@code F(S)} is {@code
     * variance(S) - variance(S)^2 form(S)}. A set costs rows^2 operations.
     */
    double[] forms(Sets sets);

    @Override
    void close();
  }
}
