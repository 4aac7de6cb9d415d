package dev.ablate.solve.surrogate;

import dev.ablate.index.Index;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * How an index weighs the values of masks. Every index here is {@code sum_m (-1)^(s - |m and S|)
 * p_s(|m without S|) f(m)} with {@code p_s(t) = sum_q w_s(q) q^t (1-q)^(n-s-t)}: the weights
 * average over the probability q with which each feature outside of S is kept.
 *
 * @param index the index
 * @param features number of features n
 * @param nodes the q
 * @param weights {@code (order + 1, nodes)} the {@code w_s(q)}
 */
public record SizeRule(Index index, int features, double[] nodes, double[][] weights) {
  /** So many nodes are enough whatever the number of features: integrands are smooth. */
  private static final int MOST_NODES = 24;

  /**
   * The rule of an index that weighs values by itself: Fourier, Moebius, SII, STII or FSII.
   *
   * @param order highest order of the index
   */
  public static SizeRule of(Index index, int order, int features) {
    // An integrand is a polynomial, for which so many nodes are exact.
    int exact = (features + order) / 2 + 1;
    int smooth = Math.max(MOST_NODES, order + MOST_NODES / 2);
    return of(index, order, features, Math.min(smooth, exact));
  }

  private static SizeRule of(Index index, int order, int features, int count) {
    return switch (index) {
      case FOURIER, BII, BV, FBII -> at(index, features, order, 0.5, s -> Math.scalb(sign(s), -s));
      case MOEBIUS -> at(index, features, order, 0, s -> 1);
      case SII, SV, K_SII -> integral(index, features, order, count, (s, q) -> 1);
      case STII ->
          integral(index, features, order, count, (s, q) -> s < order ? Double.NaN : top(order, q));
      case FSII -> integral(index, features, order, count, (s, q) -> fsii(s, order, q));
    };
  }

  /** The same by another number of nodes, where it is an integral. */
  SizeRule withNodes(int count) {
    return of(index, weights.length - 1, features, count);
  }

  /** How many nodes the integral takes; 0 where it is none. */
  int averaged() {
    return nodes.length - 1;
  }

  /** The nodes by the orders of the sets that they weigh; those that weigh none are left out. */
  Map<BitSet, List<Integer>> nodesByOrders() {
    Map<BitSet, List<Integer>> alike = new LinkedHashMap<>();
    for (int k = 0; k < nodes.length; k++) {
      BitSet orders = new BitSet();
      for (int s = 0; s < weights.length; s++) {
        orders.set(s, weights[s][k] != 0);
      }
      if (!orders.isEmpty()) {
        alike.computeIfAbsent(orders, o -> new ArrayList<>()).add(k);
      }
    }
    return alike;
  }

  private interface BySize {
    double weight(int s);
  }

  private interface ByNode {
    double weight(int s, double q);
  }

  private static double sign(int s) {
    return s % 2 == 0 ? 1 : -1;
  }

  private static double top(int order, double q) {
    return order * Math.pow(1 - q, order - 1);
  }

  private static SizeRule at(Index index, int features, int order, double node, BySize weight) {
    double[][] weights = new double[order + 1][1];
    for (int s = 0; s <= order; s++) {
      weights[s][0] = weight.weight(s);
    }
    return new SizeRule(index, features, new double[] {node}, weights);
  }

  /** Orders whose weight is NaN take the node 0, where the Moebius coefficient is. */
  private static SizeRule integral(Index index, int features, int order, int count, ByNode weight) {
    double[][] legendre = Legendre.nodes(count);
    double[] nodes = Arrays.copyOf(legendre[0], count + 1);
    double[][] weights = new double[order + 1][count + 1];
    for (int s = 0; s <= order; s++) {
      for (int k = 0; k < count; k++) {
        double there = weight.weight(s, nodes[k]);
        weights[s][k] = Double.isNaN(there) ? 0 : there * legendre[1][k];
      }
      weights[s][count] = Double.isNaN(weight.weight(s, 0.5)) ? 1 : 0;
    }
    return new SizeRule(index, features, nodes, weights);
  }

  /**
   * FSII weighs {@code q^(s-1) (1-q)^(s-1)} times the polynomial of degree {@code l - s} for which
   * a Moebius coefficient of order s counts once and those of orders s+1 to l do not: integrals
   * with it of polynomials up to that degree are their values at 0, so that it is the sum of the
   * products of the weight's orthonormal polynomials at q and at 0.
   */
  private static double fsii(int s, int order, double q) {
    return s == 0 ? Double.NaN : valueAtNothing(s, order - s, q) * Math.pow(q * (1 - q), s - 1);
  }

  /** The sum of products up to a degree, by the recurrence of Jacobi's polynomials. */
  private static double valueAtNothing(int s, int degree, double q) {
    double lambda = s - 0.5;
    double[] at = {2 * q - 1, -1};
    double[] before = new double[2];
    double[] value = {1, 1};
    double sum = 1;
    double step = 0;
    for (int k = 1; k <= degree; k++) {
      double next = Math.sqrt(k * (k + 2 * lambda - 1) / (4 * (k + lambda) * (k + lambda - 1)));
      for (int x = 0; x < 2; x++) {
        double after = (at[x] * value[x] - step * before[x]) / next;
        before[x] = value[x];
        value[x] = after;
      }
      step = next;
      sum += value[0] * value[1];
    }
    return sum / beta(s, s);
  }

  /** The beta function of two whole numbers. */
  private static double beta(int a, int b) {
    double value = 1.0 / a;
    for (int k = 1; k < b; k++) {
      value *= k / (double) (a + k);
    }
    return value;
  }

  /** {@code (features - s + 1)} the weights {@code p_s(t)} of masks with t features outside. */
  double[] bySize(int s) {
    double[] weight = new double[features - s + 1];
    for (int k = 0; k < nodes.length; k++) {
      double q = nodes[k];
      for (int t = 0; t < weight.length && weights[s][k] != 0; t++) {
        weight[t] += weights[s][k] * Math.pow(q, t) * Math.pow(1 - q, features - s - t);
      }
    }
    return weight;
  }
}
