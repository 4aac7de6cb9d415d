package dev.ablate.solve.surrogate;

import dev.ablate.backend.Backend;
import dev.ablate.backend.Buffer;
import dev.ablate.backend.GaussianProcess.Prior;
import dev.ablate.backend.HostBuffer;
import dev.ablate.code.Philox;
import java.util.Arrays;

/**
 * Functions that a prior draws, and those that rows make of it, by their values on all masks: a few
 * transforms each.
 */
final class PriorDraws {
  private static final int STREAM = 0x44726177;

  /** What is left of the variance of a size, below which its values follow from smaller sizes'. */
  private static final double SINGULAR = 1e-12;

  private final Backend backend;
  // Of every coefficient, as if sizes did nothing.
  private final double[] variances;
  // The Cholesky factor of what closeness does to two sizes, and the amplitude of each.
  private final double[][] factor;
  private final double[] amplitudes;

  /**
   * Draws from a prior.
   *
   * @param features few, as all masks are listed
   */
  PriorDraws(Prior prior, int features, Backend backend) {
    this.backend = backend;
    this.variances = product(prior.decays(), prior.scale(), 1);
    if (prior.shape().rough() > 0) {
      double scale = prior.scale() * prior.shape().rough();
      double[] rough = product(prior.decays(), scale, prior.shape().stretch());
      Arrays.setAll(variances, s -> variances[s] + rough[s]);
    }
    this.factor = factor(prior.shape().closeness() / features, features + 1);
    this.amplitudes = new double[features + 1];
    double tilt = prior.shape().tilt() / features;
    Arrays.setAll(amplitudes, size -> Math.exp(tilt * (size - features / 2.0)));
  }

  private static double[] product(double[] decays, double scale, double stretch) {
    double[] variances = {scale};
    for (double decay : decays) {
      double odd = (1 - Math.exp(-2 * stretch * decay)) / 2;
      double[] more = new double[2 * variances.length];
      for (int s = 0; s < variances.length; s++) {
        more[s] = variances[s] * (1 - odd);
        more[s + variances.length] = variances[s] * odd;
      }
      variances = more;
    }
    return variances;
  }

  private static double[][] factor(double closeness, int sizes) {
    double[][] factor = new double[sizes][sizes];
    for (int s = 0; s < sizes; s++) {
      for (int t = 0; t <= s; t++) {
        double left = Math.exp(-closeness * (s - t) * (s - t));
        for (int k = 0; k < t; k++) {
          left -= factor[s][k] * factor[t][k];
        }
        if (s == t) {
          factor[s][s] = left > SINGULAR ? Math.sqrt(left) : 0;
        } else {
          factor[s][t] = factor[t][t] > 0 ? left / factor[t][t] : 0;
        }
      }
    }
    return factor;
  }

  /** A stream of random numbers that belongs to a draw. */
  static Philox.Stream random(int draw) {
    return Philox.row(0, STREAM, draw);
  }

  /** {@code (2^features)} values of a function that is drawn, without noise. */
  double[] values(Philox.Stream random) {
    double[] values = new double[variances.length];
    for (int k = 0; k < factor.length; k++) {
      if (factor[k][k] > 0) {
        double[] own = new double[values.length];
        Arrays.setAll(own, s -> Math.sqrt(variances[s]) * random.nextGaussian());
        add(transformed(own), k, values);
      }
    }
    return values;
  }

  /**
   * {@code (2^features)} the covariances of every mask with some rows, times weights.
   *
   * @param rows masks as numbers
   * @param weights one each
   */
  double[] means(long[] rows, double[] weights) {
    double[] means = new double[variances.length];
    for (int k = 0; k < factor.length; k++) {
      if (factor[k][k] > 0) {
        double[] own = new double[means.length];
        for (int r = 0; r < rows.length; r++) {
          own[(int) rows[r]] += weights[r] * bySize((int) rows[r], k);
        }
        double[] coefficients = transformed(own);
        Arrays.setAll(coefficients, s -> coefficients[s] * variances[s]);
        add(transformed(coefficients), k, means);
      }
    }
    return means;
  }

  private void add(double[] values, int column, double[] to) {
    for (int m = 0; m < to.length; m++) {
      to[m] += bySize(m, column) * values[m];
    }
  }

  private double bySize(int mask, int column) {
    int size = Integer.bitCount(mask);
    return amplitudes[size] * factor[size][column];
  }

  private double[] transformed(double[] values) {
    try (Buffer data = backend.upload(HostBuffer.of(values))) {
      backend.walsh().transform(data, 1, values.length, 1);
      return data.toHost().doubles().clone();
    }
  }
}
