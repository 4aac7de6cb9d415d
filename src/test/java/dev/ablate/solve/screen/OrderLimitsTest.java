package dev.ablate.solve.screen;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ablate.backend.Screening;
import dev.ablate.setting.Settings;
import org.junit.jupiter.api.Test;

/** How a pass spends its error. */
class OrderLimitsTest {
  @Test
  void theOrdersSpendTheErrorTogether() {
    int features = 40;
    ScreenPlan plan = ScreenPlan.of(features, 400, 1e9, Settings.STANDARD);
    OrderLimits limits = OrderLimits.of(plan, features, features, 0.05);
    double spent = 0;
    for (int order = 1; order <= plan.fullOrder(); order++) {
      spent +=
          2
              * Screening.candidates(features, order, order)
              * NormalTail.probability(limits.threshold(order));
    }
    assertEquals(0.05 * plan.fullOrder() / limits.thresholds().size(), spent, 1e-9);
  }

  /** A single feature needs far less than a set of four, and no near miss passes. */
  @Test
  void lowOrdersNeedLess() {
    ScreenPlan plan = ScreenPlan.of(40, 400, 1e9, Settings.STANDARD);
    OrderLimits limits = OrderLimits.of(plan, 40, 40, 0.05);
    assertTrue(limits.threshold(1) < 4 && limits.threshold(4) > 5);
    double before = 0;
    for (int order = 1; order <= plan.fullOrder(); order++) {
      assertTrue(limits.threshold(order) > before);
      assertTrue(limits.near(order, 40) <= limits.threshold(order));
      assertTrue(limits.kept(order) < limits.threshold(order));
      before = limits.threshold(order);
    }
  }

  @Test
  void oneFeatureHasOneOrder() {
    OrderLimits limits = OrderLimits.of(ScreenPlan.of(1, 2, 1e9, Settings.STANDARD), 1, 1, 0.05);
    assertEquals(1, limits.thresholds().size());
    assertEquals(1.959964, limits.threshold(1), 1e-5);
  }

  /** Of features that were chosen by what they do alone, all were looked at; pairs are new. */
  @Test
  void singlesThatWereChosenAmongMoreNeedMore() {
    ScreenPlan plan = ScreenPlan.of(40, 400, 1e9, Settings.STANDARD);
    OrderLimits plain = OrderLimits.of(plan, 40, 40, 0.05);
    OrderLimits chosen = OrderLimits.of(plan, 40, 4_000, 0.05);
    assertEquals(
        2 * 40 * NormalTail.probability(plain.threshold(1)),
        2 * 4_000 * NormalTail.probability(chosen.threshold(1)),
        1e-9);
    assertEquals(plain.threshold(2), chosen.threshold(2));
  }
}
