package dev.ablate.solve.surrogate;

import dev.ablate.backend.Backend;
import dev.ablate.backend.Buffer;
import dev.ablate.backend.GaussianProcess.Prior;
import dev.ablate.backend.HostBuffer;
import dev.ablate.code.Philox;

/** Functions that a prior draws, by their values on all masks. */
final class PriorDraws {
  private static final int STREAM = 0x44726177;

  /** What is left of the variance of a size, below which its values follow from smaller sizes'. */
  private static final double SINGULAR = 1e-6;

  private final Prior prior;
  private final int features;
  private final Backend backend;

  /**
   * Draws from a prior.
   *
   * @param features few, as all masks are listed
   */
  PriorDraws(Prior prior, int features, Backend backend) {
    this.prior = prior;
    this.features = features;
    this.backend = backend;
  }

  /** A stream of random numbers that belongs to a draw. */
  static Philox.Stream random(int draw) {
    return Philox.row(0, STREAM, draw);
  }

  /** {@code (2^features)} values without noise: independent coefficients, bent by sizes. */
  double[] values(Philox.Stream random) {
    double[][] bySize = sizes();
    double[] values = new double[1 << features];
    for (int k = 0; k <= features; k++) {
      if (bySize[k][k] > 0) {
        double[] own = stationary(random);
        for (int m = 0; m < values.length; m++) {
          values[m] += bySize[Integer.bitCount(m)][k] * own[m];
        }
      }
    }
    double tilt = prior.shape().tilt() / features;
    for (int m = 0; m < values.length; m++) {
      values[m] *= Math.exp(tilt * (Integer.bitCount(m) - features / 2.0));
    }
    return values;
  }

  /** The Cholesky factor of what closeness does to two sizes, {@code (sizes, sizes)}. */
  private double[][] sizes() {
    double[][] factor = new double[features + 1][features + 1];
    for (int s = 0; s <= features; s++) {
      for (int t = 0; t <= s; t++) {
        double left = Math.exp(-prior.shape().closeness() * (s - t) * (s - t) / features);
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

  private double[] stationary(Philox.Stream random) {
    double[] coefficients = new double[1 << features];
    add(coefficients, prior.scale(), 1, random);
    if (prior.shape().rough() > 0) {
      add(coefficients, prior.scale() * prior.shape().rough(), prior.shape().stretch(), random);
    }
    try (Buffer data = backend.upload(HostBuffer.of(coefficients))) {
      backend.walsh().transform(data, 1, coefficients.length, 1);
      return data.toHost().doubles().clone();
    }
  }

  private void add(double[] to, double scale, double stretch, Philox.Stream random) {
    double[] spreads = {Math.sqrt(scale)};
    for (int i = 0; i < features; i++) {
      double odd = (1 - Math.exp(-2 * stretch * prior.decays()[i])) / 2;
      double[] more = new double[2 * spreads.length];
      for (int s = 0; s < spreads.length; s++) {
        more[s] = spreads[s] * Math.sqrt(1 - odd);
        more[s + spreads.length] = spreads[s] * Math.sqrt(odd);
      }
      spreads = more;
    }
    for (int s = 0; s < to.length; s++) {
      to[s] += spreads[s] * random.nextGaussian();
    }
  }
}
