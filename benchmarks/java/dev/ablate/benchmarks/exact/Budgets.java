package dev.ablate.benchmarks.exact;

import java.util.List;
import java.util.TreeSet;

/** How many masks each family is tried with. */
public final class Budgets {
  /** Up to here on all games, above on {@link #FEW}. */
  public static final int MANY_GAMES = 4096;

  /** So many games are tried with more masks. */
  public static final int FEW = 5;

  private static final String SENTIMENT = "sentiment-distilbert-14";
  private static final int[] MULTIPLES = {1, 2, 4, 8, 16, 32};
  private static final int STANDARD = 8;

  private Budgets() {}

  /**
   * The published budgets of a family's indices; where nothing was published, multiples of n log2
   * n.
   */
  public static TreeSet<Integer> of(
      EvaluatedSet set, Family family, List<Asked> asked, Published published) {
    if (family == Family.FAITHFUL) {
      return faithful(set);
    }
    TreeSet<Integer> masks = published.masks(set.name(), asked);
    boolean unknown = published.masks(set.name(), family.asked()).isEmpty();
    return unknown ? multiples(set.features()) : masks;
  }

  /** {@code 8 n log2 n}, the product's own budget. */
  public static int standard(int features) {
    return multiple(features, STANDARD);
  }

  private static TreeSet<Integer> faithful(EvaluatedSet set) {
    if (set.name().equals(SENTIMENT)) {
      TreeSet<Integer> masks = new TreeSet<>(List.of(198, 413, 862, 1799));
      masks.add(standard(set.features()));
      return masks;
    }
    TreeSet<Integer> masks = multiples(set.features());
    return new TreeSet<>(masks.headSet(standard(set.features()), true));
  }

  private static TreeSet<Integer> multiples(int features) {
    TreeSet<Integer> masks = new TreeSet<>();
    for (int multiple : MULTIPLES) {
      masks.add(Math.min(multiple(features, multiple), 1 << features));
    }
    return masks;
  }

  private static int multiple(int features, int multiple) {
    return (int) Math.ceil(multiple * features * Math.log(features) / Math.log(2));
  }
}
