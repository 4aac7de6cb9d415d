package dev.ablate.solve.surrogate;

import dev.ablate.backend.Backend;
import dev.ablate.backend.Buffer;
import dev.ablate.backend.Sets;
import dev.ablate.mask.Masks;
import dev.ablate.spectrum.Combinations;
import dev.ablate.spectrum.SetTable;
import dev.ablate.spectrum.Spectrum;
import java.util.stream.IntStream;

/**
 * A spectrum as a fitted function.
 *
 * @param spectrum its terms are all there is
 */
public record SpectrumSurrogate(Spectrum spectrum) implements Surrogate {
  @Override
  public int features() {
    return spectrum.features();
  }

  @Override
  public double[] at(Masks masks, Backend backend) {
    try (Buffer values = spectrum.evaluateThere(masks, backend)) {
      return values.toHost().doubles().clone();
    }
  }

  @Override
  public double work() {
    return 0;
  }

  /** With {@code D_S(q) = (-2)^s sum_{T contains S} F(T) (1 - 2q)^(t - s)}. */
  @Override
  public double[] weighed(Sets sets, SizeRule rule, Backend backend) {
    SetTable table = new SetTable(sets);
    double[] sums = new double[sets.size()];
    double[][] byOrders = new double[rule.weights().length][];
    for (int s = 0; s < byOrders.length; s++) {
      byOrders[s] = byOrder(rule, s);
    }
    for (int t = 0; t < spectrum.size(); t++) {
      int[] term = spectrum.sets().get(t);
      double coefficient = spectrum.coefficients()[t];
      for (int s = 0; s < Math.min(byOrders.length, term.length + 1); s++) {
        double weight = coefficient * byOrders[s][term.length - s];
        if (weight != 0) {
          addToSubsets(term, s, weight, table, sums);
        }
      }
    }
    return sums;
  }

  private static void addToSubsets(
      int[] term, int size, double weight, SetTable table, double[] sums) {
    int[] chosen = Combinations.first(size);
    int[] subset = new int[size];
    do {
      for (int k = 0; k < size; k++) {
        subset[k] = term[chosen[k]];
      }
      int at = table.find(subset, 0, size);
      if (at >= 0) {
        sums[at] += weight;
      }
    } while (Combinations.next(chosen, term.length));
  }

  /** {@code (features - s + 1)} what a coefficient of so many further features counts. */
  private double[] byOrder(SizeRule rule, int s) {
    double[] sums = new double[features() - s + 1];
    for (int k = 0; k < rule.nodes().length; k++) {
      double power = Math.scalb(s % 2 == 0 ? 1 : -1, s) * rule.weights()[s][k];
      for (int more = 0; more < sums.length; more++) {
        sums[more] += power;
        power *= 1 - 2 * rule.nodes()[k];
      }
    }
    return sums;
  }

  /** Its terms and their subsets. */
  @Override
  public Sets candidates(int order, int most) {
    SetTable table = new SetTable();
    for (int t : spectrum.byMagnitude()) {
      int[] term = spectrum.sets().get(t);
      for (int s = 0; s <= Math.min(order, term.length) && table.size() < most; s++) {
        int[] chosen = Combinations.first(s);
        do {
          int[] subset = IntStream.of(chosen).map(k -> term[k]).toArray();
          table.add(subset, 0, s);
        } while (table.size() < most && Combinations.next(chosen, term.length));
      }
    }
    return table.sets();
  }
}
