package dev.ablate.backend;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ablate.backend.host.HostBackend;
import dev.ablate.code.Philox;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.ejml.data.DMatrixRMaj;
import org.ejml.dense.row.CommonOps_DDRM;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Lasso against its optimality conditions, ridge against the normal equations. */
class PathsContractTest {
  /** Shapes {@code (rows, columns)}: a single column, fewer and more rows than columns, many. */
  private static final int[][] SHAPES = {{5, 1}, {40, 7}, {9, 20}, {300, 65}, {100, 130}};

  static Stream<Backend> backends() {
    return BackendsUnderTest.all();
  }

  static Stream<Arguments> shapes() {
    // A backend is closed after the test it was given to, so each gets its own.
    return Stream.of(SHAPES)
        .flatMap(s -> BackendsUnderTest.all().map(b -> Arguments.of(b, s[0], s[1])));
  }

  @ParameterizedTest
  @MethodSource("shapes")
  void lassoMeetsTheOptimalityConditions(Backend backend, int rows, int columns) {
    Paths.Problem problem = signs(rows, columns, 3, new double[] {rows, rows / 4.0, rows / 30.0});
    assertOptimal(problem, solve(backend, List.of(problem)).get(0));
  }

  @ParameterizedTest
  @MethodSource("backends")
  void lassoOnAnOrthogonalDesignIsTheSoftThreshold(Backend backend) {
    double[] gram = {4, 0, 0, 0, 2, 0, 0, 0, 8};
    boolean[] free = {false, false, true};
    double[] penalties = {5, 2, 0};
    double[] path =
        backend
            .paths()
            .lasso(List.of(new Paths.Problem(3, gram, new double[] {6, -3, 16}, free, penalties)))
            .get(0);
    assertArrayEquals(new double[] {0.25, 0, 2, 1, -0.5, 2, 1.5, -1.5, 2}, path, 1e-12);
  }

  @ParameterizedTest
  @MethodSource("backends")
  void lassoHandlesEqualOppositeAndZeroColumns(Backend backend) {
    // Columns 1 and 2 equal, 3 their opposite, 4 all zeros.
    double[] v = {1, 2, 2, -2, 0};
    double[] gram = new double[25];
    double[] products = new double[5];
    for (int i = 0; i < 5; i++) {
      for (int j = 0; j < 5; j++) {
        gram[i * 5 + j] = 10 * v[i] * v[j];
      }
      products[i] = 30 * v[i];
    }
    Paths.Problem problem =
        new Paths.Problem(5, gram, products, new boolean[5], new double[] {20, 1});
    double[] path = solve(backend, List.of(problem)).get(0);
    assertOptimal(problem, path);
    assertEquals(0, path[4]);
  }

  @ParameterizedTest
  @MethodSource("backends")
  void lassoOfNothingIsNothing(Backend backend) {
    Paths.Problem problem =
        new Paths.Problem(
            2, new double[] {3, 1, 1, 3}, new double[2], new boolean[2], new double[] {1, 0});
    assertArrayEquals(new double[4], solve(backend, List.of(problem)).get(0));
  }

  @ParameterizedTest
  @MethodSource("backends")
  void lassoTakesThousandsOfColumns(Backend backend) {
    Paths.Problem problem = signs(150, 1500, 5, new double[] {60, 30});
    double[] path =
        Assertions.assertTimeoutPreemptively(
            Duration.ofSeconds(60), () -> backend.paths().lasso(List.of(problem)).get(0));
    assertOptimal(problem, path);
  }

  @ParameterizedTest
  @MethodSource("backends")
  void manyProblemsGiveWhatEachGivesAlone(Backend backend) {
    List<Paths.Problem> problems = new ArrayList<>();
    for (int seed = 0; seed < 5; seed++) {
      problems.add(signs(50, 10 + seed, seed, new double[] {10, 1}));
    }
    List<double[]> lasso = solve(backend, problems);
    List<double[]> ridge = backend.paths().ridge(problems);
    for (int p = 0; p < problems.size(); p++) {
      assertArrayEquals(solve(backend, List.of(problems.get(p))).get(0), lasso.get(p));
      assertArrayEquals(backend.paths().ridge(List.of(problems.get(p))).get(0), ridge.get(p));
    }
  }

  @ParameterizedTest
  @MethodSource("backends")
  void devicesFindWhatTheHostFinds(Backend backend) {
    List<Paths.Problem> problems = new ArrayList<>();
    // Many sizes and numbers of penalties in a call, down to no penalty, several free columns.
    int[] sizes = {1, 31, 32, 33, 64, 65, 97, 260};
    for (int size : sizes) {
      double[] penalties = new double[3 + size % 4];
      Arrays.setAll(penalties, p -> 200 * Math.pow(0.4, p));
      penalties[penalties.length - 1] = size % 2 == 0 ? 0 : 1e-3;
      Paths.Problem problem = signs(400, size, size, penalties);
      for (int j = 0; j < size; j += 30) {
        problem.free()[j] = true;
      }
      problems.add(problem);
    }
    problems.add(signs(20, 4, 1, new double[0]));
    try (Backend host = new HostBackend(1)) {
      List<double[]> lasso = backend.paths().lasso(problems);
      List<double[]> expectedLasso = host.paths().lasso(problems);
      List<double[]> ridge = backend.paths().ridge(problems);
      List<double[]> expectedRidge = host.paths().ridge(problems);
      for (int p = 0; p < problems.size(); p++) {
        // Conditions hold to 1e-7 of products up to 2000, and eigenvalues stay above 10.
        assertArrayEquals(expectedLasso.get(p), lasso.get(p), 1e-4);
        assertOptimal(problems.get(p), lasso.get(p));
        assertArrayEquals(expectedRidge.get(p), ridge.get(p), 1e-9);
      }
    }
  }

  @ParameterizedTest
  @MethodSource("backends")
  void nearlyDependentColumnsMeetTheConditions(Backend backend) {
    // Fewer rows than columns and weak penalties: descent alone would crawl.
    double[] penalties = {20, 5, 1, 0.1, 1e-3};
    Paths.Problem problem = signs(60, 200, 7, penalties);
    assertOptimal(problem, solve(backend, List.of(problem)).get(0));
    double[] path = backend.paths().ridge(List.of(problem)).get(0);
    for (int p = 0; p < penalties.length; p++) {
      for (int j = 0; j < 200; j++) {
        double left = problem.products()[j];
        for (int i = 0; i < 200; i++) {
          left -= problem.gram()[j * 200 + i] * path[p * 200 + i];
        }
        // A millionth of a millionth of the products, which go up to some hundreds.
        double pull = problem.free()[j] ? 0 : penalties[p] * path[p * 200 + j];
        assertEquals(pull, left, 1e-9);
      }
    }
  }

  @ParameterizedTest
  @MethodSource("shapes")
  void ridgeSolvesTheNormalEquations(Backend backend, int rows, int columns) {
    double[] penalties = {1e6, 100, 1, 1e-2};
    Paths.Problem problem = signs(rows, columns, 11, penalties);
    double[] path = backend.paths().ridge(List.of(problem)).get(0);
    for (int p = 0; p < penalties.length; p++) {
      DMatrixRMaj system = new DMatrixRMaj(columns, columns, true, problem.gram().clone());
      for (int j = 0; j < columns; j++) {
        system.add(j, j, problem.free()[j] ? 0 : penalties[p]);
      }
      DMatrixRMaj expected = new DMatrixRMaj(columns, 1);
      DMatrixRMaj products = new DMatrixRMaj(columns, 1, true, problem.products().clone());
      assertTrue(CommonOps_DDRM.solve(system, products, expected));
      // The penalty 1e-2 against eigenvalues near 1e3 loses five of the sixteen digits.
      double[] found = Arrays.copyOfRange(path, p * columns, (p + 1) * columns);
      assertArrayEquals(expected.getData(), found, 1e-8);
    }
  }

  @ParameterizedTest
  @MethodSource("backends")
  void ridgeTakesTheSmallestOfEqualFits(Backend backend) {
    // y = 3 on two equal penalised columns next to one equal free column: the free one takes all.
    double[] gram = {4, 4, 4, 4, 4, 4, 4, 4, 4};
    Paths.Problem tied =
        new Paths.Problem(
            3,
            gram,
            new double[] {12, 12, 12},
            new boolean[] {true, false, false},
            new double[] {1, 0});
    double[] path = backend.paths().ridge(List.of(tied)).get(0);
    assertArrayEquals(new double[] {3, 0, 0, 3, 0, 0}, path, 1e-12);
    Paths.Problem even =
        new Paths.Problem(
            2,
            new double[] {4, 4, 4, 4},
            new double[] {12, 12},
            new boolean[2],
            new double[] {1, 0});
    double half = 12.0 / 9;
    assertArrayEquals(
        new double[] {half, half, 1.5, 1.5}, backend.paths().ridge(List.of(even)).get(0), 1e-12);
  }

  private static List<double[]> solve(Backend backend, List<Paths.Problem> problems) {
    return backend.paths().lasso(problems);
  }

  /** A random regression on columns of signs; the first column is constant and free. */
  private static Paths.Problem signs(int rows, int columns, int seed, double[] penalties) {
    Philox.Stream random = Philox.stream(seed, 1);
    double[][] phi = new double[columns][rows];
    double[] y = new double[rows];
    for (int j = 0; j < columns; j++) {
      double weight = random.nextGaussian();
      for (int r = 0; r < rows; r++) {
        phi[j][r] = j == 0 || random.nextInt(2) == 0 ? 1 : -1;
        y[r] += (j % 3 == 0 ? weight : 0) * phi[j][r];
      }
    }
    double[] gram = new double[columns * columns];
    double[] products = new double[columns];
    for (int i = 0; i < columns; i++) {
      for (int r = 0; r < rows; r++) {
        products[i] += phi[i][r] * (y[r] + 0.1 * Math.sin(r));
        for (int j = 0; j < columns; j++) {
          gram[i * columns + j] += phi[i][r] * phi[j][r];
        }
      }
    }
    boolean[] free = new boolean[columns];
    free[0] = true;
    return new Paths.Problem(columns, gram, products, free, penalties);
  }

  /**
   * The products of the residual must equal the penalty with the weight's sign, or not exceed it
   * where the weight is 0, up to a millionth of the largest product.
   */
  private static void assertOptimal(Paths.Problem problem, double[] path) {
    int size = problem.size();
    double slack = 0;
    for (double b : problem.products()) {
      slack = Math.max(slack, 1e-6 * Math.abs(b));
    }
    for (int p = 0; p < problem.penalties().length; p++) {
      for (int j = 0; j < size; j++) {
        double residual = problem.products()[j];
        for (int i = 0; i < size; i++) {
          residual -= problem.gram()[j * size + i] * path[p * size + i];
        }
        double weight = path[p * size + j];
        double penalty = problem.free()[j] ? 0 : problem.penalties()[p];
        if (weight == 0) {
          assertTrue(Math.abs(residual) <= penalty + slack, "column " + j + " was left out");
        } else {
          assertEquals(penalty * Math.signum(weight), residual, slack, "column " + j);
        }
      }
    }
  }
}
