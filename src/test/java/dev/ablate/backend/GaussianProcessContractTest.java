package dev.ablate.backend;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.ablate.backend.GaussianProcess.Block;
import dev.ablate.backend.GaussianProcess.Evidence;
import dev.ablate.backend.GaussianProcess.Posterior;
import dev.ablate.backend.GaussianProcess.Prior;
import dev.ablate.backend.GaussianProcess.Shape;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.ejml.simple.SimpleMatrix;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Evidence and posteriors against dense linear algebra of a library, with covariances summed over
 * all sets where those are few.
 */
class GaussianProcessContractTest {
  /** Shapes {@code (rows, features)}: single ones, borders of words, bytes and panels. */
  private static final int[][] SHAPES = {
    {1, 1}, {2, 3}, {5, 8}, {20, 9}, {63, 64}, {64, 65}, {65, 7}, {129, 70}, {200, 300}
  };

  private static final int OUTPUTS = GaussianProcessCase.OUTPUTS;

  /** Difference quotients of the cases. */
  private static final Map<String, Double> SLOPES = new ConcurrentHashMap<>();

  /** Sums of at most 200 squares of single digits, through factors of condition below 1e5. */
  private static final double TOLERANCE = 1e-8;

  static Stream<Arguments> cases() {
    // A backend is closed after the test it was given to, so each gets its own.
    return Stream.of(false, true)
        .flatMap(shaped -> Stream.of(SHAPES).map(s -> new GaussianProcessCase(s[0], s[1], shaped)))
        .flatMap(c -> BackendsUnderTest.all().map(b -> Arguments.of(b, c)));
  }

  private static Stream<Backend> backends() {
    return BackendsUnderTest.all();
  }

  @ParameterizedTest
  @MethodSource("cases")
  void evidenceIsTheDensityOfTheValues(Backend backend, GaussianProcessCase c) {
    List<Block> blocks = c.blocks();
    List<Evidence> all =
        backend
            .gaussianProcess()
            .evidence(c.masks, c.rows, c.features, HostBuffer.of(c.values), OUTPUTS, blocks);
    assertEquals(blocks.size(), all.size());
    for (int b = 0; b < blocks.size(); b++) {
      Block block = blocks.get(b);
      double expected = c.logLikelihood(block, block.prior());
      assertEquals(expected, all.get(b).logLikelihood(), TOLERANCE * (1 + Math.abs(expected)));
    }
  }

  @ParameterizedTest
  @MethodSource("cases")
  void gradientIsTheSlopeByLogarithms(Backend backend, GaussianProcessCase c) {
    Block block = c.blocks().get(1);
    double[] gradient =
        backend
            .gaussianProcess()
            .evidence(c.masks, c.rows, c.features, HostBuffer.of(c.values), OUTPUTS, List.of(block))
            .get(0)
            .gradient();
    assertEquals(c.features + GaussianProcess.SHAPES, gradient.length);
    double h = 1e-4;
    int step = Math.max(1, c.features / 5);
    IntStream.concat(
            IntStream.iterate(0, p -> p < c.features, p -> p + step),
            IntStream.range(c.features, gradient.length))
        .forEach(
            p -> {
              // The same for every backend.
              double slope =
                  SLOPES.computeIfAbsent(
                      c.rows + " " + c.features + " " + c.shaped + " " + p,
                      key ->
                          (c.logLikelihood(block, moved(block.prior(), p, h))
                                  - c.logLikelihood(block, moved(block.prior(), p, -h)))
                              / (2 * h));
              // The difference quotient itself is off by h^2 times a third derivative.
              assertEquals(slope, gradient[p], 1e-5 * (1 + Math.abs(slope)), "parameter " + p);
            });
  }

  @ParameterizedTest
  @MethodSource("cases")
  void posteriorSolvesTheCovariance(Backend backend, GaussianProcessCase c) {
    Prior prior = c.blocks().get(0).prior();
    int rows = c.rows;
    SimpleMatrix inverse = c.covariance(0, rows, prior).invert();
    Sets sets = c.sets();
    for (int o = 0; o < OUTPUTS; o++) {
      SimpleMatrix y = c.column(o, 0, rows);
      SimpleMatrix weights = inverse.mult(y);
      try (Posterior posterior =
          backend
              .gaussianProcess()
              .posterior(c.masks, rows, c.features, HostBuffer.of(c.values), OUTPUTS, o, prior)) {
        double[] found = posterior.weights().toHost().doubles();
        for (int r = 0; r < rows; r++) {
          assertEquals(weights.get(r), found[r], TOLERANCE * (1 + Math.abs(weights.get(r))));
        }
        requireWeights(inverse, c, posterior);
        double likelihood = c.logLikelihood(new Block(0, rows, o, prior), prior);
        assertEquals(likelihood, posterior.logLikelihood(), TOLERANCE * (1 + Math.abs(likelihood)));
        double[] forms = posterior.forms(sets);
        assertEquals(sets.size(), forms.length);
        for (int s = 0; s < forms.length; s++) {
          SimpleMatrix chi = c.parity(sets.get(s), 0, rows);
          double form = chi.transpose().mult(inverse).mult(chi).get(0);
          assertEquals(form, forms[s], TOLERANCE * (1 + form), "set " + s);
        }
      }
    }
  }

  /** Those of all outputs by the factor of one. */
  private static void requireWeights(
      SimpleMatrix inverse, GaussianProcessCase c, Posterior posterior) {
    try (Buffer all = posterior.weights(HostBuffer.of(c.values), OUTPUTS)) {
      double[] found = all.toHost().doubles();
      assertEquals(c.rows * OUTPUTS, found.length);
      for (int o = 0; o < OUTPUTS; o++) {
        SimpleMatrix weights = inverse.mult(c.column(o, 0, c.rows));
        for (int r = 0; r < c.rows; r++) {
          double weight = weights.get(r);
          assertEquals(weight, found[r * OUTPUTS + o], TOLERANCE * (1 + Math.abs(weight)));
        }
      }
    }
  }

  /** What the other rows say of a row, from a system without it. */
  @ParameterizedTest
  @MethodSource("cases")
  void leaveOneOutIsWhatTheOthersMiss(Backend backend, GaussianProcessCase c) {
    Prior prior = c.blocks().get(0).prior();
    SimpleMatrix covariance = c.covariance(0, c.rows, prior);
    SimpleMatrix y = c.column(1, 0, c.rows);
    try (Posterior posterior =
        backend
            .gaussianProcess()
            .posterior(c.masks, c.rows, c.features, HostBuffer.of(c.values), OUTPUTS, 1, prior)) {
      double[] found = posterior.leaveOneOut();
      assertEquals(c.rows, found.length);
      for (int r = 0; r < c.rows; r += Math.max(1, c.rows / 5)) {
        int left = r;
        int[] others = IntStream.range(0, c.rows).filter(q -> q != left).toArray();
        double mean = 0;
        if (others.length > 0) {
          SimpleMatrix rest = part(covariance, others, others);
          SimpleMatrix weights = rest.invert().mult(part(y, others, new int[] {0}));
          mean = part(covariance, new int[] {r}, others).mult(weights).get(0);
        }
        double expected = y.get(r) - mean;
        assertEquals(expected, found[r], TOLERANCE * (1 + Math.abs(expected)), "row " + r);
      }
    }
  }

  private static SimpleMatrix part(SimpleMatrix of, int[] rows, int[] columns) {
    SimpleMatrix part = new SimpleMatrix(rows.length, columns.length);
    for (int r = 0; r < rows.length; r++) {
      for (int q = 0; q < columns.length; q++) {
        part.set(r, q, of.get(rows[r], columns[q]));
      }
    }
    return part;
  }

  @ParameterizedTest
  @MethodSource("cases")
  void meansAreCovariancesTimesWeights(Backend backend, GaussianProcessCase c) {
    Prior prior = c.blocks().get(0).prior();
    GaussianProcessCase other = new GaussianProcessCase(83, c.features, false);
    GaussianProcess process = backend.gaussianProcess();
    try (Posterior posterior =
        process.posterior(
            c.masks, c.rows, c.features, HostBuffer.of(c.values), OUTPUTS, 0, prior)) {
      Buffer weights = posterior.weights();
      double[] w = weights.toHost().doubles();
      try (Buffer elsewhere =
              process.predict(
                  c.masks, c.rows, c.features, weights, prior, other.masks, other.rows);
          Buffer here =
              process.predict(c.masks, c.rows, c.features, weights, prior, c.masks, c.rows)) {
        double[] found = elsewhere.toHost().doubles();
        assertEquals(other.rows, found.length);
        for (int m = 0; m < found.length; m++) {
          double expected = 0;
          for (int r = 0; r < c.rows; r++) {
            expected += w[r] * GaussianProcessCase.covariance(other, m, c, r, prior);
          }
          assertEquals(expected, found[m], TOLERANCE * (1 + Math.abs(expected)), "mask " + m);
        }
        // (K + noise I) w = y.
        double[] fitted = here.toHost().doubles();
        for (int r = 0; r < c.rows; r++) {
          double expected = c.values[r * OUTPUTS] - prior.noise() * w[r];
          assertEquals(expected, fitted[r], TOLERANCE * (1 + Math.abs(expected)), "row " + r);
        }
      }
    }
  }

  static Stream<Arguments> stationary() {
    return Stream.of(Shape.PRODUCT, new Shape(0.4, 2.5, 0, 0))
        .flatMap(shape -> backends().map(b -> Arguments.of(b, shape)));
  }

  @ParameterizedTest
  @MethodSource("stationary")
  void priorIsASpectrum(Backend backend, Shape shape) {
    int features = 6;
    GaussianProcessCase c = new GaussianProcessCase(40, features, false);
    Prior product = c.blocks().get(0).prior();
    Prior prior = new Prior(product.decays(), product.scale(), product.noise(), shape);
    SimpleMatrix sum = SimpleMatrix.identity(40).scale(prior.noise());
    double total = 0;
    for (int bits = 0; bits < 1 << features; bits++) {
      int number = bits;
      int[] set = IntStream.range(0, features).filter(i -> (number >>> i & 1) != 0).toArray();
      SimpleMatrix chi = c.parity(set, 0, 40);
      sum = sum.plus(chi.mult(chi.transpose()).scale(prior.variance(set)));
      total += prior.variance(set);
    }
    assertEquals(prior.scale() * (1 + shape.rough()), total, 1e-12 * total);
    SimpleMatrix y = c.column(0, 0, 40);
    double expected =
        -0.5
            * (y.transpose().mult(sum.invert()).mult(y).get(0)
                + Math.log(sum.determinant())
                + 40 * Math.log(2 * Math.PI));
    try (Posterior posterior =
        backend
            .gaussianProcess()
            .posterior(c.masks, 40, features, HostBuffer.of(c.values), OUTPUTS, 0, prior)) {
      assertEquals(expected, posterior.logLikelihood(), TOLERANCE * (1 + Math.abs(expected)));
    }
  }

  /** Variances with exact roots, so that the pivot is 0 without rounding. */
  static Stream<Arguments> refused() {
    return Stream.of(Shape.PRODUCT, new Shape(3, 2, 0, 0), new Shape(0, 1, 0, 1))
        .flatMap(shape -> backends().map(b -> Arguments.of(b, shape)));
  }

  @ParameterizedTest
  @MethodSource("refused")
  void equalMasksWithoutNoiseAreRefused(Backend backend, Shape shape) {
    HostBuffer masks = HostBuffer.of(new long[] {5, 5, 3});
    HostBuffer values = HostBuffer.of(new double[] {1, 2, 3});
    Prior prior = new Prior(new double[] {0.1, 0.2, 0.3}, 1, 0, shape);
    GaussianProcess process = backend.gaussianProcess();
    Evidence evidence =
        process.evidence(masks, 3, 3, values, 1, List.of(new Block(0, 3, 0, prior))).get(0);
    assertEquals(Double.NEGATIVE_INFINITY, evidence.logLikelihood());
    assertArrayEquals(new double[3 + GaussianProcess.SHAPES], evidence.gradient());
    assertThrows(
        ArithmeticException.class, () -> process.posterior(masks, 3, 3, values, 1, 0, prior));
  }

  /** A prior with a parameter moved: its logarithm, or tilt or closeness itself. */
  private static Prior moved(Prior prior, int parameter, double by) {
    double[] decays = prior.decays().clone();
    double[] factors = new double[GaussianProcess.SHAPES];
    Arrays.fill(factors, 1);
    double[] more = new double[GaussianProcess.SHAPES];
    if (parameter < decays.length) {
      decays[parameter] *= Math.exp(by);
    } else {
      factors[parameter - decays.length] = Math.exp(by);
      more[parameter - decays.length] = by;
    }
    Shape shape = prior.shape();
    return new Prior(
        decays,
        prior.scale() * factors[0],
        prior.noise() * factors[1],
        new Shape(
            shape.rough() * factors[2],
            shape.stretch() * factors[3],
            shape.tilt() + more[4],
            shape.closeness() + more[5]));
  }
}
