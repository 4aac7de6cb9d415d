package dev.ablate.index;

import dev.ablate.backend.Sets;

/**
 * A spectrum in some index: sets and their values, the largest magnitude first. Sets that are not
 * listed have the value 0.
 *
 * @param index the index
 * @param order the highest order
 * @param sets the sets
 * @param values one for each set, in the unit of the game; not a copy
 * @param standardErrors one for each set, NaN where unknown, or empty; not a copy
 */
public record IndexValues(
    Index index, int order, Sets sets, double[] values, double[] standardErrors) {
  /** Number of sets. */
  public int size() {
    return values.length;
  }

  /** The value of set {@code i}. */
  public double value(int i) {
    return values[i];
  }

  /** The standard error of set {@code i}, null when unknown. */
  public Double standardError(int i) {
    return standardErrors.length == 0 || Double.isNaN(standardErrors[i])
        ? null
        : Double.valueOf(standardErrors[i]);
  }
}
