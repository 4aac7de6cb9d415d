package dev.ablate.solve.auto;

import dev.ablate.backend.host.HostCholesky;
import java.util.Arrays;
import java.util.stream.IntStream;

/**
 * A convex blend of contenders: the weights, none negative and 1 together, whose errors on masks
 * that no contender has seen are least.
 *
 * <p>With weights of sum 1 what the blend leaves is the blend of what the contenders leave, so that
 * their products are all there is to know. Source: Breiman, Stacked regressions, Machine Learning
 * 24, 1996.
 *
 * @param weights {@code (contenders)}
 * @param error sum of squared errors to expect on as many other rows: that on the rows which chose
 *     the weights, and for each weight but one twice what fitting it to them gains, on average
 *     (Mallows' criterion)
 */
record Blend(double[] weights, double error) {
  /** A contender of less weight is not worth another fit. */
  private static final double LEAST = 0.05;

  /** Share of a column's length that must stay beside the others. */
  private static final double INDEPENDENT = 1e-9;

  /**
   * The best blend.
   *
   * @param left {@code (contenders, rows)} what each leaves, at most 16 of them
   */
  static Blend of(double[][] left) {
    int rows = left[0].length;
    double[][] products = products(left);
    double[] weights = weights(products);
    int free = Integer.bitCount(members(weights, Double.MIN_VALUE)) - 1;
    return new Blend(weights, error(products, weights) * (1 + 2.0 * free / rows));
  }

  /** Whether one contender has all the weight. */
  boolean single() {
    return Integer.bitCount(members(weights, Double.MIN_VALUE)) == 1;
  }

  private static double[][] products(double[][] left) {
    double[][] products = new double[left.length][left.length];
    for (int i = 0; i < left.length; i++) {
      for (int j = 0; j <= i; j++) {
        for (int r = 0; r < left[i].length; r++) {
          products[i][j] += left[i][r] * left[j][r];
        }
        products[j][i] = products[i][j];
      }
    }
    return products;
  }

  private static double error(double[][] products, double[] weights) {
    double error = 0;
    for (int i = 0; i < weights.length; i++) {
      for (int j = 0; j < weights.length; j++) {
        error += weights[i] * weights[j] * products[i][j];
      }
    }
    return error;
  }

  /** The best weights, without contenders that would hardly count. */
  private static double[] weights(double[][] products) {
    int among = (1 << products.length) - 1;
    while (true) {
      double[] weights = weights(products, among);
      int kept = members(weights, LEAST);
      if (kept == members(weights, Double.MIN_VALUE)) {
        return weights;
      }
      among = kept;
    }
  }

  /** Bits of the contenders that have at least some weight. */
  private static int members(double[] weights, double least) {
    return IntStream.range(0, weights.length)
        .map(i -> weights[i] >= least ? 1 << i : 0)
        .reduce(0, (a, b) -> a | b);
  }

  /** The best weights among some contenders: those of the best of all their subsets. */
  private static double[] weights(double[][] products, int among) {
    double[] best = null;
    double least = Double.POSITIVE_INFINITY;
    for (int subset = 1; subset < 1 << products.length; subset++) {
      if ((subset & ~among) == 0) {
        double[] weights = inner(products, subset);
        if (weights != null && (best == null || error(products, weights) < least)) {
          best = weights;
          least = error(products, weights);
        }
      }
    }
    return best;
  }

  /**
   * The weights of sum 1 that are best for a subset, whatever their sign: they solve {@code
   * products weights = constant}. Null where one is not positive or the contenders do not differ.
   */
  private static double[] inner(double[][] products, int subset) {
    int[] members =
        IntStream.range(0, products.length).filter(i -> (subset >> i & 1) != 0).toArray();
    double[] weights = new double[products.length];
    if (members.length == 1) {
      weights[members[0]] = 1;
      return weights;
    }
    double[][] factor = new double[members.length][];
    for (int i = 0; i < members.length; i++) {
      factor[i] = new double[i + 1];
      for (int j = 0; j <= i; j++) {
        factor[i][j] = products[members[i]][members[j]];
      }
    }
    if (!HostCholesky.factor(factor, null)) {
      return null;
    }
    double[] solved = new double[members.length];
    Arrays.fill(solved, 1);
    for (int i = 0; i < members.length; i++) {
      double length = products[members[i]][members[i]];
      if (!(factor[i][i] * factor[i][i] > INDEPENDENT * length)) {
        return null;
      }
    }
    HostCholesky.solve(factor, solved);
    double sum = Arrays.stream(solved).sum();
    for (int i = 0; i < members.length; i++) {
      weights[members[i]] = solved[i] / sum;
      if (!(weights[members[i]] > 0)) {
        return null;
      }
    }
    return weights;
  }
}
