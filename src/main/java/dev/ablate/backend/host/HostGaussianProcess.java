package dev.ablate.backend.host;

import dev.ablate.backend.Buffer;
import dev.ablate.backend.GaussianProcess;
import dev.ablate.backend.HostBuffer;
import dev.ablate.backend.Parity;
import dev.ablate.backend.Sets;
import java.util.Arrays;
import java.util.List;

/** Gaussian processes on the host's cores: a block a thread, a posterior on all of them. */
final class HostGaussianProcess implements GaussianProcess {
  private static final int ROWS = 16;

  /** Sets whose forms are computed together: a vector for every entry of the factor. */
  private static final int FORMS = 64;

  private final Workers workers;
  private final Parity parity;

  HostGaussianProcess(Workers workers, Parity parity) {
    this.workers = workers;
    this.parity = parity;
  }

  @Override
  public List<Evidence> evidence(
      Buffer masks, int rows, int features, Buffer values, int outputs, List<Block> blocks) {
    long[] words = masks.toHost().words();
    double[] all = values.toHost().doubles();
    Evidence[] evidence = new Evidence[blocks.size()];
    workers.forEach(
        evidence.length,
        b -> {
          Block block = blocks.get(b);
          double[] y = column(all, outputs, block.output(), block.from(), block.count());
          evidence[b] = evidence(words, features, y, block);
        });
    return List.of(evidence);
  }

  private static double[] column(double[] all, int outputs, int output, int from, int count) {
    double[] y = new double[count];
    Arrays.setAll(y, r -> all[(from + r) * outputs + output]);
    return y;
  }

  /**
   * The derivative of the log likelihood by a parameter t is {@code tr(P dA/dt)/2} with {@code P =
   * w w' - A^-1} and {@code w = A^-1 y}.
   */
  private static Evidence evidence(long[] masks, int features, double[] y, Block block) {
    Prior prior = block.prior();
    int count = block.count();
    double[] gradient = new double[features + 2];
    HostCovariance covariance = new HostCovariance(masks, features, prior);
    double[][] kernel = new double[count][];
    double[][] factor = new double[count][];
    for (int i = 0; i < count; i++) {
      kernel[i] = new double[i + 1];
      covariance.row(block.from() + i, block.from(), i + 1, kernel[i]);
      factor[i] = kernel[i].clone();
      factor[i][i] += prior.noise();
    }
    if (!HostCholesky.factor(factor, null)) {
      return new Evidence(Double.NEGATIVE_INFINITY, gradient);
    }
    double[] weights = y.clone();
    HostCholesky.solve(factor, weights);
    double[][] inverse = HostCholesky.inverse(factor);
    HostCovariance.PairSums sums = covariance.new PairSums();
    double byScale = 0;
    double byNoise = 0;
    for (int i = 0; i < count; i++) {
      double[] row = inverse[i];
      for (int j = 0; j <= i; j++) {
        row[j] = (weights[i] * weights[j] - row[j]) * kernel[i][j];
        byScale += j < i ? 2 * row[j] : row[j];
      }
      byNoise += row[i] / kernel[i][i];
      sums.add(block.from() + i, block.from(), i, row);
    }
    for (int f = 0; f < features; f++) {
      // Each pair stands twice in the trace; the derivative of its exponent is -2.
      gradient[f] = -2 * prior.decays()[f] * sums.differing(f);
    }
    gradient[features] = byScale / 2;
    gradient[features + 1] = prior.noise() * byNoise / 2;
    return new Evidence(logLikelihood(factor, y, weights), gradient);
  }

  private static double logLikelihood(double[][] factor, double[] y, double[] weights) {
    double form = 0;
    for (int r = 0; r < y.length; r++) {
      form += y[r] * weights[r];
    }
    return -0.5 * (form + HostCholesky.logDeterminant(factor) + y.length * Math.log(2 * Math.PI));
  }

  @Override
  public Posterior posterior(
      Buffer masks, int rows, int features, Buffer values, int outputs, int output, Prior prior) {
    HostCovariance covariance = new HostCovariance(masks.toHost().words(), features, prior);
    double[][] factor = new double[rows][];
    workers.forBlocks(
        rows,
        ROWS,
        (from, to) -> {
          for (int i = from; i < to; i++) {
            factor[i] = new double[i + 1];
            covariance.row(i, 0, i + 1, factor[i]);
            factor[i][i] += prior.noise();
          }
        });
    if (!HostCholesky.factor(factor, workers)) {
      throw new ArithmeticException(
          "the covariance of "
              + rows
              + " masks is not positive definite: noise "
              + prior.noise()
              + " is too small beside scale "
              + prior.scale());
    }
    double[] y = column(values.toHost().doubles(), outputs, output, 0, rows);
    double[] weights = y.clone();
    HostCholesky.solve(factor, weights);
    double likelihood = logLikelihood(factor, y, weights);
    return new HostPosterior(factor, weights, likelihood, masks, features);
  }

  private final class HostPosterior implements Posterior {
    private final double[][] factor;
    private final double[] weights;
    private final double logLikelihood;
    private final Buffer masks;
    private final int features;

    HostPosterior(
        double[][] factor, double[] weights, double logLikelihood, Buffer masks, int features) {
      this.factor = factor;
      this.weights = weights;
      this.logLikelihood = logLikelihood;
      this.masks = masks;
      this.features = features;
    }

    @Override
    public double logLikelihood() {
      return logLikelihood;
    }

    @Override
    public Buffer weights() {
      return HostBuffer.of(weights);
    }

    @Override
    public double[] forms(Sets sets) {
      int rows = factor.length;
      int words = (rows + 63) >>> 6;
      long[] columns = parity.columns(sets, masks, rows, features).toHost().words();
      double[] forms = new double[sets.size()];
      workers.forBlocks(
          forms.length,
          FORMS,
          (from, to) -> {
            double[][] solved = new double[rows][to - from];
            for (int r = 0; r < rows; r++) {
              for (int s = from; s < to; s++) {
                boolean odd = (columns[s * words + (r >>> 6)] >>> r & 1) != 0;
                solved[r][s - from] = odd ? -1 : 1;
              }
            }
            HostCholesky.solveLower(factor, solved);
            for (double[] row : solved) {
              for (int s = from; s < to; s++) {
                forms[s] += row[s - from] * row[s - from];
              }
            }
          });
      return forms;
    }

    @Override
    public void close() {
      // The garbage collector frees it.
    }
  }
}
