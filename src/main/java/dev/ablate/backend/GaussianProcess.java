package dev.ablate.backend;

import java.util.List;

/**
 * Gaussian processes over masks whose prior is a spectrum, {@code F(S) ~ N(0, v(S))}, and which may
 * treat masks by their sizes. With {@code d(m, m')} the sum of the decays {@code b_i} of the
 * features in which two masks differ and n the number of features, the covariance of two values is
 *
 * <pre>{@code
 * k(m, m') = scale (exp(-2 d) + rough exp(-2 stretch d))
 *            exp((tilt (|m| + |m'| - n) - closeness (|m| - |m'|)^2) / n)
 * }</pre>
 *
 * <p>Each of the two exponentials sums all {@code 2^features} parities in closed form: the variance
 * of a coefficient is proportional to {@code prod_{i in S} o_i prod_{i not in S} e_i} with {@code
 * o_i = (1 - exp(-2 b_i))/2} and {@code e_i = 1 - o_i}. The tilt is the 2 x 2 table of a feature
 * that weighs "both kept" and "both ablated" differently, alike for all features; closeness lets
 * what features do change with how many are kept.
 */
public interface GaussianProcess {
  /** Derivatives of an evidence beside those by the decays. */
  int SHAPES = 6;

  /**
   * How the covariance differs from one product.
   *
   * @param rough variance of the second exponential as a multiple of the scale, 0 without
   * @param stretch its decays as multiples of the first one's, positive
   * @param tilt logarithm of the amplitude of a value where all are kept; minus that where none is
   * @param closeness how fast values of masks of different sizes part, at least 0
   */
  record Shape(double rough, double stretch, double tilt, double closeness) {
    /** One product alone. */
    public static final Shape PRODUCT = new Shape(0, 1, 0, 0);

    /** Whether coefficients are independent under the prior. */
    public boolean isStationary() {
      return tilt == 0 && closeness == 0;
    }
  }

  /**
   * A prior.
   *
   * @param decays {@code (features)} the {@code b_i}, positive: 0 would keep feature i out of every
   *     set, and sets with a feature of large {@code b_i} vary as much as those without it
   * @param scale variance of a value by the first exponential, squared unit of the values
   * @param noise variance of what is added to each value, squared unit of the values
   * @param shape what bends the product
   */
  record Prior(double[] decays, double scale, double noise, Shape shape) {
    /** One product. */
    public Prior(double[] decays, double scale, double noise) {
      this(decays, scale, noise, Shape.PRODUCT);
    }

    /** Prior variance of the coefficient of a set, without what sizes of masks do. */
    public double variance(int[] set) {
      return variances(Sets.of(List.of(set)))[0];
    }

    /** {@code (sets)} prior variances of the coefficients of sets, without what sizes do. */
    public double[] variances(Sets sets) {
      double[] variances = new double[sets.size()];
      add(variances, sets, scale, 1);
      if (shape.rough() > 0) {
        add(variances, sets, scale * shape.rough(), shape.stretch());
      }
      return variances;
    }

    private void add(double[] variances, Sets sets, double scale, double stretch) {
      double empty = Math.log(scale);
      double[] odds = new double[decays.length];
      for (int i = 0; i < odds.length; i++) {
        empty += Math.log(0.5 + 0.5 * Math.exp(-2 * stretch * decays[i]));
        odds[i] = Math.log(Math.tanh(stretch * decays[i]));
      }
      for (int s = 0; s < variances.length; s++) {
        double logarithm = empty;
        for (int k = 0; k < sets.order(s); k++) {
          logarithm += odds[sets.feature(s, k)];
        }
        variances[s] += Math.exp(logarithm);
      }
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
   * @param gradient {@code (features + SHAPES)} its derivatives by the logarithms of the decays, of
   *     the scale, of the noise, of rough and of stretch, then by tilt and closeness themselves
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

  /**
   * Means of a process at other masks, {@code sum_r weights(r) k(m, m_r)}.
   *
   * @param masks U64 {@code (rows, ceil(features/64)) row-major}, those that were fitted
   * @param rows number of masks
   * @param features number of features
   * @param weights F64 {@code (rows)}, those of a posterior
   * @param prior its prior
   * @param at U64 {@code (count, ceil(features/64)) row-major}
   * @param count how many
   * @return F64 {@code (count)}, without the noise
   */
  Buffer predict(
      Buffer masks, int rows, int features, Buffer weights, Prior prior, Buffer at, int count);

  /** A process given rows; closing it frees its memory. */
  interface Posterior extends AutoCloseable {
    /** Logarithm of the density of the values under the prior. */
    double logLikelihood();

    /**
     * F64 {@code (rows)}, {@code A^-1 y} with {@code A = K + noise I}: the mean of {@code F(S)} is
     * {@code variance(S) sum_r weight(r) chi_S(m_r)} where the prior is stationary. Freed with the
     * posterior.
     */
    Buffer weights();

    /**
     * What {@link #weights()} would be of other values of the same rows, whatever their unit: the
     * factor serves them all.
     *
     * @param values F64 {@code (rows, outputs) row-major}
     * @param outputs number of outputs
     * @return F64 {@code (rows, outputs) row-major}, the caller's to close
     */
    Buffer weights(Buffer values, int outputs);

    /**
     * {@code (sets)} the forms {@code chi_S' A^-1 chi_S}: the variance of {@code F(S)} is {@code
     * variance(S) - variance(S)^2 form(S)} where the prior is stationary. A set costs rows^2
     * operations.
     */
    double[] forms(Sets sets);

    /**
     * {@code (rows)} what each row's value differs from the mean that the other rows give it,
     * {@code weight(r) / (A^-1)_rr}, in the unit of the values. Costs rows^3 operations.
     */
    double[] leaveOneOut();

    @Override
    void close();
  }
}
