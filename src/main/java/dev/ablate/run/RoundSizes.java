package dev.ablate.run;

import dev.ablate.game.Budget;
import java.util.ArrayList;
import java.util.List;

/** How many masks each round fits. Depends on nothing but features, budget and held-out masks. */
final class RoundSizes {
  private static final int LEAST = 50;
  private static final double GROWTH = 1.5;

  private RoundSizes() {}

  /**
   * How many masks are held out: what was asked for, but of few features only what the budget
   * leaves, and a quarter of all masks at most where it leaves less.
   */
  static int heldOut(int features, Budget budget, int asked) {
    if (features >= 40) {
      return asked;
    }
    long all = 1L << features;
    return (int) Math.min(asked, Math.max(all - budget.masks(), all / 4));
  }

  /**
   * Masks fitted in each round, growing by half from {@code n log2 n / 2}. The last round takes all
   * that may be fitted.
   *
   * @param held masks that are held out
   * @return rising sizes; empty where a first round would take everything
   */
  static int[] of(int features, Budget budget, int held) {
    long most = budget.masks();
    if (features < 40) {
      most = Math.min(most, (1L << features) - held);
    }
    double size = Math.max(LEAST, Math.ceil(features * Math.log(features) / Math.log(2) / 2));
    List<Integer> sizes = new ArrayList<>();
    // A last step of less than half the growth would hardly change anything.
    for (; size * (1 + (GROWTH - 1) / 2) <= most; size *= GROWTH) {
      sizes.add((int) size);
    }
    if (!sizes.isEmpty()) {
      sizes.add(Math.toIntExact(most));
    }
    return sizes.stream().mapToInt(Integer::intValue).toArray();
  }
}
