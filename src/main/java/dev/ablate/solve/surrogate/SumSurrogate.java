package dev.ablate.solve.surrogate;

import dev.ablate.backend.Backend;
import dev.ablate.backend.Sets;
import dev.ablate.mask.Masks;
import dev.ablate.spectrum.SetTable;
import java.util.Arrays;

/**
 * The sum of two functions.
 *
 * @param first one of them
 * @param second the other
 */
public record SumSurrogate(Surrogate first, Surrogate second) implements Surrogate {
  @Override
  public int features() {
    return first.features();
  }

  @Override
  public double[] at(Masks masks, Backend backend) {
    return sum(first.at(masks, backend), second.at(masks, backend));
  }

  @Override
  public double[] weighed(Sets sets, SizeRule rule, Backend backend) {
    return sum(first.weighed(sets, rule, backend), second.weighed(sets, rule, backend));
  }

  private static double[] sum(double[] a, double[] b) {
    double[] sums = new double[a.length];
    Arrays.setAll(sums, k -> a[k] + b[k]);
    return sums;
  }

  /** Those of both; the first's go before. */
  @Override
  public Sets candidates(int order, int most) {
    SetTable table = new SetTable(first.candidates(order, most));
    Sets others = second.candidates(order, most);
    for (int s = 0; s < others.size() && table.size() < most; s++) {
      table.add(others.features(), others.starts()[s], others.order(s));
    }
    return table.sets();
  }
}
