package dev.ablate.solve.lasso;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ablate.backend.Backend;
import dev.ablate.backend.Sets;
import dev.ablate.backend.host.HostBackend;
import dev.ablate.code.Philox;
import dev.ablate.mask.Masks;
import dev.ablate.solve.boost.Folds;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;

class ParityRegressionTest {
  private static final int ROWS = 150;
  private static final int FEATURES = 10;
  private static final Backend BACKEND = new HostBackend(2);
  private static final Masks MASKS =
      new Masks(BACKEND.sampling().uniform(5, 0, 0, ROWS, FEATURES), ROWS, FEATURES);
  private static final Sets SETS = sets();
  private static final double[] VALUES = values();
  private static final Folds FOLDS = Folds.of(MASKS, 4, 9);

  @AfterAll
  static void close() {
    BACKEND.close();
  }

  @Test
  void momentsScoreWeightsAsThePredictionsDo() {
    ParityRegression regression = regression();
    double[] weights = new double[SETS.size()];
    for (int s = 0; s < weights.length; s += 2) {
      weights[s] = 0.3 * s - 1;
    }
    for (int f = 0; f < FOLDS.count(); f++) {
      long[] held = FOLDS.held(f);
      double expected = 0;
      double rest = 0;
      for (int r = 0; r < ROWS; r++) {
        double error = VALUES[r];
        for (int s = 0; s < weights.length; s++) {
          error -= weights[s] * chi(s, r);
        }
        if ((held[r / 64] >>> r & 1) != 0) {
          expected += error * error;
        } else {
          rest += error * error;
        }
      }
      assertEquals(expected, regression.fold(f).squaredError(weights, 0), 1e-9);
      assertEquals(rest, regression.rest(f).squaredError(weights, 0), 1e-9);
    }
  }

  @Test
  void lassoFindsThePlantedTerms() {
    double[] scales = new double[SETS.size()];
    Arrays.fill(scales, 1);
    CrossValidated fit = LassoCrossValidation.fit(regression(), scales);
    assertTrue(fit.r2() > 0.99, "R2 " + fit.r2());
    assertEquals(2, fit.weights()[3], 0.05);
    assertEquals(-1, fit.weights()[12], 0.05);
    assertArrayEquals(fit.weights(), LassoCrossValidation.fit(regression(), scales, fit.penalty()));
  }

  @Test
  void ridgeFindsThePlantedTerms() {
    CrossValidated fit = RidgeCrossValidation.fit(regression());
    assertTrue(fit.r2() > 0.99, "R2 " + fit.r2());
    assertEquals(2, fit.weights()[3], 0.05);
    assertEquals(-1, fit.weights()[12], 0.05);
  }

  @Test
  void leastSquaresLeavesAResidualAcrossTheSupport() {
    double[] support = new double[SETS.size()];
    support[3] = 1;
    support[7] = 1;
    double[] weights = regression().leastSquares(support);
    // Column 0 is the empty set, which always takes part.
    for (int s : new int[] {0, 3, 7}) {
      double product = 0;
      for (int r = 0; r < ROWS; r++) {
        double fitted = weights[0] + weights[3] * chi(3, r) + weights[7] * chi(7, r);
        product += chi(s, r) * (VALUES[r] - fitted);
      }
      assertEquals(0, product, 1e-4);
    }
    assertEquals(0, weights[5]);
  }

  private static ParityRegression regression() {
    return ParityRegression.of(BACKEND, MASKS, VALUES, SETS, FOLDS);
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

  private static double chi(int set, int row) {
    double chi = 1;
    for (int feature : SETS.get(set)) {
      chi = MASKS.kept(row, feature) ? -chi : chi;
    }
    return chi;
  }
}
