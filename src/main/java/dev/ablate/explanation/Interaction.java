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
  /** Two-sided 95 % of a normal distribution, in standard errors. */
  private static final double INTERVAL = 1.959963984540054;

  /** An interaction without a standard error. */
  public Interaction(int[] features, double value) {
    this(features, value, null);
  }

  /** Number of features in the set. */
  public int order() {
    return features.length;
  }

  /** Lower end of the 95 % interval of the value; NaN where its standard error is unknown. */
  public double low() {
    return value - margin();
  }

  /** Upper end of the 95 % interval of the value; NaN where its standard error is unknown. */
  public double high() {
    return value + margin();
  }

  private double margin() {
    return standardError == null ? Double.NaN : INTERVAL * standardError;
  }

  /** Whether the interval is known and has 0 in it, so that the sign is not sure. */
  public boolean isUnsure() {
    return low() <= 0 && high() >= 0;
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
