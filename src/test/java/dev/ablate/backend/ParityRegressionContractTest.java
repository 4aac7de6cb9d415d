package dev.ablate.backend;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ablate.backend.host.HostBackend;
import dev.ablate.code.Philox;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Regressions on parities against predictions row by row, and devices against the host. */
class ParityRegressionContractTest {
  private static final int ROWS = 150;
  private static final int FEATURES = 10;
  private static final int FOLDS = 4;
  private static final Backend HOST = new HostBackend(1);
  private static final HostBuffer MASKS = HOST.sampling().uniform(5, 0, 0, ROWS, FEATURES).toHost();
  private static final Sets SETS = sets();
  private static final double[] VALUES = values();
  private static final long[][] DIVISION = division();
  private static final double[] SCALES =
      IntStream.range(0, SETS.size()).mapToDouble(s -> 1 + 0.3 * (s % 4)).toArray();

  static Stream<Backend> backends() {
    return BackendsUnderTest.all();
  }

  @ParameterizedTest
  @MethodSource("backends")
  void errorsAreThoseOfThePredictions(Backend backend) {
    double[] penalties = {0.5, 0.1, 0.01};
    double[] ridge = {100, 1, 1e-3};
    double[] lassoErrors = new double[3];
    double[] ridgeErrors = new double[3];
    for (int f = 0; f < FOLDS; f++) {
      // The other folds alone, as one fold; what is fitted to them is scored on this one.
      int[] rest = rows(f, false);
      long[] all = new long[(rest.length + 63) / 64];
      Arrays.setAll(all, w -> 64 * w + 64 <= rest.length ? -1L : (1L << rest.length % 64) - 1);
      HostBuffer masks = HostBuffer.of(select(rest));
      HostBuffer y = HostBuffer.of(Arrays.stream(rest).mapToDouble(r -> VALUES[r]).toArray());
      try (ParityRegression.Sums sums =
          HOST.parityRegression().sums(SETS, masks, rest.length, FEATURES, y, new long[][] {all})) {
        for (int p = 0; p < 3; p++) {
          lassoErrors[p] += error(sums.lasso(SCALES, penalties[p]), rows(f, true));
          ridgeErrors[p] += error(sums.ridge(ridge[p]), rows(f, true));
        }
      }
    }
    try (ParityRegression.Sums sums = sums(backend)) {
      // The lasso stops at 1e-7 of the largest product; a path and a single penalty differ so far.
      assertArrayEquals(lassoErrors, sums.lassoErrors(SCALES, penalties), 1e-4);
      assertArrayEquals(ridgeErrors, sums.ridgeErrors(ridge), 1e-8);
    }
  }

  @ParameterizedTest
  @MethodSource("backends")
  void theSumsAreThoseOfTheRows(Backend backend) {
    try (ParityRegression.Sums sums = sums(backend)) {
      assertEquals(SETS.size(), sums.size());
      assertEquals(ROWS, sums.rows());
      assertEquals(Arrays.stream(VALUES).map(v -> v * v).sum(), sums.energy(), 1e-10);
      assertTrue(sums.free()[0]);
      double[] products = sums.products();
      for (int s = 0; s < SETS.size(); s++) {
        double product = 0;
        for (int r = 0; r < ROWS; r++) {
          product += chi(s, r) * VALUES[r];
        }
        assertEquals(product, products[s], 1e-10);
        assertEquals(s == 0, sums.free()[s]);
      }
    }
  }

  @ParameterizedTest
  @MethodSource("backends")
  void weightsAreThoseOfTheHost(Backend backend) {
    try (ParityRegression.Sums expected = sums(HOST);
        ParityRegression.Sums sums = sums(backend)) {
      for (double penalty : new double[] {1, 0.1, 0.001}) {
        assertArrayEquals(expected.lasso(SCALES, penalty), sums.lasso(SCALES, penalty), 1e-6);
        assertArrayEquals(expected.ridge(penalty), sums.ridge(penalty), 1e-9);
      }
    }
  }

  @ParameterizedTest
  @MethodSource("backends")
  void aSolutionNearbyLeadsToTheSameWeights(Backend backend) {
    try (ParityRegression.Sums sums = sums(backend)) {
      for (double penalty : new double[] {0.5, 0.1, 0.001}) {
        double[] expected = sums.lasso(SCALES, penalty);
        for (double other : new double[] {1, 0.1, 0.01}) {
          double[] start = sums.lasso(SCALES, other);
          // As if the last columns were new.
          Arrays.fill(start, start.length / 2, start.length, 0);
          assertArrayEquals(expected, sums.lasso(SCALES, penalty, start, other), 1e-6);
        }
      }
    }
  }

  @ParameterizedTest
  @MethodSource("backends")
  void leastSquaresLeavesAResidualAcrossTheSupport(Backend backend) {
    int[] support = {0, 3, 7};
    try (ParityRegression.Sums sums = sums(backend)) {
      double[] weights = sums.leastSquares(support);
      for (int s : support) {
        double product = 0;
        for (int r = 0; r < ROWS; r++) {
          double fitted = 0;
          for (int t : support) {
            fitted += weights[t] * chi(t, r);
          }
          product += chi(s, r) * (VALUES[r] - fitted);
        }
        // The descent stops at 1e-7 of the largest product, some 300.
        assertEquals(0, product, 1e-4);
      }
      assertEquals(0, weights[5]);
      assertArrayEquals(new double[SETS.size()], sums.leastSquares(new int[0]));
    }
  }

  @ParameterizedTest
  @MethodSource("backends")
  void hitsAreTheCoefficientsAboveTheThreshold(Backend backend) {
    HostBuffer y = HostBuffer.of(VALUES);
    ParityRegression regression = backend.parityRegression();
    ParityRegression.Hits all = regression.hits(SETS, MASKS, ROWS, FEATURES, y, -1);
    assertArrayEquals(IntStream.range(0, SETS.size()).toArray(), all.positions());
    ParityRegression.Hits hits = regression.hits(SETS, MASKS, ROWS, FEATURES, y, 0.5);
    int[] expected =
        IntStream.range(0, SETS.size())
            .filter(s -> Math.abs(all.coefficients()[s]) > 0.5)
            .toArray();
    assertTrue(expected.length >= 2 && expected.length < SETS.size());
    assertArrayEquals(expected, hits.positions());
    for (int i = 0; i < expected.length; i++) {
      assertEquals(all.coefficients()[expected[i]], hits.coefficients()[i]);
      double product = 0;
      for (int r = 0; r < ROWS; r++) {
        product += chi(expected[i], r) * VALUES[r];
      }
      assertEquals(product / ROWS, hits.coefficients()[i], 1e-12);
    }
    assertEquals(0, regression.hits(SETS, MASKS, ROWS, FEATURES, y, 1e9).positions().length);
    Sets none = Sets.of(List.of());
    assertEquals(0, regression.hits(none, MASKS, ROWS, FEATURES, y, 0).positions().length);
  }

  @ParameterizedTest
  @MethodSource("backends")
  void productsAreTheSumsOfEachColumnOfValues(Backend backend) {
    int outputs = 3;
    double[] values = new double[ROWS * outputs];
    Arrays.setAll(values, k -> (1 + k % outputs) * VALUES[k / outputs] + k % outputs * (k % 7));
    double[] products =
        backend
            .parityRegression()
            .products(SETS, MASKS, ROWS, FEATURES, HostBuffer.of(values), outputs);
    double[] expected = new double[outputs * SETS.size()];
    for (int o = 0; o < outputs; o++) {
      for (int s = 0; s < SETS.size(); s++) {
        for (int r = 0; r < ROWS; r++) {
          expected[o * SETS.size() + s] += chi(s, r) * values[r * outputs + o];
        }
      }
    }
    assertArrayEquals(expected, products, 1e-9);
  }

  private static ParityRegression.Sums sums(Backend backend) {
    return backend
        .parityRegression()
        .sums(SETS, MASKS, ROWS, FEATURES, HostBuffer.of(VALUES), DIVISION);
  }

  private static double error(double[] weights, int[] rows) {
    double error = 0;
    for (int r : rows) {
      double left = VALUES[r];
      for (int s = 0; s < weights.length; s++) {
        left -= weights[s] * chi(s, r);
      }
      error += left * left;
    }
    return error;
  }

  /** The empty set, singletons, then pairs with feature 0. */
  private static Sets sets() {
    List<int[]> sets = new ArrayList<>();
    sets.add(new int[0]);
    for (int i = 0; i < FEATURES; i++) {
      sets.add(new int[] {i});
    }
    for (int i = 1; i < FEATURES; i++) {
      sets.add(new int[] {0, i});
    }
    return Sets.of(sets);
  }

  private static double[] values() {
    Philox.Stream random = Philox.stream(1, 1);
    double[] values = new double[ROWS];
    for (int r = 0; r < ROWS; r++) {
      values[r] = 2 * chi(3, r) - chi(12, r) + 0.05 * random.nextGaussian();
    }
    return values;
  }

  private static long[][] division() {
    long[][] folds = new long[FOLDS][(ROWS + 63) / 64];
    for (int r = 0; r < ROWS; r++) {
      folds[r * 7 % 11 % FOLDS][r / 64] |= 1L << r;
    }
    return folds;
  }

  private static int[] rows(int fold, boolean inside) {
    return IntStream.range(0, ROWS)
        .filter(r -> (DIVISION[fold][r / 64] >>> r & 1) != 0 == inside)
        .toArray();
  }

  private static long[] select(int[] rows) {
    return Arrays.stream(rows).mapToLong(r -> MASKS.words()[r]).toArray();
  }

  private static double chi(int set, int row) {
    double chi = 1;
    for (int feature : SETS.get(set)) {
      chi = (MASKS.words()[row] >>> feature & 1) != 0 ? -chi : chi;
    }
    return chi;
  }
}
