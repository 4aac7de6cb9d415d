package dev.ablate.solve.lasso;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ablate.backend.Backend;
import dev.ablate.backend.HostBuffer;
import dev.ablate.backend.ParityRegression;
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

/** The choice of a penalty on planted terms. */
class CrossValidationTest {
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
  void lassoFindsThePlantedTerms() {
    double[] scales = new double[SETS.size()];
    Arrays.fill(scales, 1);
    ParityRegression.Sums regression = regression();
    CrossValidated fit = LassoCrossValidation.fit(regression, scales);
    assertTrue(fit.r2() > 0.99, "R2 " + fit.r2());
    assertEquals(2, fit.weights()[3], 0.05);
    assertEquals(-1, fit.weights()[12], 0.05);
    assertArrayEquals(fit.weights(), regression.lasso(scales, fit.penalty()));
  }

  @Test
  void ridgeFindsThePlantedTerms() {
    CrossValidated fit = RidgeCrossValidation.fit(regression());
    assertTrue(fit.r2() > 0.99, "R2 " + fit.r2());
    assertEquals(2, fit.weights()[3], 0.05);
    assertEquals(-1, fit.weights()[12], 0.05);
  }

  private static ParityRegression.Sums regression() {
    return BACKEND
        .parityRegression()
        .sums(SETS, MASKS.buffer(), ROWS, FEATURES, HostBuffer.of(VALUES), FOLDS.held());
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
