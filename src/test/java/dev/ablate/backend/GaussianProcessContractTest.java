package dev.ablate.backend;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.ablate.backend.GaussianProcess.Block;
import dev.ablate.backend.GaussianProcess.Evidence;
import dev.ablate.backend.GaussianProcess.Posterior;
import dev.ablate.backend.GaussianProcess.Prior;
import dev.ablate.code.Philox;
import java.util.ArrayList;
import java.util.List;
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

  private static final int OUTPUTS = 2;

  /** Sums of at most 200 squares of single digits, through factors of condition below 1e5. */
  private static final double TOLERANCE = 1e-8;

  static Stream<Arguments> shapes() {
    // A backend is closed after the test it was given to, so each gets its own.
    return Stream.of(SHAPES)
        .flatMap(s -> BackendsUnderTest.all().map(b -> Arguments.of(b, s[0], s[1])));
  }

  private static Stream<Backend> backends() {
    return BackendsUnderTest.all();
  }

  @ParameterizedTest
  @MethodSource("shapes")
  void evidenceIsTheDensityOfTheValues(Backend backend, int rows, int features) {
    Case c = new Case(rows, features);
    List<Block> blocks = c.blocks();
    List<Evidence> all =
        backend
            .gaussianProcess()
            .evidence(c.masks, rows, features, HostBuffer.of(c.values), OUTPUTS, blocks);
    assertEquals(blocks.size(), all.size());
    for (int b = 0; b < blocks.size(); b++) {
      Block block = blocks.get(b);
      double expected = c.logLikelihood(block, block.prior());
      assertEquals(expected, all.get(b).logLikelihood(), TOLERANCE * (1 + Math.abs(expected)));
    }
  }

  @ParameterizedTest
  @MethodSource("shapes")
  void gradientIsTheSlopeByLogarithms(Backend backend, int rows, int features) {
    Case c = new Case(rows, features);
    Block block = c.blocks().get(1);
    double[] gradient =
        backend
            .gaussianProcess()
            .evidence(c.masks, rows, features, HostBuffer.of(c.values), OUTPUTS, List.of(block))
            .get(0)
            .gradient();
    assertEquals(features + 2, gradient.length);
    double h = 1e-4;
    int step = Math.max(1, features / 5);
    IntStream.concat(
            IntStream.iterate(0, p -> p < features, p -> p + step),
            IntStream.of(features, features + 1))
        .forEach(
            p -> {
              double up = c.logLikelihood(block, moved(block.prior(), p, h));
              double down = c.logLikelihood(block, moved(block.prior(), p, -h));
              double slope = (up - down) / (2 * h);
              // The difference quotient itself is off by h^2 times a third derivative.
              assertEquals(slope, gradient[p], 1e-5 * (1 + Math.abs(slope)), "parameter " + p);
            });
  }

  @ParameterizedTest
  @MethodSource("shapes")
  void posteriorSolvesTheCovariance(Backend backend, int rows, int features) {
    Case c = new Case(rows, features);
    Prior prior = c.blocks().get(0).prior();
    SimpleMatrix inverse = c.covariance(0, rows, prior).invert();
    Sets sets = c.sets();
    for (int o = 0; o < OUTPUTS; o++) {
      SimpleMatrix y = c.column(o, 0, rows);
      SimpleMatrix weights = inverse.mult(y);
      try (Posterior posterior =
          backend
              .gaussianProcess()
              .posterior(c.masks, rows, features, HostBuffer.of(c.values), OUTPUTS, o, prior)) {
        double[] found = posterior.weights().toHost().doubles();
        for (int r = 0; r < rows; r++) {
          assertEquals(weights.get(r), found[r], TOLERANCE * (1 + Math.abs(weights.get(r))));
        }
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

  @ParameterizedTest
  @MethodSource("backends")
  void priorIsASpectrum(Backend backend) {
    int features = 6;
    Case c = new Case(40, features);
    Prior prior = c.blocks().get(0).prior();
    SimpleMatrix sum = SimpleMatrix.identity(40).scale(prior.noise());
    double total = 0;
    for (int bits = 0; bits < 1 << features; bits++) {
      int number = bits;
      int[] set = IntStream.range(0, features).filter(i -> (number >>> i & 1) != 0).toArray();
      SimpleMatrix chi = c.parity(set, 0, 40);
      sum = sum.plus(chi.mult(chi.transpose()).scale(prior.variance(set)));
      total += prior.variance(set);
    }
    assertEquals(prior.scale(), total, 1e-12 * total);
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

  @ParameterizedTest
  @MethodSource("backends")
  void equalMasksWithoutNoiseAreRefused(Backend backend) {
    HostBuffer masks = HostBuffer.of(new long[] {5, 5, 3});
    HostBuffer values = HostBuffer.of(new double[] {1, 2, 3});
    Prior prior = new Prior(new double[] {0.1, 0.2, 0.3}, 1, 0);
    GaussianProcess process = backend.gaussianProcess();
    Evidence evidence =
        process.evidence(masks, 3, 3, values, 1, List.of(new Block(0, 3, 0, prior))).get(0);
    assertEquals(Double.NEGATIVE_INFINITY, evidence.logLikelihood());
    assertThrows(
        ArithmeticException.class, () -> process.posterior(masks, 3, 3, values, 1, 0, prior));
  }

  private static Prior moved(Prior prior, int parameter, double logarithm) {
    double factor = Math.exp(logarithm);
    double[] decays = prior.decays().clone();
    if (parameter < decays.length) {
      decays[parameter] *= factor;
    }
    return new Prior(
        decays,
        prior.scale() * (parameter == decays.length ? factor : 1),
        prior.noise() * (parameter == decays.length + 1 ? factor : 1));
  }

  /** Random masks, values and priors. */
  private static final class Case {
    private final int rows;
    private final int features;
    private final long[] words;
    private final HostBuffer masks;
    private final double[] values;
    private final Philox.Stream random;

    Case(int rows, int features) {
      this.rows = rows;
      this.features = features;
      this.random = Philox.stream(rows, features);
      int each = (features + 63) / 64;
      this.words = new long[rows * each];
      for (int r = 0; r < rows; r++) {
        for (int i = 0; i < features; i++) {
          words[r * each + i / 64] |= (long) random.nextInt(2) << i;
        }
      }
      this.masks = HostBuffer.of(words);
      this.values = new double[rows * OUTPUTS];
      for (int v = 0; v < values.length; v++) {
        values[v] = 4 * random.nextDouble() - 2;
      }
    }

    private Prior prior() {
      double[] decays = new double[features];
      for (int i = 0; i < features; i++) {
        decays[i] = (0.02 + random.nextDouble()) * Math.min(1, 8.0 / features);
      }
      return new Prior(decays, 0.5 + random.nextDouble(), 0.05 + 0.1 * random.nextDouble());
    }

    /** All rows; a part of them; one row: each with a prior of its own. */
    List<Block> blocks() {
      List<Block> blocks = new ArrayList<>();
      blocks.add(new Block(0, rows, 0, prior()));
      blocks.add(new Block(rows / 3, rows - rows / 3, 1, prior()));
      blocks.add(new Block(rows - 1, 1, 0, prior()));
      return blocks;
    }

    Sets sets() {
      List<int[]> sets = new ArrayList<>();
      sets.add(new int[0]);
      for (int s = 0; s < 70; s++) {
        int order = 1 + random.nextInt(Math.min(4, features));
        sets.add(
            IntStream.generate(() -> random.nextInt(features))
                .distinct()
                .limit(order)
                .sorted()
                .toArray());
      }
      return Sets.of(sets);
    }

    boolean kept(int row, int feature) {
      return (words[row * ((features + 63) / 64) + feature / 64] >>> feature & 1) != 0;
    }

    SimpleMatrix parity(int[] set, int from, int count) {
      SimpleMatrix chi = new SimpleMatrix(count, 1);
      for (int r = 0; r < count; r++) {
        double sign = 1;
        for (int i : set) {
          sign = kept(from + r, i) ? -sign : sign;
        }
        chi.set(r, sign);
      }
      return chi;
    }

    SimpleMatrix column(int output, int from, int count) {
      SimpleMatrix y = new SimpleMatrix(count, 1);
      for (int r = 0; r < count; r++) {
        y.set(r, values[(from + r) * OUTPUTS + output]);
      }
      return y;
    }

    /** With the noise on the diagonal; a product over the features as in the definition. */
    SimpleMatrix covariance(int from, int count, Prior prior) {
      SimpleMatrix matrix = new SimpleMatrix(count, count);
      for (int r = 0; r < count; r++) {
        for (int q = 0; q < count; q++) {
          double product = prior.scale();
          for (int i = 0; i < features; i++) {
            boolean equal = kept(from + r, i) == kept(from + q, i);
            double odd = (1 - Math.exp(-2 * prior.decays()[i])) / 2;
            product *= equal ? 1 : 1 - 2 * odd;
          }
          matrix.set(r, q, product + (r == q ? prior.noise() : 0));
        }
      }
      return matrix;
    }

    double logLikelihood(Block block, Prior prior) {
      SimpleMatrix covariance = covariance(block.from(), block.count(), prior);
      SimpleMatrix y = column(block.output(), block.from(), block.count());
      double logDeterminant = 0;
      double[] values = covariance.svd().getSingularValues();
      for (double value : values) {
        logDeterminant += Math.log(value);
      }
      double form = y.transpose().mult(covariance.invert()).mult(y).get(0);
      return -0.5 * (form + logDeterminant + block.count() * Math.log(2 * Math.PI));
    }
  }
}
