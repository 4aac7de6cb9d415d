package dev.ablate.backend.check;

import dev.ablate.backend.Backend;
import dev.ablate.backend.Buffer;
import dev.ablate.backend.GaussianProcess;
import dev.ablate.backend.GaussianProcess.Block;
import dev.ablate.backend.GaussianProcess.Evidence;
import dev.ablate.backend.GaussianProcess.Posterior;
import dev.ablate.backend.GaussianProcess.Prior;
import dev.ablate.backend.GaussianProcess.Shape;
import dev.ablate.backend.HostBuffer;
import java.util.Arrays;
import java.util.List;

/**
 * Priors that are more than one product. A tilt scales the values of a product, so that on all
 * masks of eight features, without noise, everything is a sum over the spectrum; with all shapes at
 * once two masks have a matrix that is inverted by hand.
 */
final class ShapedProcessChecks {
  private static final int FEATURES = GaussianProcessChecks.FEATURES;
  private static final int ROWS = GaussianProcessChecks.ROWS;
  private static final double[] DECAYS = {0.6, 0.9, 1.3, 0.7, 1.1, 0.8, 1.2, 1.0};
  private static final double TILT = 1.4;
  private static final double SCALE = 1.7;
  private static final HostBuffer MASKS = GaussianProcessChecks.MASKS;
  private static final double[] VALUES = Inputs.normal(ROWS, 82);

  /** 70 features: two words a mask. */
  private static final int LONG = 70;

  private static final long[] PAIR = {0x0123456789abcdefL, 0x2a, 0xff00ff00ff00ff00L, 0x07};
  private static final double[] PAIR_VALUES = {0.8, -0.3};

  private ShapedProcessChecks() {}

  static List<Check> all() {
    // Sums of 256 numbers through factors of condition below 1e3, and of two.
    return List.of(
        new Check("gaussianprocess.tilt", "scaled values", 1e-9, b -> tilt(b)),
        new Check("gaussianprocess.shape", "definition", 1e-10, b -> pair(b)),
        new Check("gaussianprocess.leaveoneout", "definition", 1e-10, b -> leaveOneOut(b)),
        new Check("gaussianprocess.predict", "definition", 1e-10, b -> predict(b)));
  }

  /** What the tilt multiplies a value with. */
  private static double amplitude(int row) {
    return Math.exp(TILT * (Integer.bitCount(row) - FEATURES / 2.0) / FEATURES);
  }

  /** The likelihood and its slopes by the decays, the scale and the tilt. */
  private static double tilt(Backend backend) {
    double[] scaled = new double[ROWS];
    Arrays.setAll(scaled, r -> VALUES[r] / amplitude(r));
    Prior product = new Prior(DECAYS, SCALE, 0);
    double[] spectrum = GaussianProcessChecks.transform(scaled);
    double[] weights = new double[ROWS];
    double[] expected = new double[FEATURES + 3];
    for (int s = 0; s < ROWS; s++) {
      double eigenvalue = ROWS * product.variance(GaussianProcessChecks.SETS.get(s));
      weights[s] = spectrum[s] / eigenvalue / ROWS;
      double share = spectrum[s] * weights[s];
      expected[0] -= (share + Math.log(2 * Math.PI * eigenvalue)) / 2;
      for (int i = 0; i < FEATURES; i++) {
        double slope = GaussianProcessChecks.slope(DECAYS[i], (s >>> i & 1) != 0);
        expected[1 + i] += (share - 1) / 2 * slope;
      }
      expected[1 + FEATURES] += (share - 1) / 2;
    }
    double[] solved = GaussianProcessChecks.transform(weights);
    for (int r = 0; r < ROWS; r++) {
      double by = (Integer.bitCount(r) - FEATURES / 2.0) / FEATURES;
      // The amplitudes multiply to 1: only the scaled values move.
      expected[2 + FEATURES] += solved[r] * scaled[r] * by;
    }
    Prior tilted = new Prior(DECAYS, SCALE, 0, new Shape(0, 1, TILT, 0));
    Evidence found =
        backend
            .gaussianProcess()
            .evidence(
                MASKS,
                ROWS,
                FEATURES,
                HostBuffer.of(VALUES),
                1,
                List.of(new Block(0, ROWS, 0, tilted)))
            .get(0);
    double[] gradient = found.gradient();
    if (gradient.length != FEATURES + GaussianProcess.SHAPES) {
      return Check.WRONG;
    }
    double[] actual = new double[expected.length];
    actual[0] = found.logLikelihood();
    System.arraycopy(gradient, 0, actual, 1, FEATURES + 1);
    actual[2 + FEATURES] = gradient[FEATURES + 4];
    return relative(expected, actual);
  }

  private static double relative(double[] expected, double[] actual) {
    double largest = Arrays.stream(expected).map(Math::abs).max().orElseThrow();
    return Inputs.distance(expected, actual) / largest;
  }

  private static Prior prior() {
    double[] decays = new double[LONG];
    Arrays.setAll(decays, i -> 0.004 + 0.0005 * i);
    return new Prior(decays, 1.3, 0.2, new Shape(0.5, 2.5, 0.9, 1.7));
  }

  /** Two masks of the pair under the prior; the parts of a covariance. */
  private record Two(double exponent, double sum, double apart) {
    static Two of(int left, int right) {
      double exponent = 0;
      int[] sizes = new int[2];
      for (int i = 0; i < LONG; i++) {
        boolean a = Inputs.kept(PAIR, 2, left, i);
        boolean b = Inputs.kept(PAIR, 2, right, i);
        exponent -= a == b ? 0 : 2 * prior().decays()[i];
        sizes[0] += a ? 1 : 0;
        sizes[1] += b ? 1 : 0;
      }
      double sum = (sizes[0] + sizes[1] - LONG) / (double) LONG;
      return new Two(exponent, sum, Math.pow(sizes[0] - sizes[1], 2) / LONG);
    }

    private double bent() {
      Shape shape = prior().shape();
      return prior().scale() * Math.exp(shape.tilt() * sum - shape.closeness() * apart);
    }

    double rough() {
      Shape shape = prior().shape();
      return bent() * shape.rough() * Math.exp(shape.stretch() * exponent);
    }

    double covariance() {
      return bent() * Math.exp(exponent) + rough();
    }

    /** Derivatives by the scale, the noise, rough, stretch, tilt and closeness. */
    double[] slopes(boolean equal) {
      double k = covariance();
      double stretch = prior().shape().stretch();
      double noise = equal ? prior().noise() : 0;
      return new double[] {k, noise, rough(), rough() * stretch * exponent, k * sum, -k * apart};
    }
  }

  private static double pair(Backend backend) {
    Two[][] pairs = {{Two.of(0, 0), Two.of(0, 1)}, {Two.of(1, 0), Two.of(1, 1)}};
    double[][] inverse = inverse(pairs);
    double[] w = weights(inverse);
    double form = PAIR_VALUES[0] * w[0] + PAIR_VALUES[1] * w[1];
    double determinant = 1 / (inverse[0][0] * inverse[1][1] - inverse[0][1] * inverse[0][1]);
    double[] expected = new double[1 + GaussianProcess.SHAPES];
    expected[0] = -(form + Math.log(determinant) + 2 * Math.log(2 * Math.PI)) / 2;
    for (int r = 0; r < 2; r++) {
      for (int q = 0; q < 2; q++) {
        double[] slopes = pairs[r][q].slopes(r == q);
        for (int k = 0; k < slopes.length; k++) {
          expected[1 + k] += (w[r] * w[q] - inverse[r][q]) * slopes[k] / 2;
        }
      }
    }
    Evidence found =
        backend
            .gaussianProcess()
            .evidence(
                HostBuffer.of(PAIR),
                2,
                LONG,
                HostBuffer.of(PAIR_VALUES),
                1,
                List.of(new Block(0, 2, 0, prior())))
            .get(0);
    double[] actual = new double[expected.length];
    actual[0] = found.logLikelihood();
    System.arraycopy(found.gradient(), LONG, actual, 1, GaussianProcess.SHAPES);
    return relative(expected, actual);
  }

  private static double[][] inverse(Two[][] pairs) {
    double a = pairs[0][0].covariance() + prior().noise();
    double b = pairs[1][1].covariance() + prior().noise();
    double k = pairs[0][1].covariance();
    double determinant = a * b - k * k;
    return new double[][] {
      {b / determinant, -k / determinant}, {-k / determinant, a / determinant}
    };
  }

  private static double[] weights(double[][] inverse) {
    double[] weights = new double[2];
    Arrays.setAll(weights, r -> inverse[r][0] * PAIR_VALUES[0] + inverse[r][1] * PAIR_VALUES[1]);
    return weights;
  }

  private static Posterior posterior(Backend backend) {
    HostBuffer values = HostBuffer.of(PAIR_VALUES);
    return backend.gaussianProcess().posterior(HostBuffer.of(PAIR), 2, LONG, values, 1, 0, prior());
  }

  /** Each of two values given the other. */
  private static double leaveOneOut(Backend backend) {
    double k = Two.of(0, 1).covariance();
    double[] expected = new double[2];
    for (int r = 0; r < 2; r++) {
      double other = Two.of(1 - r, 1 - r).covariance() + prior().noise();
      expected[r] = PAIR_VALUES[r] - k / other * PAIR_VALUES[1 - r];
    }
    try (Posterior posterior = posterior(backend)) {
      return relative(expected, posterior.leaveOneOut());
    }
  }

  /** What is fitted falls short of a value by the noise times its weight. */
  private static double predict(Backend backend) {
    Two[][] pairs = {{Two.of(0, 0), Two.of(0, 1)}, {Two.of(1, 0), Two.of(1, 1)}};
    double[] weights = weights(inverse(pairs));
    double[] expected = new double[2];
    Arrays.setAll(expected, r -> PAIR_VALUES[r] - prior().noise() * weights[r]);
    HostBuffer masks = HostBuffer.of(PAIR);
    try (Posterior posterior = posterior(backend)) {
      Buffer means =
          backend.gaussianProcess().predict(masks, 2, LONG, posterior.weights(), prior(), masks, 2);
      return relative(expected, Inputs.doubles(means));
    }
  }
}
