package dev.ablate.solve.gp;

import dev.ablate.backend.GaussianProcess.Prior;
import dev.ablate.backend.Sets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;
import java.util.stream.IntStream;

/**
 * The sets whose coefficients vary most under a prior, best first. Features are ranked by their
 * odds {@code rho = tanh(b)}; a set's variance is the empty set's times the product of its odds.
 * From a set two others follow, both no larger: with the next feature added, and with its last
 * feature replaced by the next. So every set is reached once and the largest left is always known.
 */
final class LargestVariances {
  private LargestVariances() {}

  /** Ranks of a set's features, ascending, and the logarithm of the product of their odds. */
  private record State(int[] ranks, double logarithm) {}

  /**
   * The sets of largest variance, the empty set among them.
   *
   * @param most how many at most
   */
  static Sets of(Prior prior, int most) {
    double[] decays = prior.decays();
    int[] ranked =
        IntStream.range(0, decays.length)
            .boxed()
            .sorted(Comparator.comparingDouble(i -> -decays[i]))
            .mapToInt(Integer::intValue)
            .toArray();
    double[] odds = IntStream.of(ranked).mapToDouble(i -> Math.log(Math.tanh(decays[i]))).toArray();
    List<int[]> sets = new ArrayList<>();
    sets.add(new int[0]);
    PriorityQueue<State> open =
        new PriorityQueue<>(
            Comparator.comparingDouble((State s) -> -s.logarithm())
                .thenComparing(State::ranks, Sets::compare));
    push(open, new int[] {0}, odds[0]);
    while (!open.isEmpty() && sets.size() < most) {
      State state = open.remove();
      int[] ranks = state.ranks();
      sets.add(IntStream.of(ranks).map(r -> ranked[r]).toArray());
      int last = ranks[ranks.length - 1];
      if (last + 1 < odds.length) {
        int[] longer = Arrays.copyOf(ranks, ranks.length + 1);
        longer[ranks.length] = last + 1;
        push(open, longer, state.logarithm() + odds[last + 1]);
        int[] moved = ranks.clone();
        moved[ranks.length - 1] = last + 1;
        push(open, moved, state.logarithm() - odds[last] + odds[last + 1]);
      }
    }
    return Sets.of(sets);
  }

  /** A set that never varies leads to none that does. */
  private static void push(PriorityQueue<State> open, int[] ranks, double logarithm) {
    if (logarithm > Double.NEGATIVE_INFINITY) {
      open.add(new State(ranks, logarithm));
    }
  }
}
