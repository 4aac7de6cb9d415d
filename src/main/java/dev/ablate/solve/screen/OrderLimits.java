package dev.ablate.solve.screen;

import dev.ablate.backend.Screening;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What a set of an order must exceed to be taken, in standard errors. The family-wise error of a
 * pass is spent in equal parts on the orders: there are few single features and millions of sets of
 * four, and one threshold for all would let no feature pass at few masks.
 *
 * @param thresholds by order, what is larger is taken
 */
record OrderLimits(SortedMap<Integer, Double> thresholds) {
  /** What least squares on all terms leaves below this share of its threshold is dropped. */
  private static final double KEPT = 5.0 / 6;

  /** Sets that noise alone brings near the thresholds, about; later rounds look at them first. */
  private static final double NEAR = 2_000;

  private static final double LEAST_NEAR = 3;

  /** The largest tail that a near miss may have. */
  private static final double MOST_TAIL = 0.1;

  /**
   * The limits of a search.
   *
   * @param plan what it tests
   * @param features number of features
   * @param chosenFrom how many there were before these were chosen by their own coefficients: so
   *     many sets of order one have been looked at
   * @param error probability that a pass over pure noise takes anything
   */
  static OrderLimits of(ScreenPlan plan, int features, int chosenFrom, double error) {
    SortedMap<Integer, Double> candidates = new TreeMap<>();
    for (int order = 1; order <= plan.maxOrder(); order++) {
      double count = plan.candidates(order, order == 1 ? chosenFrom : features);
      if (count > 0) {
        candidates.put(order, count);
      }
    }
    return of(candidates, error);
  }

  /** Those of all sets of some orders, among all features. */
  static OrderLimits ofAll(int minOrder, int maxOrder, int features, double error) {
    SortedMap<Integer, Double> candidates = new TreeMap<>();
    for (int order = minOrder; order <= maxOrder; order++) {
      candidates.put(order, Screening.candidates(features, order, order));
    }
    return of(candidates, error);
  }

  private static OrderLimits of(SortedMap<Integer, Double> candidates, double error) {
    SortedMap<Integer, Double> thresholds = new TreeMap<>();
    double each = error / candidates.size();
    candidates.forEach(
        (order, count) -> thresholds.put(order, NormalTail.quantile(each / 2 / count)));
    return new OrderLimits(thresholds);
  }

  /** The threshold of an order. */
  double threshold(int order) {
    return thresholds.get(order);
  }

  /** What a term must keep beside the others; it may be of an order that is not searched. */
  double kept(int order) {
    return KEPT * thresholds.getOrDefault(order, thresholds.get(thresholds.lastKey()));
  }

  /** What comes near the threshold of an order among some features. */
  double near(int order, int features) {
    double candidates = Screening.candidates(features, order, order);
    double each = NEAR / thresholds.size() / 2 / candidates;
    double near = Math.max(LEAST_NEAR, NormalTail.quantile(Math.min(MOST_TAIL, each)));
    return Math.min(threshold(order), near);
  }

  /** What a term must keep, by order. */
  Map<Integer, Double> kept() {
    Map<Integer, Double> kept = new LinkedHashMap<>();
    thresholds.forEach((order, z) -> kept.put(order, KEPT * z));
    return kept;
  }
}
