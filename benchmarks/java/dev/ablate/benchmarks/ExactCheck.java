package dev.ablate.benchmarks;

import dev.ablate.benchmarks.exact.Asked;
import dev.ablate.benchmarks.exact.EvaluatedSet;
import dev.ablate.benchmarks.exact.SmallSets;
import dev.ablate.benchmarks.exact.TrueIndices;
import dev.ablate.index.Index;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.SplittableRandom;

/**
 * Whether the exact indices that {@link ExactGames} scores against are right: by other definitions
 * on small random games, and by the errors of answering zero that are known of the sets. Ends with
 * status 1 where they are not.
 */
public final class ExactCheck {
  private static final int FEATURES = 6;
  private static final double ROUNDING = 1e-9;

  private int wrong;

  private ExactCheck() {}

  /** Prints a line a check. */
  public static void main(String[] args) {
    ExactCheck check = new ExactCheck();
    check.definitions();
    check.zeros();
    System.exit(check.wrong == 0 ? 0 : 1);
  }

  private void line(String what, double found, double expected, double tolerance) {
    boolean right = Math.abs(found - expected) <= tolerance;
    wrong += right ? 0 : 1;
    System.out.printf(
        Locale.ROOT,
        "%-5s %-60s %.6g, expected %.6g%n",
        right ? "ok" : "WRONG",
        what,
        found,
        expected);
  }

  private void definitions() {
    SplittableRandom random = new SplittableRandom(1);
    double[] values = random.doubles(1 << FEATURES).toArray();
    TrueIndices indices = new TrueIndices(FEATURES, values);
    double whole = values[values.length - 1] - values[0];
    for (Asked asked :
        List.of(new Asked(Index.SV, 1), new Asked(Index.K_SII, 2), new Asked(Index.FSII, 2))) {
      double sum = Arrays.stream(indices.of(asked)).sum();
      line(asked.label() + " adds up to f(all) - f(none)", sum, whole, ROUNDING);
    }
    double[] joins = joining(values);
    line(
        "SV by orders of joining, 1 + largest difference",
        1 + apart(indices.of(new Asked(Index.SV, 1)), joins),
        1,
        ROUNDING);
    for (Index index : List.of(Index.SII, Index.BII)) {
      Asked asked = new Asked(index, 3);
      line(
          asked.label() + " by Moebius coefficients, 1 + largest difference",
          1 + apart(indices.of(asked), byMoebius(values, asked)),
          1,
          ROUNDING);
    }
    double[] fsii = indices.of(new Asked(Index.FSII, 2));
    line(
        "FSII 2 by least squares, 1 + what is left of the slope",
        1 + slope(values, fsii),
        1,
        ROUNDING);
  }

  private static double apart(double[] a, double[] b) {
    double most = 0;
    for (int i = 0; i < a.length; i++) {
      most = Math.max(most, Math.abs(a[i] - b[i]));
    }
    return most;
  }

  /** Shapley values as means over all orders in which features join. */
  private static double[] joining(double[] values) {
    double[] sums = new double[FEATURES];
    int orders = join(values, 0, new int[FEATURES], 0, sums);
    return Arrays.stream(sums).map(sum -> sum / orders).toArray();
  }

  private static int join(double[] values, int before, int[] order, int at, double[] sums) {
    if (at == FEATURES) {
      int mask = 0;
      for (int feature : order) {
        sums[feature] += values[mask | 1 << feature] - values[mask];
        mask |= 1 << feature;
      }
      return 1;
    }
    int orders = 0;
    for (int f = 0; f < FEATURES; f++) {
      if ((before >> f & 1) == 0) {
        order[at] = f;
        orders += join(values, before | 1 << f, order, at + 1, sums);
      }
    }
    return orders;
  }

  private static double[] byMoebius(double[] values, Asked asked) {
    int[] sets = SmallSets.of(FEATURES, asked.order());
    double[] sums = new double[sets.length];
    for (int larger = 1; larger < values.length; larger++) {
      double moebius = 0;
      for (int part = 0; part < values.length; part++) {
        if ((part & larger) == part) {
          moebius += (Integer.bitCount(larger ^ part) % 2 == 0 ? 1 : -1) * values[part];
        }
      }
      for (int i = 0; i < sets.length; i++) {
        int more = Integer.bitCount(larger) - Integer.bitCount(sets[i]);
        if ((larger & sets[i]) == sets[i]) {
          sums[i] += moebius / (asked.index() == Index.SII ? more + 1 : 1 << more);
        }
      }
    }
    return sums;
  }

  /**
   * FSII is the polynomial of its order that is nearest under the Shapley kernel among those that
   * meet the ends: what it leaves, weighted, is the same slope times each term's share of the
   * constraint. Returns how much the slopes differ.
   */
  private static double slope(double[] values, double[] fsii) {
    int[] sets = SmallSets.of(FEATURES, 2);
    double[] products = new double[sets.length];
    for (int mask = 1; mask < values.length - 1; mask++) {
      int s = Integer.bitCount(mask);
      double rest = values[mask] - values[0];
      for (int t = 0; t < sets.length; t++) {
        rest -= (sets[t] & mask) == sets[t] ? fsii[t] : 0;
      }
      double weight = (FEATURES - 1.0) / (binomial(s) * s * (FEATURES - s));
      for (int t = 0; t < sets.length; t++) {
        products[t] += (sets[t] & mask) == sets[t] ? weight * rest : 0;
      }
    }
    return Arrays.stream(products).max().orElseThrow()
        - Arrays.stream(products).min().orElseThrow();
  }

  private static double binomial(int s) {
    double product = 1;
    for (int i = 1; i <= s; i++) {
      product = product * (FEATURES - s + i) / i;
    }
    return product;
  }

  /** What is known of the sets, each with half of its last digit. */
  private void zeros() {
    zero("sentiment-distilbert-14", new Asked(Index.SII, 2), 1.605e-2, 5e-6);
    zero("resnet18-superpixel-14", new Asked(Index.SII, 2), 2.76e-3, 5e-6);
    zero("vit-9", new Asked(Index.SII, 2), 8.35e-3, 5e-6);
    zero("sentiment-distilbert-14", new Asked(Index.SV, 1), 6.4e-2, 5e-4);
    zero("resnet18-superpixel-14", new Asked(Index.SV, 1), 1.1e-2, 5e-4);
    zero("vit-9", new Asked(Index.SV, 1), 2.0e-2, 5e-4);
  }

  private void zero(String name, Asked asked, double known, double digit) {
    EvaluatedSet set = EvaluatedSet.read(name);
    double mean = 0;
    for (double[] values : set.values()) {
      double[] truth = new TrueIndices(set.features(), values).of(asked);
      mean += Arrays.stream(truth).map(v -> v * v).average().orElseThrow() / set.games();
    }
    line(name + " " + asked.label() + ", error of answering zero", mean, known, digit);
  }
}
