package dev.ablate.backend.check;

import dev.ablate.backend.Backend;
import dev.ablate.backend.GaussianProcess;
import dev.ablate.backend.GaussianProcess.Block;
import dev.ablate.backend.GaussianProcess.Evidence;
import dev.ablate.backend.GaussianProcess.Posterior;
import dev.ablate.backend.GaussianProcess.Prior;
import dev.ablate.backend.GaussianProcess.Shape;
import dev.ablate.backend.HostBuffer;
import dev.ablate.backend.Sets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.ToDoubleFunction;
import java.util.stream.IntStream;

/**
 * All masks of eight features: the parities are the eigenvectors of the covariance, so that
 * everything is a sum over the spectrum. A set's eigenvalue is {@code 2^8 variance(S) + noise}.
 */
final class GaussianProcessChecks {
  static final int FEATURES = 8;
  static final int ROWS = 1 << FEATURES;
  private static final int OUTPUTS = 2;
  private static final int OUTPUT = 1;
  static final HostBuffer MASKS =
      HostBuffer.of(IntStream.range(0, ROWS).mapToLong(r -> r).toArray());
  private static final double[] VALUES = Inputs.normal(ROWS * OUTPUTS, 81);
  private static final Prior PRIOR =
      new Prior(new double[] {0.05, 0.1, 0.2, 0.3, 0.02, 0.4, 0.15, 0.08}, 1.7, 0.1);
  private static final Prior ROUGH =
      new Prior(PRIOR.decays(), PRIOR.scale(), PRIOR.noise(), new Shape(0.3, 2.5, 0, 0));
  static final Sets SETS =
      Sets.of(
          IntStream.range(0, ROWS)
              .mapToObj(s -> IntStream.range(0, FEATURES).filter(i -> (s >>> i & 1) != 0).toArray())
              .toList());

  private GaussianProcessChecks() {}

  static List<Check> all() {
    // Sums of 256 numbers through factors of condition below 1e4.
    return List.of(
        new Check("gaussianprocess.evidence", "spectrum", 1e-9, b -> evidence(b, PRIOR)),
        new Check("gaussianprocess.gradient", "spectrum", 1e-9, b -> gradient(b, PRIOR)),
        new Check("gaussianprocess.weights", "spectrum", 1e-9, with(PRIOR, p -> weights(p, PRIOR))),
        new Check("gaussianprocess.forms", "spectrum", 1e-9, with(PRIOR, p -> forms(p, PRIOR))),
        new Check("gaussianprocess.evidence.rough", "spectrum", 1e-9, b -> evidence(b, ROUGH)),
        new Check("gaussianprocess.gradient.rough", "spectrum", 1e-9, b -> gradient(b, ROUGH)),
        new Check(
            "gaussianprocess.weights.rough", "spectrum", 1e-9, with(ROUGH, p -> weights(p, ROUGH))),
        new Check("gaussianprocess.refusal", "definition", 0, b -> refusal(b)));
  }

  /** {@code sum over the rows of chi_S(r) numbers(r)} for every set. */
  static double[] transform(double[] numbers) {
    double[] sums = new double[ROWS];
    for (int s = 0; s < ROWS; s++) {
      for (int r = 0; r < ROWS; r++) {
        sums[s] += (Integer.bitCount(s & r) & 1) == 0 ? numbers[r] : -numbers[r];
      }
    }
    return sums;
  }

  private static double[] spectrum() {
    double[] column = new double[ROWS];
    Arrays.setAll(column, r -> VALUES[r * OUTPUTS + OUTPUT]);
    return transform(column);
  }

  private static double[] eigenvalues(Prior prior) {
    double[] eigenvalues = new double[ROWS];
    Arrays.setAll(eigenvalues, s -> ROWS * prior.variance(SETS.get(s)) + prior.noise());
    return eigenvalues;
  }

  private static double logLikelihood(Prior prior) {
    double[] spectrum = spectrum();
    double[] eigenvalues = eigenvalues(prior);
    double sum = 0;
    for (int s = 0; s < ROWS; s++) {
      double share = spectrum[s] * spectrum[s] / ROWS / eigenvalues[s];
      sum += share + Math.log(2 * Math.PI * eigenvalues[s]);
    }
    return -sum / 2;
  }

  private static double relative(double expected, double found) {
    double distance = Math.abs(expected - found) / Math.abs(expected);
    return Double.isNaN(distance) ? Check.WRONG : distance;
  }

  private static Evidence all(Backend backend, Prior prior) {
    List<Block> blocks = List.of(new Block(3, 70, 0, prior), new Block(0, ROWS, OUTPUT, prior));
    return backend
        .gaussianProcess()
        .evidence(MASKS, ROWS, FEATURES, HostBuffer.of(VALUES), OUTPUTS, blocks)
        .get(1);
  }

  private static double evidence(Backend backend, Prior prior) {
    return relative(logLikelihood(prior), all(backend, prior).logLikelihood());
  }

  /** How the logarithm of a set's variance moves with that of a decay of one product. */
  static double slope(double decay, boolean member) {
    double fall = Math.exp(-2 * decay);
    return 2 * decay * (member ? fall / (1 - fall) : -fall / (1 + fall));
  }

  /** Each of the products has the slopes of its own decays. */
  private static double gradient(Backend backend, Prior prior) {
    double[] spectrum = spectrum();
    double[] eigenvalues = eigenvalues(prior);
    Shape shape = prior.shape();
    Prior smooth = new Prior(prior.decays(), prior.scale(), 0);
    double[] stretched = Arrays.stream(prior.decays()).map(d -> d * shape.stretch()).toArray();
    Prior rough = new Prior(stretched, prior.scale() * shape.rough(), 0);
    double[] expected = new double[FEATURES + 4];
    for (int s = 0; s < ROWS; s++) {
      double share = spectrum[s] * spectrum[s] / ROWS / eigenvalues[s];
      double byEigenvalue = (share - 1) / eigenvalues[s] / 2;
      double first = ROWS * smooth.variance(SETS.get(s));
      double second = shape.rough() > 0 ? ROWS * rough.variance(SETS.get(s)) : 0;
      for (int i = 0; i < FEATURES; i++) {
        boolean member = (s >>> i & 1) != 0;
        double slow = first * slope(prior.decays()[i], member);
        double fast = second * slope(stretched[i], member);
        expected[i] += byEigenvalue * (slow + fast);
        expected[FEATURES + 3] += byEigenvalue * fast;
      }
      expected[FEATURES] += byEigenvalue * (first + second);
      expected[FEATURES + 1] += byEigenvalue * prior.noise();
      expected[FEATURES + 2] += byEigenvalue * second;
    }
    double[] found = all(backend, prior).gradient();
    if (found.length != FEATURES + GaussianProcess.SHAPES) {
      return Check.WRONG;
    }
    double largest = Arrays.stream(expected).map(Math::abs).max().orElseThrow();
    return Inputs.distance(expected, Arrays.copyOf(found, expected.length)) / largest;
  }

  private static ToDoubleFunction<Backend> with(Prior prior, ToDoubleFunction<Posterior> check) {
    return backend -> {
      try (Posterior posterior =
          backend
              .gaussianProcess()
              .posterior(MASKS, ROWS, FEATURES, HostBuffer.of(VALUES), OUTPUTS, OUTPUT, prior)) {
        return check.applyAsDouble(posterior);
      }
    };
  }

  private static double weights(Posterior posterior, Prior prior) {
    double[] found = transform(posterior.weights().toHost().doubles());
    double[] expected = spectrum();
    double[] eigenvalues = eigenvalues(prior);
    Arrays.setAll(expected, s -> expected[s] / eigenvalues[s]);
    double largest = Arrays.stream(expected).map(Math::abs).max().orElseThrow();
    double likelihood = relative(logLikelihood(prior), posterior.logLikelihood());
    return Math.max(likelihood, Inputs.distance(expected, found) / largest);
  }

  private static double forms(Posterior posterior, Prior prior) {
    double[] found = posterior.forms(SETS);
    double[] eigenvalues = eigenvalues(prior);
    double largest = found.length == ROWS ? 0 : Check.WRONG;
    for (int s = 0; s < found.length; s++) {
      largest = Math.max(largest, relative(ROWS / eigenvalues[s], found[s]));
    }
    return largest;
  }

  /** Equal masks without noise have no density; others beside them do. */
  private static double refusal(Backend backend) {
    HostBuffer masks = HostBuffer.of(new long[] {5, 5, 3});
    HostBuffer values = HostBuffer.of(new double[] {1, 2, 3});
    Prior prior = new Prior(new double[] {0.1, 0.2, 0.3}, 1, 0);
    List<Block> blocks = new ArrayList<>();
    blocks.add(new Block(0, 2, 0, prior));
    blocks.add(new Block(1, 2, 0, prior));
    List<Evidence> evidence = backend.gaussianProcess().evidence(masks, 3, 3, values, 1, blocks);
    boolean right =
        evidence.get(0).logLikelihood() == Double.NEGATIVE_INFINITY
            && Arrays.stream(evidence.get(0).gradient()).allMatch(g -> g == 0)
            && Double.isFinite(evidence.get(1).logLikelihood());
    try {
      backend.gaussianProcess().posterior(masks, 3, 3, values, 1, 0, prior).close();
      return Check.WRONG;
    } catch (ArithmeticException e) {
      return right ? 0 : Check.WRONG;
    }
  }
}
