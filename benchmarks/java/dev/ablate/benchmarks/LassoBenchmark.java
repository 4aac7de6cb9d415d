package dev.ablate.benchmarks;

import dev.ablate.backend.Buffer;
import dev.ablate.backend.HostBuffer;
import dev.ablate.backend.Paths;
import dev.ablate.backend.Sets;
import dev.ablate.backend.host.HostBackend;
import dev.ablate.solve.boost.Folds;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * A lasso path on 1,000 parities of 2,000 masks, terms decaying as those of a forest do; plain
 * coordinate descent to a hundredth of the precision as control.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Warmup(iterations = 2, time = 2)
@Measurement(iterations = 5, time = 2)
@Fork(1)
public class LassoBenchmark {
  private static final int FEATURES = 64;
  private static final int ROWS = 2000;
  private static final int COUNT = 1000;
  private static final int PENALTIES = 20;
  private static final double CONTROL_PRECISION = 1e-5;

  /** Smallest penalty as a share of the largest; the smaller, the more columns are in. */
  @Param({"0.1", "0.01", "0.003"})
  private double end;

  private HostBackend backend;
  private Paths.Problem problem;

  /** Sets up a problem and checks the two solutions against each other. */
  @Setup
  public void setUp() {
    backend = new HostBackend();
    Buffer masks = backend.sampling().uniform(1, 0, 0, ROWS, FEATURES);
    SplittableRandom random = new SplittableRandom(2);
    List<int[]> list = new ArrayList<>();
    double[] coefficients = new double[COUNT];
    for (int s = 0; s < COUNT; s++) {
      list.add(random.ints(0, FEATURES).distinct().limit(2 + s % 4).toArray());
      coefficients[s] = (random.nextBoolean() ? 1 : -1) / (1.0 + s);
    }
    Sets sets = Sets.of(list);
    Buffer columns = backend.parity().columns(sets, masks, ROWS, FEATURES);
    Buffer values =
        backend.evaluation().evaluate(sets, HostBuffer.of(coefficients), 1, masks, ROWS, FEATURES);
    Buffer part = HostBuffer.of(Folds.all(ROWS));
    double[] gram = backend.parity().gram(columns, COUNT, ROWS, part, 1).toHost().doubles();
    double[] products =
        backend.parity().products(columns, COUNT, ROWS, part, 1, values, 1).toHost().doubles();
    double largest = Arrays.stream(products).map(Math::abs).max().orElseThrow();
    double[] penalties = new double[PENALTIES];
    Arrays.setAll(penalties, p -> largest * Math.pow(end, (p + 1.0) / PENALTIES));
    problem = new Paths.Problem(COUNT, gram, products, new boolean[COUNT], penalties);
    double[] expected = plainDescent();
    double[] got = path();
    for (int i = 0; i < got.length; i++) {
      if (Math.abs(expected[i] - got[i]) > 1e-3) {
        throw new IllegalStateException("weight " + i + " is " + got[i] + ", not " + expected[i]);
      }
    }
  }

  /** Stops the workers. */
  @TearDown
  public void tearDown() {
    backend.close();
  }

  /** One path of the host backend. */
  @Benchmark
  public double[] path() {
    return backend.paths().lasso(List.of(problem)).get(0);
  }

  /** Five paths, as in cross-validation, on all cores. */
  @Benchmark
  public List<double[]> fivePaths() {
    return backend.paths().lasso(Collections.nCopies(5, problem));
  }

  /** Control: cyclic descent over all columns, warm-started. */
  @Benchmark
  public double[] plainDescent() {
    double[] path = new double[PENALTIES * COUNT];
    double[] weights = new double[COUNT];
    double[] residual = problem.products().clone();
    double[] gram = problem.gram();
    for (int p = 0; p < PENALTIES; p++) {
      double penalty = problem.penalties()[p];
      double largest = Double.POSITIVE_INFINITY;
      while (largest > CONTROL_PRECISION * ROWS * penalty / problem.penalties()[0]) {
        largest = 0;
        for (int j = 0; j < COUNT; j++) {
          double pull = residual[j] + ROWS * weights[j];
          double target = Math.signum(pull) * Math.max(Math.abs(pull) - penalty, 0) / ROWS;
          double step = target - weights[j];
          if (step != 0) {
            weights[j] = target;
            largest = Math.max(largest, Math.abs(step) * ROWS);
            for (int i = 0; i < COUNT; i++) {
              residual[i] -= step * gram[j * COUNT + i];
            }
          }
        }
      }
      System.arraycopy(weights, 0, path, p * COUNT, COUNT);
    }
    return path;
  }
}
