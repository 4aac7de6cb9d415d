package dev.ablate.solve.surrogate;

import dev.ablate.backend.GaussianProcess.Prior;
import dev.ablate.backend.Sets;
import dev.ablate.spectrum.Magnitudes;
import dev.ablate.work.Work;
import java.util.Arrays;
import java.util.function.BiFunction;
import java.util.stream.IntStream;

/**
 * How many nodes the integrals of an index take. How smooth an integrand is depends on the process,
 * next to nothing of it on the set: all but a few of its factors are alike for all sets. So sums of
 * a few sets by fewer nodes are compared with those by all.
 */
final class NodeCheck {
  /** Numbers of nodes that are tried, until one is enough. */
  private static final int[] TRIED = {6, 8, 10, 12, 16, 20};

  /** Largest error of any set, as a share of the largest sum of the same order. */
  static final double SHARE = 1e-10;

  /** Sets that are not looked at may err somewhat more than those that are. */
  private static final double MARGIN = 10;

  /** The same as a share of the largest sum of all: rounding, where an order has next to none. */
  static final double ROUNDING = 1e-13;

  /** Of each order so many sets of largest prior variance, and as many from all others. */
  private static final int LARGEST = 16;

  /** The check takes at most this part of the work that it may save some of. */
  private static final int PART = 4;

  private final Prior prior;
  private final Sets sets;
  private final SizeRule rule;

  /**
   * A check.
   *
   * @param prior the prior of the process
   * @param sets the sets that are asked for
   * @param rule with all nodes
   */
  NodeCheck(Prior prior, Sets sets, SizeRule rule) {
    this.prior = prior;
    this.sets = sets;
    this.rule = rule;
  }

  /**
   * The first rule whose sums are close enough, else the one with all nodes.
   *
   * @param sums those of some sets by a rule
   */
  SizeRule enough(BiFunction<Sets, SizeRule, double[]> sums) {
    int[] tried = Arrays.stream(TRIED).filter(count -> count < rule.averaged()).toArray();
    if (tried.length == 0 || sets.size() == 0) {
      return rule;
    }
    Sets few = few();
    if (!pays(few, rule.averaged() + Arrays.stream(tried).sum())) {
      return rule;
    }
    return Work.firstOf(PART, () -> enough(tried, few, sums));
  }

  private SizeRule enough(int[] tried, Sets few, BiFunction<Sets, SizeRule, double[]> sums) {
    double[] all = sums.apply(few, rule);
    for (int count : tried) {
      SizeRule fewer = rule.withNodes(count);
      if (close(few, all, sums.apply(few, fewer))) {
        return fewer;
      }
    }
    return rule;
  }

  /** Whether the check is cheap: at each node rows take their features, and each set takes rows. */
  private boolean pays(Sets few, int nodes) {
    double rows = prior.decays().length / 2.0;
    double check = nodes * (Closure.of(few).all().size() + rows);
    return PART * check <= rule.averaged() * (sets.size() + rows);
  }

  private static boolean close(Sets few, double[] all, double[] fewer) {
    double[] largest = new double[few.maxOrder() + 1];
    double[] error = new double[largest.length];
    for (int s = 0; s < all.length; s++) {
      int order = few.order(s);
      largest[order] = Math.max(largest[order], Math.abs(all[s]));
      error[order] = Math.max(error[order], Math.abs(fewer[s] - all[s]));
    }
    double rounding = ROUNDING * Arrays.stream(largest).max().orElse(0);
    return IntStream.range(0, error.length)
        .allMatch(order -> error[order] <= Math.max(SHARE / MARGIN * largest[order], rounding));
  }

  /** Of each order the sets of largest prior variance, and some from all others. */
  private Sets few() {
    int[] falling = Magnitudes.falling(prior.variances(sets), sets.size());
    IntStream few = IntStream.empty();
    for (int order = 0; order <= sets.maxOrder(); order++) {
      int of = order;
      int[] alike = Arrays.stream(falling).filter(s -> sets.order(s) == of).toArray();
      int first = Math.min(LARGEST, alike.length);
      int rest = alike.length - first;
      int spread = Math.min(LARGEST, rest);
      few = IntStream.concat(few, Arrays.stream(alike, 0, first));
      few =
          IntStream.concat(
              few,
              IntStream.range(0, spread)
                  .map(k -> alike[first + (int) ((k + 1L) * rest / spread) - 1]));
    }
    return sets.select(few.toArray());
  }
}
