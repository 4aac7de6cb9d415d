package dev.ablate.explanation;

import java.util.Arrays;
import java.util.Objects;

/**
 * The value of one set of features in some index.
 *
 * @param features the set, ascending; not a copy
 * @param value its value, in the unit of the game
 * @param standardError its standard error in the same unit, null when unknown
 */
public record Interaction(int[] features, double value, Double standardError) {
  /** An interaction without a standard error. */
  public Interaction(int[] features, double value) {
    this(features, value, null);
  }

  /** Number of features in the set. */
  public int order() {
    return features.length;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Interaction that
        && Arrays.equals(features, that.features)
        && Double.compare(value, that.value) == 0
        && Objects.equals(standardError, that.standardError);
  }

  @Override
  public int hashCode() {
    return 31 * Arrays.hashCode(features) + Double.hashCode(value);
  }

  @Override
  public String toString() {
    return Arrays.toString(features) + ": " + value;
  }
}
