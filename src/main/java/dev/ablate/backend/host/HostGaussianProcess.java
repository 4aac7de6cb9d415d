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

  /** Right sides that are solved together: a vector for every entry of the factor. */
  private static final int SIDES = 64;

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
          evidence[b] = new HostEvidence(words, features, block).of(y);
        });
    return List.of(evidence);
  }

  private static double[] column(double[] all, int outputs, int output, int from, int count) {
    double[] y = new double[count];
    Arrays.setAll(y, r -> all[(from + r) * outputs + output]);
    return y;
  }

  static double logLikelihood(double[][] factor, double[] y, double[] weights) {
    double form = 0;
    for (int r = 0; r < y.length; r++) {
      form += y[r] * weights[r];
    }
    return -0.5 * (form + HostCholesky.logDeterminant(factor) + y.length * Math.log(2 * Math.PI));
  }

  @Override
  public Posterior posterior(
      Buffer masks, int rows, int features, Buffer values, int outputs, int output, Prior prior) {
    long[] packed = masks.toHost().words();
    HostCovariance covariance = new HostCovariance(features, prior);
    int[] sizes = covariance.sizes(packed);
    double[][] factor = new double[rows][];
    workers.forBlocks(
        rows,
        ROWS,
        (from, to) -> {
          for (int i = from; i < to; i++) {
            factor[i] = new double[i + 1];
            covariance.row(packed, i, sizes[i], packed, sizes, 0, i + 1, factor[i]);
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

  @Override
  public Buffer predict(
      Buffer masks, int rows, int features, Buffer weights, Prior prior, Buffer at, int count) {
    long[] fitted = masks.toHost().words();
    long[] asked = at.toHost().words();
    double[] of = weights.toHost().doubles();
    HostCovariance covariance = new HostCovariance(features, prior);
    int[] sizes = covariance.sizes(fitted);
    int[] sizesAt = covariance.sizes(asked);
    double[] means = new double[count];
    workers.forBlocks(
        count,
        ROWS,
        (from, to) -> {
          double[] row = new double[rows];
          for (int m = from; m < to; m++) {
            covariance.row(asked, m, sizesAt[m], fitted, sizes, 0, rows, row);
            for (int r = 0; r < rows; r++) {
              means[m] += of[r] * row[r];
            }
          }
        });
    return HostBuffer.of(means);
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
    public Buffer weights(Buffer values, int outputs) {
      int rows = factor.length;
      double[] of = values.toHost().doubles();
      double[] all = new double[rows * outputs];
      workers.forBlocks(
          outputs,
          SIDES,
          (from, to) -> {
            double[][] solved = new double[rows][];
            for (int r = 0; r < rows; r++) {
              solved[r] = Arrays.copyOfRange(of, r * outputs + from, r * outputs + to);
            }
            HostCholesky.solveLower(factor, solved);
            HostCholesky.solveUpper(factor, solved);
            for (int r = 0; r < rows; r++) {
              System.arraycopy(solved[r], 0, all, r * outputs + from, to - from);
            }
          });
      return HostBuffer.of(all);
    }

    @Override
    public double[] forms(Sets sets) {
      int rows = factor.length;
      int words = (rows + 63) >>> 6;
      long[] columns = parity.columns(sets, masks, rows, features).toHost().words();
      double[] forms = new double[sets.size()];
      workers.forBlocks(
          forms.length,
          SIDES,
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
    public double[] leaveOneOut() {
      double[] diagonal = HostInverse.diagonal(factor, workers);
      double[] left = new double[weights.length];
      Arrays.setAll(left, r -> weights[r] / diagonal[r]);
      return left;
    }

    @Override
    public void close() {
      // The garbage collector frees it.
    }
  }
}
