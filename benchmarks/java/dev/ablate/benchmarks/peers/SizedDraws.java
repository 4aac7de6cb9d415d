package dev.ablate.benchmarks.peers;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.random.RandomGenerator;

/**
 * Different masks whose sizes are drawn by weights. A size of which all masks would be expected is
 * taken whole, the others are drawn; pairs are a mask and its complement.
 */
final class SizedDraws {
  private final int features;
  private final double[] weights;
  private final boolean paired;
  private final boolean[] whole;
  private final Map<Integer, Integer> counts = new LinkedHashMap<>();
  private double draws;

  /**
   * Draws masks.
   *
   * @param weights one for each size 0 to n; a size of weight 0 is never drawn
   * @param budget how many different masks
   */
  SizedDraws(int features, double[] weights, int budget, boolean paired, RandomGenerator random) {
    this.features = features;
    this.weights = weights.clone();
    this.paired = paired;
    this.whole = new boolean[features + 1];
    int most = 0;
    for (int s = 0; s <= features; s++) {
      most += weights[s] > 0 ? (int) binomial(features, s) : 0;
    }
    int left = takeWhole(Math.min(budget, most));
    draw(left, random);
  }

  /** Masks that were drawn or taken. */
  List<Integer> masks() {
    return new ArrayList<>(counts.keySet());
  }

  /** By how much a mask stands for those of its size that were not drawn; 1 in whole sizes. */
  double standsFor(int mask) {
    int size = Integer.bitCount(mask);
    if (whole[size]) {
      return 1;
    }
    double probability = weights[size] / Arrays.stream(weights).sum() / binomial(features, size);
    return 1 / -Math.expm1(draws * Math.log1p(-probability));
  }

  /** From the ends inwards, as long as all masks of a size would be drawn. */
  private int takeWhole(int budget) {
    int left = budget;
    for (int s = 0; s <= features / 2; s++) {
      int other = features - s;
      double sum = Arrays.stream(weights).sum();
      double both = binomial(features, s) * (s == other ? 1 : 2);
      double share = (weights[s] + (s == other ? 0 : weights[other])) / sum;
      if (sum == 0 || weights[s] == 0 && weights[other] == 0) {
        continue;
      }
      if (both > left || share * left < both) {
        return left;
      }
      for (int mask = 0; mask < 1 << features; mask++) {
        int size = Integer.bitCount(mask);
        if (size == s || size == other) {
          counts.put(mask, 1);
        }
      }
      left -= (int) both;
      for (int size : new int[] {s, other}) {
        whole[size] = true;
        weights[size] = 0;
      }
    }
    return left;
  }

  private void draw(int budget, RandomGenerator random) {
    int until = counts.size() + budget;
    while (counts.size() < until) {
      int mask = mask(size(random), random);
      counts.merge(mask, 1, Integer::sum);
      draws++;
      if (paired && counts.size() < until) {
        counts.merge(((1 << features) - 1) ^ mask, 1, Integer::sum);
        draws++;
      }
    }
  }

  private int size(RandomGenerator random) {
    double at = random.nextDouble() * Arrays.stream(weights).sum();
    int size = 0;
    while (size < features && at >= weights[size]) {
      at -= weights[size++];
    }
    return size;
  }

  private int mask(int size, RandomGenerator random) {
    int mask = 0;
    int wanted = size;
    for (int f = 0; f < features; f++) {
      if (random.nextDouble() * (features - f) < wanted) {
        mask |= 1 << f;
        wanted--;
      }
    }
    return mask;
  }

  static double binomial(int n, int k) {
    double product = 1;
    for (int i = 1; i <= k; i++) {
      product = product * (n - k + i) / i;
    }
    return Math.rint(product);
  }
}
