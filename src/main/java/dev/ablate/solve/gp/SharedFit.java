package dev.ablate.solve.gp;

import dev.ablate.backend.Buffer;
import dev.ablate.backend.GaussianProcess.Prior;
import dev.ablate.backend.HostBuffer;
import dev.ablate.backend.Sets;
import dev.ablate.solve.Problem;
import dev.ablate.solve.boost.Folds;
import dev.ablate.solve.surrogate.LargestVariances;
import java.util.Arrays;
import java.util.stream.IntStream;

/**
 * Outputs under priors that they share: each has one of them, at a scale of its own. The scale that
 * makes an output likeliest is {@code y' A^-1 y / rows}, and with it the logarithm of the density
 * is {@code -(rows log(2 pi e scale) + log det A) / 2}.
 */
final class SharedFit {
  /** Sets whose coefficients are computed for all outputs. */
  static final int SETS = 8_192;

  /** Outputs that are read off together: so many columns of coefficients are in memory. */
  private static final int TOGETHER = 256;

  private final Problem rows;
  private final Prior[] priors;
  private final Forms[] forms;
  private final Sets[] sets;

  /** {@code (priors, sets)} prior variances of the coefficients. */
  private final double[][] variances;

  /** {@code (outputs)} the prior of each. */
  private final int[] choices;

  private final double[] scales;
  private final double[] logLikelihoods;

  /** {@code (rows, outputs)} the weights of each under its prior. */
  private final double[] weights;

  private SharedFit(Problem rows, Prior[] priors) {
    this.rows = rows;
    this.priors = priors.clone();
    this.forms = new Forms[priors.length];
    this.sets = new Sets[priors.length];
    this.variances = new double[priors.length][];
    this.choices = new int[rows.outputs()];
    this.scales = new double[rows.outputs()];
    this.logLikelihoods = new double[rows.outputs()];
    this.weights = new double[Math.multiplyExact(rows.rows(), rows.outputs())];
    Arrays.fill(logLikelihoods, Double.NEGATIVE_INFINITY);
  }

  /** Hears what was read off an output; outputs come in ascending order. */
  @FunctionalInterface
  interface Reader {
    void read(int output, ReadOff found);
  }

  /**
   * Every output with the prior that makes it likeliest.
   *
   * @param rows rows of mean 0
   */
  static SharedFit best(Problem rows, Prior[] priors) {
    return best(rows, priors, true);
  }

  /** The same to learn which prior that is and at which scale; nothing is read off. */
  static SharedFit likeliest(Problem rows, Prior[] priors) {
    return best(rows, priors, false);
  }

  private static SharedFit best(Problem rows, Prior[] priors, boolean reads) {
    SharedFit fit = new SharedFit(rows, priors);
    int[] every = IntStream.range(0, rows.outputs()).toArray();
    for (int p = 0; p < priors.length; p++) {
      fit.meet(p, every, reads);
    }
    return fit;
  }

  /**
   * Every output with a prior that was chosen before.
   *
   * @param chosen {@code (outputs)} numbers of priors
   */
  static SharedFit of(Problem rows, Prior[] priors, int[] chosen) {
    SharedFit fit = new SharedFit(rows, priors);
    for (int p = 0; p < priors.length; p++) {
      int prior = p;
      int[] outputs = IntStream.range(0, chosen.length).filter(o -> chosen[o] == prior).toArray();
      if (outputs.length > 0) {
        fit.meet(p, outputs, true);
      }
    }
    return fit;
  }

  /** Some outputs take a prior if it is better than what they have. */
  private void meet(int p, int[] outputs, boolean reads) {
    int count = rows.rows();
    try (Problem some = rows.outputs(outputs);
        Given given = Given.of(some, 0, priors[p]);
        Buffer solved = given.posterior().weights(some.values().buffer(), outputs.length)) {
      priors[p] = given.prior();
      double[] of = solved.toHost().doubles();
      double[] values = some.values().buffer().toHost().doubles();
      double[] squares = new double[outputs.length];
      for (int at = 0; at < of.length; at++) {
        squares[at % outputs.length] += of[at] * values[at];
      }
      double logDeterminant =
          -2 * given.posterior().logLikelihood() - squares[0] - count * Math.log(2 * Math.PI);
      if (reads) {
        sets[p] = LargestVariances.of(priors[p], SETS);
        variances[p] = priors[p].variances(sets[p]);
        forms[p] = Forms.of(given.posterior(), sets[p], variances[p]);
      }
      for (int k = 0; k < outputs.length; k++) {
        double scale = Math.max(Double.MIN_NORMAL, squares[k] / count);
        double likelihood = -0.5 * (count * (Math.log(2 * Math.PI * scale) + 1) + logDeterminant);
        if (likelihood > logLikelihoods[outputs[k]]) {
          take(outputs[k], p, scale, likelihood);
          for (int r = 0; r < count; r++) {
            weights[r * rows.outputs() + outputs[k]] = of[r * outputs.length + k];
          }
        }
      }
    }
  }

  private void take(int output, int prior, double scale, double likelihood) {
    choices[output] = prior;
    scales[output] = scale;
    logLikelihoods[output] = likelihood;
  }

  /** {@code (outputs)} which prior each has. */
  int[] choices() {
    return choices;
  }

  /** By how much an output's variance is larger than that of its prior. */
  double scale(int output) {
    return scales[output];
  }

  /** Number of rows. */
  int rows() {
    return rows.rows();
  }

  /** An output's prior at its own scale. */
  Prior prior(int output) {
    Prior prior = priors[choices[output]];
    double scale = scales[output];
    return new Prior(prior.decays(), scale * prior.scale(), scale * prior.noise(), prior.shape());
  }

  /** Reads every output off. */
  void readOff(boolean withErrors, Reader reader) {
    int outputs = rows.outputs();
    Buffer[] columns = new Buffer[priors.length];
    try {
      for (int from = 0; from < outputs; from += TOGETHER) {
        int to = Math.min(outputs, from + TOGETHER);
        double[][] sums = new double[to - from][];
        for (int p = 0; p < priors.length; p++) {
          int prior = p;
          int[] own = IntStream.range(from, to).filter(o -> choices[o] == prior).toArray();
          if (own.length > 0) {
            columns[p] = columns[p] == null ? columns(sets[p]) : columns[p];
            sums(columns[p], sets[p].size(), own, from, sums);
          }
        }
        for (int o = from; o < to; o++) {
          reader.read(o, readOff(o, sums[o - from], withErrors));
        }
      }
    } finally {
      for (Buffer some : columns) {
        if (some != null) {
          some.close();
        }
      }
    }
  }

  private Buffer columns(Sets of) {
    return rows.backend().parity().columns(of, rows.masks().buffer(), rows.rows(), rows.features());
  }

  /** The sums of weights and parities of some outputs. */
  private void sums(Buffer columns, int count, int[] outputs, int from, double[][] to) {
    double[] own = new double[rows.rows() * outputs.length];
    for (int r = 0; r < rows.rows(); r++) {
      for (int k = 0; k < outputs.length; k++) {
        own[r * outputs.length + k] = weights[r * rows.outputs() + outputs[k]];
      }
    }
    try (Buffer products =
        rows.backend()
            .parity()
            .products(
                columns,
                count,
                rows.rows(),
                HostBuffer.of(Folds.all(rows.rows())),
                1,
                HostBuffer.of(own),
                outputs.length)) {
      double[] all = products.toHost().doubles();
      for (int k = 0; k < outputs.length; k++) {
        to[outputs[k] - from] = Arrays.copyOfRange(all, k * count, (k + 1) * count);
      }
    }
  }

  private ReadOff readOff(int output, double[] sums, boolean withErrors) {
    int p = choices[output];
    double[] means = new double[sums.length];
    Arrays.setAll(means, s -> variances[p][s] * sums[s]);
    return ReadOff.largest(
        sets[p],
        variances[p],
        means,
        ReadOff.MOST_TERMS,
        logLikelihoods[output],
        withErrors ? forms[p].scaled(scales[output]) : null,
        null);
  }
}
