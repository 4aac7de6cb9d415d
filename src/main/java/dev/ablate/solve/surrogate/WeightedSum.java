package dev.ablate.solve.surrogate;

import dev.ablate.backend.Backend;
import dev.ablate.backend.Sets;
import dev.ablate.mask.Masks;
import dev.ablate.spectrum.SetTable;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.function.Function;
import java.util.stream.IntStream;

/**
 * A weighted sum of functions.
 *
 * @param parts the functions, at least one
 * @param weights {@code (parts)}; not a copy
 */
public record WeightedSum(List<Surrogate> parts, double[] weights) implements Surrogate {
  /** Copies the list. */
  public WeightedSum {
    parts = List.copyOf(parts);
  }

  /** The sum of two. */
  public static WeightedSum of(Surrogate first, Surrogate second) {
    return new WeightedSum(List.of(first, second), new double[] {1, 1});
  }

  @Override
  public int features() {
    return parts.get(0).features();
  }

  @Override
  public double[] at(Masks masks, Backend backend) {
    return sum(part -> part.at(masks, backend));
  }

  @Override
  public double[] weighed(Sets sets, SizeRule rule, Backend backend) {
    return sum(part -> part.weighed(sets, rule, backend));
  }

  @Override
  public double work() {
    return parts.stream().mapToDouble(Surrogate::work).sum();
  }

  private double[] sum(Function<Surrogate, double[]> values) {
    double[] sum = null;
    for (int p = 0; p < parts.size(); p++) {
      double[] one = values.apply(parts.get(p));
      sum = sum == null ? new double[one.length] : sum;
      for (int k = 0; k < sum.length; k++) {
        sum[k] += weights[p] * one[k];
      }
    }
    return sum;
  }

  /** What the part of the largest weight that says so may miss: the others miss much the same. */
  @Override
  public List<double[]> possible(Backend backend) {
    int[] falling =
        IntStream.range(0, weights.length)
            .boxed()
            .sorted(Comparator.comparingDouble(p -> -weights[p]))
            .mapToInt(Integer::intValue)
            .toArray();
    for (int p : falling) {
      List<double[]> possible = parts.get(p).possible(backend);
      if (!possible.isEmpty()) {
        double[] rest = at(Masks.exhaustive(features()), backend);
        double[] own = parts.get(p).at(Masks.exhaustive(features()), backend);
        Arrays.setAll(rest, m -> rest[m] - own[m]);
        return possible.stream().map(table -> sum(table, rest)).toList();
      }
    }
    return List.of();
  }

  private static double[] sum(double[] one, double[] other) {
    double[] sum = one.clone();
    Arrays.setAll(sum, m -> sum[m] + other[m]);
    return sum;
  }

  /** Those of all parts; the first's go before. */
  @Override
  public Sets candidates(int order, int most) {
    SetTable table = new SetTable();
    for (Surrogate part : parts) {
      Sets some = part.candidates(order, most);
      for (int s = 0; s < some.size() && table.size() < most; s++) {
        table.add(some.features(), some.starts()[s], some.order(s));
      }
    }
    return table.sets();
  }
}
