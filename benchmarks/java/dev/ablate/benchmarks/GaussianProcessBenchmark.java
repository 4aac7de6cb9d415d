package dev.ablate.benchmarks;

import dev.ablate.backend.Buffer;
import dev.ablate.backend.GaussianProcess.Block;
import dev.ablate.backend.GaussianProcess.Evidence;
import dev.ablate.backend.GaussianProcess.Posterior;
import dev.ablate.backend.GaussianProcess.Prior;
import dev.ablate.backend.HostBuffer;
import dev.ablate.backend.host.HostBackend;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.ejml.data.DMatrixRMaj;
import org.ejml.dense.row.factory.LinearSolverFactory_DDRM;
import org.ejml.interfaces.decomposition.CholeskyDecomposition_F64;
import org.ejml.interfaces.linsol.LinearSolverDense;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * Evidence of four blocks of 500 masks and a posterior of 2,000, both of 64 features; as control
 * the same by EJML's Cholesky decomposition on one core.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class GaussianProcessBenchmark {
  private static final int FEATURES = 64;
  private static final int ROWS = 2000;
  private static final int BLOCKS = 4;

  private HostBackend backend;
  private Buffer masks;
  private double[] y;
  private HostBuffer values;
  private Prior prior;
  private List<Block> blocks;

  /** Draws masks, values and a prior, and checks evidence and weights against the control. */
  @Setup
  public void setUp() {
    backend = new HostBackend();
    masks = backend.sampling().uniform(1, 0, 0, ROWS, FEATURES);
    SplittableRandom random = new SplittableRandom(2);
    y = random.doubles(ROWS, -1, 1).toArray();
    values = HostBuffer.of(y);
    prior = new Prior(random.doubles(FEATURES, 0.001, 0.05).toArray(), 1, 0.05);
    int count = ROWS / BLOCKS;
    blocks =
        IntStream.range(0, BLOCKS).mapToObj(b -> new Block(b * count, count, 0, prior)).toList();
    List<Evidence> found = evidence();
    List<Evidence> expected = evidenceOfLibrary();
    for (int b = 0; b < BLOCKS; b++) {
      near(expected.get(b).logLikelihood(), found.get(b).logLikelihood());
      for (int p = 0; p < FEATURES + 2; p++) {
        near(expected.get(b).gradient()[p], found.get(b).gradient()[p]);
      }
    }
    double[] weights = posteriorOfLibrary();
    try (Posterior posterior =
        backend.gaussianProcess().posterior(masks, ROWS, FEATURES, values, 1, 0, prior)) {
      double[] ours = posterior.weights().toHost().doubles();
      for (int r = 0; r < ROWS; r++) {
        near(weights[r], ours[r]);
      }
    }
  }

  private static void near(double expected, double found) {
    if (!(Math.abs(expected - found) <= 1e-8 * (1 + Math.abs(expected)))) {
      throw new IllegalStateException(found + " where the control has " + expected);
    }
  }

  /** Stops the workers. */
  @TearDown
  public void tearDown() {
    backend.close();
  }

  /** Likelihoods and gradients of four blocks of 500 masks. */
  @Benchmark
  public List<Evidence> evidence() {
    return backend.gaussianProcess().evidence(masks, ROWS, FEATURES, values, 1, blocks);
  }

  /** Factor and weights of 2,000 masks. */
  @Benchmark
  public double posterior() {
    try (Posterior posterior =
        backend.gaussianProcess().posterior(masks, ROWS, FEATURES, values, 1, 0, prior)) {
      return posterior.logLikelihood();
    }
  }

  private double covariance(long differ) {
    double exponent = 0;
    for (long bits = differ; bits != 0; bits &= bits - 1) {
      exponent -= 2 * prior.decays()[Long.numberOfTrailingZeros(bits)];
    }
    return prior.scale() * Math.exp(exponent);
  }

  private DMatrixRMaj matrix(int from, int count) {
    long[] words = masks.toHost().words();
    DMatrixRMaj matrix = new DMatrixRMaj(count, count);
    for (int i = 0; i < count; i++) {
      for (int j = 0; j <= i; j++) {
        double k = covariance(words[from + i] ^ words[from + j]) + (i == j ? prior.noise() : 0);
        matrix.unsafe_set(i, j, k);
        matrix.unsafe_set(j, i, k);
      }
    }
    return matrix;
  }

  private static LinearSolverDense<DMatrixRMaj> factor(DMatrixRMaj matrix) {
    LinearSolverDense<DMatrixRMaj> solver = LinearSolverFactory_DDRM.chol(matrix.numRows);
    if (!solver.setA(matrix)) {
      throw new IllegalStateException("the control finds no factor");
    }
    return solver;
  }

  private static double[] solve(LinearSolverDense<DMatrixRMaj> solver, double[] right) {
    DMatrixRMaj weights = new DMatrixRMaj(right.length, 1);
    solver.solve(new DMatrixRMaj(right.length, 1, true, right), weights);
    return weights.data;
  }

  /** Control: evidence with EJML's inverse, features of a pair taken one by one. */
  @Benchmark
  public List<Evidence> evidenceOfLibrary() {
    return blocks.stream().map(this::evidenceOfLibrary).toList();
  }

  private Evidence evidenceOfLibrary(Block block) {
    long[] words = masks.toHost().words();
    int n = block.count();
    double[] right = Arrays.copyOfRange(y, block.from(), block.from() + n);
    LinearSolverDense<DMatrixRMaj> solver = factor(matrix(block.from(), n));
    double[] w = solve(solver, right);
    DMatrixRMaj inverse = new DMatrixRMaj(n, n);
    solver.invert(inverse);
    CholeskyDecomposition_F64<DMatrixRMaj> factor = solver.getDecomposition();
    DMatrixRMaj lower = factor.getT(null);
    double[] gradient = new double[FEATURES + 2];
    double likelihood = n * Math.log(2 * Math.PI);
    for (int i = 0; i < n; i++) {
      likelihood += right[i] * w[i] + 2 * Math.log(lower.unsafe_get(i, i));
      for (int j = 0; j < i; j++) {
        long differ = words[block.from() + i] ^ words[block.from() + j];
        double q = (w[i] * w[j] - inverse.unsafe_get(i, j)) * covariance(differ);
        gradient[FEATURES] += q;
        for (long bits = differ; bits != 0; bits &= bits - 1) {
          int f = Long.numberOfTrailingZeros(bits);
          gradient[f] -= 2 * prior.decays()[f] * q;
        }
      }
      double p = w[i] * w[i] - inverse.unsafe_get(i, i);
      gradient[FEATURES] += p * prior.scale() / 2;
      gradient[FEATURES + 1] += p * prior.noise() / 2;
    }
    return new Evidence(-likelihood / 2, gradient);
  }

  /** Control: factor and weights by EJML. */
  @Benchmark
  public double[] posteriorOfLibrary() {
    return solve(factor(matrix(0, ROWS)), y);
  }
}
