package dev.ablate.benchmarks.peers;

import dev.ablate.benchmarks.exact.Asked;
import dev.ablate.benchmarks.exact.SmallSets;
import dev.ablate.index.Index;
import java.util.Arrays;
import java.util.List;
import java.util.function.IntToDoubleFunction;
import java.util.random.RandomGenerator;

/**
 * Shapley values by weighted least squares: {@code v(S) - v(none)} on the terms {@code [T in S]} of
 * all sets T up to an order, under the Shapley kernel, so that the terms add up to {@code v(all) -
 * v(none)}; each term is shared evenly by its features. Order 1 is KernelSHAP (Lundberg, Lee 2017),
 * and LeverageSHAP (Musco, Witter 2025) when all sizes are drawn alike; higher orders are PolySHAP
 * (Fumagalli and others 2026), order 2 is k_ADD-SHAP's family.
 */
public final class KernelRegression implements Peer {
  /** Picks the shortest of equal answers where masks are too few, and changes nothing else. */
  private static final double RIDGE = 1e-10;

  private final String name;
  private final int order;
  private final boolean paired;
  private final boolean bySize;

  /**
   * A regression.
   *
   * @param bySize whether all sizes are drawn alike; otherwise by the Shapley kernel
   */
  public KernelRegression(String name, int order, boolean paired, boolean bySize) {
    this.name = name;
    this.order = order;
    this.paired = paired;
    this.bySize = bySize;
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public boolean gives(Asked asked) {
    return asked.index() == Index.SV;
  }

  @Override
  public int least(int features, Asked asked) {
    return 1 + SmallSets.of(features, order).length;
  }

  @Override
  public double[] estimate(LookedUp game, int masks, Asked asked, RandomGenerator random) {
    int n = game.features();
    double[] sizes = new double[n + 1];
    for (int s = 1; s < n; s++) {
      sizes[s] = bySize ? 1 : 1.0 / (s * (n - s));
    }
    SizedDraws draws = new SizedDraws(n, sizes, masks - 2, paired, random);
    double none = game.value(0);
    double whole = game.value(game.all()) - none;
    IntToDoubleFunction weight =
        mask -> {
          int s = Integer.bitCount(mask);
          return draws.standsFor(mask) / (SizedDraws.binomial(n, s) * s * (n - s));
        };
    int[] terms = SmallSets.of(n, order);
    double[] found = solve(draws.masks(), terms, weight, m -> game.value(m) - none, whole);
    double[] shares = new double[n];
    for (int t = 0; t < terms.length; t++) {
      for (int f = 0; f < n; f++) {
        shares[f] += (terms[t] >> f & 1) * found[t] / Integer.bitCount(terms[t]);
      }
    }
    return shares;
  }

  /** Least squares on what is orthogonal to the sum of the terms, which is known. */
  private static double[] solve(
      List<Integer> masks,
      int[] terms,
      IntToDoubleFunction weight,
      IntToDoubleFunction value,
      double whole) {
    int size = terms.length;
    double[][] gram = new double[size][size];
    double[] right = new double[size];
    double[] column = new double[size];
    for (int mask : masks) {
      double inside = 0;
      for (int t = 0; t < size; t++) {
        column[t] = (terms[t] & mask) == terms[t] ? 1 : 0;
        inside += column[t] / size;
      }
      double w = weight.applyAsDouble(mask);
      double rest = value.applyAsDouble(mask) - inside * whole;
      for (int t = 0; t < size; t++) {
        column[t] -= inside;
      }
      for (int t = 0; t < size; t++) {
        right[t] += w * column[t] * rest;
        for (int u = 0; u <= t; u++) {
          gram[t][u] += w * column[t] * column[u];
        }
      }
    }
    double trace = 0;
    for (int t = 0; t < size; t++) {
      trace += gram[t][t] / size;
    }
    for (int t = 0; t < size; t++) {
      gram[t][t] += RIDGE * trace;
    }
    double[] found = Cholesky.solve(gram, right);
    double sum = Arrays.stream(found).sum();
    return Arrays.stream(found).map(f -> f + (whole - sum) / size).toArray();
  }
}
