package dev.ablate.search;

import java.util.Arrays;
import java.util.Objects;

/**
 * The best set of a size that a search found, and how far from the best of all it can be.
 *
 * @param features the set, ascending; as many as were asked for; not a copy
 * @param idle those of them that no term of the spectrum holds, ascending: they fill the size and
 *     any other such feature would do as well; not a copy
 * @param value what the spectrum predicts where this set is kept, in the unit of the value
 * @param bound what no set of this size goes beyond by the spectrum, in the same unit
 * @param proven whether nothing is better, to one part in 10 million of the sum of the
 *     coefficients' magnitudes; then the bound is the value
 * @param search how it was found
 * @param nodes parts of all sets that were bounded; 0 where all subsets were looked at
 */
public record BestSubset(
    int[] features,
    int[] idle,
    double value,
    double bound,
    boolean proven,
    Search search,
    int nodes) {
  /** How a set was found. */
  public enum Search {
    /** All subsets of the size were looked at. */
    EXHAUSTIVE("exhaustive"),
    /** Greedy with swaps, then branch and bound. */
    BRANCH_AND_BOUND("branch-and-bound");

    private final String label;

    Search(String label) {
      this.label = label;
    }

    /** The word in files. */
    @Override
    public String toString() {
      return label;
    }
  }

  /** How much better than this set another one could be, in the unit of the value; 0 if proven. */
  public double gap() {
    return Math.abs(bound - value);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof BestSubset that
        && Arrays.equals(features, that.features)
        && Arrays.equals(idle, that.idle)
        && Double.compare(value, that.value) == 0
        && Double.compare(bound, that.bound) == 0
        && proven == that.proven
        && search == that.search
        && nodes == that.nodes;
  }

  @Override
  public int hashCode() {
    return Objects.hash(Arrays.hashCode(features), value, bound, proven, search, nodes);
  }
}
