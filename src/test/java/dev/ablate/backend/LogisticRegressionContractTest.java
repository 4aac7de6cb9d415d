package dev.ablate.backend;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ablate.backend.LogisticRegression.NoMinimumException;
import dev.ablate.backend.LogisticRegression.Problem;
import dev.ablate.backend.LogisticRegression.Trainer;
import dev.ablate.code.Philox;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CancellationException;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Logistic regressions on subsets: at the minimum nothing but the gradient is 0, which a plain loop
 * over rows computes; the loss is strictly convex, so there is no other such point.
 */
class LogisticRegressionContractTest {
  private static final double CLOSE = 1e-8;

  private long[] allocated;

  @BeforeEach
  void before() {
    allocated = KernelBackends.allocated();
  }

  @AfterEach
  void nothingIsLeft() {
    assertArrayEquals(allocated, KernelBackends.allocated());
  }

  static Stream<Backend> backends() {
    return BackendsUnderTest.all();
  }

  /** Classes, rows, columns, groups, test rows. */
  private static final int[][] SHAPES = {
    {2, 1, 1, 1, 1},
    {1, 7, 2, 7, 3},
    {3, 2, 5, 2, 4},
    {2, 40, 3, 40, 5},
    {3, 65, 16, 65, 7},
    {5, 150, 6, 30, 23},
    {4, 90, 64, 64, 90},
    {10, 130, 17, 63, 11},
    {3, 1100, 7, 5, 2},
    {33, 70, 4, 70, 3},
  };

  @ParameterizedTest
  @MethodSource("backends")
  void theGradientIsZero(Backend backend) {
    for (int[] shape : SHAPES) {
      for (double penalty : new double[] {1, 0.01}) {
        Case of = Case.random(shape[0], shape[1], shape[2], shape[3], penalty);
        long[] kept = subsets(9, shape[3], shape[1]);
        double[][] weights = of.weights(backend, kept, 9);
        for (int m = 0; m < 9; m++) {
          String where = Arrays.toString(shape) + ", penalty " + penalty + ", subset " + m;
          double[] gradient = of.gradient(kept, m, weights[m]);
          assertEquals(0, norm(gradient), CLOSE * penalty, where);
        }
      }
    }
  }

  @ParameterizedTest
  @MethodSource("backends")
  void scoresAreWeightsTimesTestRows(Backend backend) {
    for (int[] shape : SHAPES) {
      Case of = Case.random(shape[0], shape[1], shape[2], shape[3], 1);
      double[] tests = numbers(shape[4] * shape[2], 99);
      long[] kept = subsets(5, shape[3], 3);
      double[][] weights = of.weights(backend, kept, 5);
      double[][] scores = train(backend, of.problem, tests, shape[4], HostBuffer.of(kept), 5);
      int classes = shape[0];
      int width = shape[2] + 1;
      for (int m = 0; m < 5; m++) {
        for (int t = 0; t < shape[4]; t++) {
          for (int k = 0; k < classes; k++) {
            double score = weights[m][k * width + width - 1];
            for (int j = 0; j < shape[2]; j++) {
              score += weights[m][k * width + j] * tests[t * shape[2] + j];
            }
            assertEquals(score, scores[m][t * classes + k], 1e-7, Arrays.toString(shape));
          }
        }
      }
    }
  }

  @ParameterizedTest
  @MethodSource("backends")
  void nothingKeptGivesZeros(Backend backend) {
    Case of = Case.random(3, 30, 4, 70, 1);
    double[][] scores = train(backend, of.problem, numbers(8, 1), 2, HostBuffer.of(new long[4]), 2);
    assertArrayEquals(new double[6], scores[0]);
    assertArrayEquals(new double[6], scores[1]);
    // A group that no row is of.
    Problem wide =
        new Problem(numbers(6, 2), 2, new int[] {0, 1, 1}, 2, new int[] {0, 1, 2}, 66, 1, 1e-9);
    double[][] none =
        train(backend, wide, numbers(2, 1), 1, HostBuffer.of(new long[] {0, 2, 7, 0}), 2);
    assertArrayEquals(new double[2], none[0]);
    assertTrue(none[1][0] != 0);
  }

  @ParameterizedTest
  @MethodSource("backends")
  void oneClassAloneHasAMinimum(Backend backend) {
    Case of = Case.random(3, 60, 4, 60, 1);
    long[] kept = new long[1];
    for (int r = 0; r < 60; r++) {
      kept[0] |= of.problem.labels()[r] == 1 ? 1L << r : 0;
    }
    double[] weights = of.weights(backend, kept, 1)[0];
    assertEquals(0, norm(of.gradient(kept, 0, weights)), CLOSE);
    assertTrue(norm(weights) > 0.1);
  }

  /** As learners ask for it: margins to a hundredth of their spread. */
  @ParameterizedTest
  @MethodSource("backends")
  void aLooseToleranceIsKept(Backend backend) {
    Case exact = Case.random(5, 300, 12, 60, 1);
    Case loose = exact.with(2e-3);
    long[] kept = subsets(20, 60, 4);
    double[][] right = exact.weights(backend, kept, 20);
    double[][] found = loose.weights(backend, kept, 20);
    for (int m = 0; m < 20; m++) {
      double[] difference = found[m].clone();
      for (int i = 0; i < difference.length; i++) {
        difference[i] -= right[m][i];
      }
      assertTrue(norm(difference) < 6e-3, "subset " + m + ": " + norm(difference));
    }
  }

  @ParameterizedTest
  @MethodSource("backends")
  void subsetsDoNotDependOnEachOther(Backend backend) {
    Case of = Case.random(4, 200, 9, 25, 1).with(2e-3);
    double[] tests = numbers(9 * 6, 8);
    long[] kept = subsets(40, 25, 6);
    double[][] together = train(backend, of.problem, tests, 6, HostBuffer.of(kept), 40);
    try (Buffer there = backend.upload(HostBuffer.of(kept))) {
      assertArrayEquals(together, train(backend, of.problem, tests, 6, there, 40));
    }
    for (int m : new int[] {0, 13, 39}) {
      Buffer one = HostBuffer.of(new long[] {kept[m]});
      assertArrayEquals(together[m], train(backend, of.problem, tests, 6, one, 1)[0]);
    }
  }

  @ParameterizedTest
  @MethodSource("backends")
  void nothingIsAskedOfNoRowsOrSubsets(Backend backend) {
    Case of = Case.random(2, 10, 2, 5, 1);
    assertEquals(
        0, train(backend, of.problem, numbers(2, 1), 1, HostBuffer.of(new long[0]), 0).length);
    double[][] none =
        train(backend, of.problem, new double[0], 0, HostBuffer.of(new long[] {9}), 1);
    assertEquals(0, none[0].length);
  }

  /**
   * Of each row there is a copy with the other label: the weights of all rows are exactly 0, and
   * subsets cannot come as near.
   */
  @ParameterizedTest
  @MethodSource("backends")
  void aSearchWithoutEndIsNamed(Backend backend) {
    double[] x = {1, 2, 1, 2, -3, 0.3, -3, 0.3};
    Problem impossible =
        new Problem(x, 2, new int[] {0, 1, 1, 0}, 2, new int[] {0, 0, 1, 2}, 3, 1, 0);
    Buffer kept = HostBuffer.of(new long[] {7, 1, 5});
    NoMinimumException refused =
        assertThrows(
            NoMinimumException.class, () -> train(backend, impossible, new double[2], 1, kept, 3));
    assertEquals(2, refused.subset());
    assertFalse(refused.isRounding());
  }

  @ParameterizedTest
  @MethodSource("backends")
  void anInterruptEndsTraining(Backend backend) {
    Case of = Case.random(3, 50, 4, 50, 1);
    try (Trainer trainer = backend.logisticRegression().open(of.problem, numbers(4, 1), 1)) {
      Thread.currentThread().interrupt();
      assertThrows(
          CancellationException.class,
          () -> trainer.train(HostBuffer.of(subsets(50, 50, 2)), 50, (subset, scores) -> {}));
      assertTrue(Thread.interrupted());
    }
  }

  @Test
  void resultsDoNotDependOnTheGroupSizeOrOnMemory() {
    Case of = Case.random(3, 70, 20, 70, 1).with(2e-3);
    double[] tests = numbers(20 * 9, 8);
    Buffer kept = HostBuffer.of(subsets(30, 70, 6));
    List<double[][]> all =
        Stream.of(
                KernelBackends.all(),
                KernelBackends.with(Map.of("group", 24, "logistic_regression.kibibytes", 100)),
                KernelBackends.withLargestAllocation(100_000, Map.of("group", 64)))
            .flatMap(backends -> backends)
            .map(backend -> train(backend, of.problem, tests, 9, kept, 30))
            .toList();
    all.forEach(scores -> assertArrayEquals(all.get(0), scores));
  }

  /** What every model says, in the order of subsets; each is told once. */
  private static double[][] train(
      Backend backend, Problem problem, double[] tests, int count, Buffer kept, int subsets) {
    double[][] told = new double[subsets][];
    try (Trainer trainer = backend.logisticRegression().open(problem, tests, count)) {
      trainer.train(
          kept,
          subsets,
          (subset, scores) -> {
            assertNull(told[subset], "told twice");
            told[subset] = scores.clone();
          });
    }
    for (double[] scores : told) {
      assertEquals(count * problem.classes(), scores.length);
    }
    return told;
  }

  private static double[] numbers(int count, int seed) {
    Philox.Stream random = Philox.stream(seed, 21);
    double[] numbers = new double[count];
    Arrays.setAll(numbers, i -> random.nextGaussian());
    return numbers;
  }

  /** Subsets of all sizes: the first keeps nothing, the last everything, the second one group. */
  private static long[] subsets(int count, int groups, int seed) {
    Philox.Stream random = Philox.stream(seed, 22);
    int words = (groups + 63) / 64;
    long[] kept = new long[count * words];
    for (int m = 0; m < count; m++) {
      for (int g = 0; g < groups; g++) {
        boolean keeps = m == 1 ? g == groups / 2 : random.nextInt(count - 1) < m;
        kept[m * words + g / 64] |= m > 0 && keeps ? 1L << g : 0;
      }
    }
    return kept;
  }

  private static double norm(double[] of) {
    return Math.sqrt(Arrays.stream(of).map(v -> v * v).sum());
  }

  private record Case(Problem problem) {
    static Case random(int classes, int rows, int columns, int groups, double penalty) {
      Philox.Stream random = Philox.stream(classes + 31L * rows + columns, 23);
      double[] x = new double[rows * columns];
      int[] labels = new int[rows];
      int[] groupOf = new int[rows];
      for (int r = 0; r < rows; r++) {
        labels[r] = random.nextInt(classes);
        groupOf[r] = r % groups;
        for (int j = 0; j < columns; j++) {
          x[r * columns + j] = random.nextGaussian() + (j % classes == labels[r] ? 1 : 0);
        }
      }
      // The gradient's norm is at most the root of the largest curvature times this.
      return new Case(new Problem(x, columns, labels, classes, groupOf, groups, penalty, 1e-11));
    }

    Case with(double tolerance) {
      return new Case(
          new Problem(
              problem.x(),
              problem.columns(),
              problem.labels(),
              problem.classes(),
              problem.groupOf(),
              problem.groups(),
              problem.penalty(),
              tolerance));
    }

    /** The weights themselves: scores of rows of zeros, and of the rows of the identity. */
    double[][] weights(Backend backend, long[] kept, int subsets) {
      int columns = problem.columns();
      int classes = problem.classes();
      double[] tests = new double[(columns + 1) * columns];
      for (int j = 0; j < columns; j++) {
        tests[j * columns + j] = 1;
      }
      double[][] scores = train(backend, problem, tests, columns + 1, HostBuffer.of(kept), subsets);
      double[][] weights = new double[subsets][classes * (columns + 1)];
      for (int m = 0; m < subsets; m++) {
        for (int k = 0; k < classes; k++) {
          double constant = scores[m][columns * classes + k];
          for (int j = 0; j < columns; j++) {
            weights[m][k * (columns + 1) + j] = scores[m][j * classes + k] - constant;
          }
          weights[m][k * (columns + 1) + columns] = constant;
        }
      }
      return weights;
    }

    double[] gradient(long[] kept, int subset, double[] weights) {
      int width = problem.width();
      int words = (problem.groups() + 63) / 64;
      double[] gradient = new double[weights.length];
      Arrays.setAll(gradient, i -> problem.penalty() * weights[i]);
      for (int r = 0; r < problem.rows(); r++) {
        int group = problem.groupOf()[r];
        if ((kept[subset * words + group / 64] >>> group & 1) == 0) {
          continue;
        }
        double[] row = Arrays.copyOfRange(problem.x(), r * (width - 1), r * (width - 1) + width);
        row[width - 1] = 1;
        double[] p = new double[problem.classes()];
        double sum = 0;
        for (int k = 0; k < p.length; k++) {
          for (int j = 0; j < width; j++) {
            p[k] += weights[k * width + j] * row[j];
          }
          p[k] = Math.exp(p[k]);
          sum += p[k];
        }
        for (int k = 0; k < p.length; k++) {
          double left = p[k] / sum - (problem.labels()[r] == k ? 1 : 0);
          for (int j = 0; j < width; j++) {
            gradient[k * width + j] += left * row[j];
          }
        }
      }
      return gradient;
    }
  }
}
