package dev.ablate.backend.host;

import dev.ablate.backend.GaussianProcess;
import dev.ablate.backend.GaussianProcess.Block;
import dev.ablate.backend.GaussianProcess.Evidence;
import dev.ablate.backend.GaussianProcess.Prior;

/** The evidence of one block of rows, on the calling thread. */
final class HostEvidence {
  private final long[] masks;
  private final int features;
  private final Block block;
  private final HostCovariance covariance;
  private final int[] sizes;
  // Of the lower triangle: exponents, covariances, and the part of them that is rough.
  private final double[][] exponents;
  private final double[][] kernel;
  private final double[][] rough;

  /**
   * The evidence of a block.
   *
   * @param masks {@code (rows, ceil(features/64))} packed
   */
  HostEvidence(long[] masks, int features, Block block) {
    this.masks = masks;
    this.features = features;
    this.block = block;
    this.covariance = new HostCovariance(features, block.prior());
    this.sizes = covariance.sizes(masks);
    this.exponents = new double[block.count()][];
    this.kernel = new double[block.count()][];
    this.rough = new double[block.count()][];
  }

  /**
   * The derivative of the log likelihood by a parameter t is {@code tr(P dA/dt)/2} with {@code P =
   * w w' - A^-1} and {@code w = A^-1 y}.
   *
   * @param y {@code (count)} the block's values
   */
  Evidence of(double[] y) {
    int count = block.count();
    double[][] factors = new double[count][];
    for (int i = 0; i < count; i++) {
      int row = block.from() + i;
      exponents[i] = new double[i + 1];
      kernel[i] = new double[i + 1];
      rough[i] = new double[i + 1];
      covariance.exponents(masks, row, masks, block.from(), i + 1, exponents[i]);
      covariance.parts(masks, sizes, row, block.from(), i + 1, exponents[i], kernel[i], rough[i]);
      factors[i] = kernel[i].clone();
      factors[i][i] += block.prior().noise();
    }
    if (!HostCholesky.factor(factors, null)) {
      return new Evidence(Double.NEGATIVE_INFINITY, new double[features + GaussianProcess.SHAPES]);
    }
    double[] weights = y.clone();
    HostCholesky.solve(factors, weights);
    double[] gradient = gradient(weights, HostInverse.of(factors));
    return new Evidence(HostGaussianProcess.logLikelihood(factors, y, weights), gradient);
  }

  private double[] gradient(double[] weights, double[][] inverse) {
    Prior prior = block.prior();
    double stretch = prior.shape().stretch();
    HostCovariance.PairSums sums = covariance.new PairSums();
    double[] gradient = new double[features + GaussianProcess.SHAPES];
    double trace = 0;
    for (int i = 0; i < weights.length; i++) {
      int size = sizes[block.from() + i];
      double[] byDecays = inverse[i];
      double byScale = 0;
      double byRough = 0;
      double byStretch = 0;
      double byTilt = 0;
      double byCloseness = 0;
      for (int j = 0; j <= i; j++) {
        int other = sizes[block.from() + j];
        double p = weights[i] * weights[j] - inverse[i][j];
        trace += i == j ? p : 0;
        // Each pair stands twice in the trace.
        double share = i == j ? p / 2 : p;
        double ofKernel = share * kernel[i][j];
        double ofRough = share * rough[i][j];
        double apart = size - other;
        byScale += ofKernel;
        byRough += ofRough;
        byStretch += ofRough * exponents[i][j];
        byTilt += ofKernel * (size + other - features);
        byCloseness += ofKernel * apart * apart;
        byDecays[j] = p * (kernel[i][j] + (stretch - 1) * rough[i][j]);
      }
      gradient[features] += byScale;
      gradient[features + 2] += byRough;
      gradient[features + 3] += stretch * byStretch;
      gradient[features + 4] += byTilt / features;
      gradient[features + 5] -= byCloseness / features;
      sums.add(masks, block.from() + i, block.from(), i, byDecays);
    }
    for (int f = 0; f < features; f++) {
      // The derivative of a pair's exponent is -2.
      gradient[f] = -2 * prior.decays()[f] * sums.differing(f);
    }
    gradient[features + 1] = prior.noise() * trace / 2;
    return gradient;
  }
}
