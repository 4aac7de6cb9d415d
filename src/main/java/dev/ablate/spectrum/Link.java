package dev.ablate.spectrum;

import java.util.Arrays;
import java.util.Locale;

/**
 * A function between values and what a spectrum is fitted to. Probabilities, products and
 * thresholds are sums of few terms only after one.
 *
 * @param kind which function
 * @param low lower bound of the values, 0 but for a logit
 * @param high upper bound of the values, infinite but for a logit
 * @param margin share of the range by which a logit's bounds lie beyond those of the values, so
 *     that values at the bounds stay finite; 0 for others
 */
public record Link(Kind kind, double low, double high, double margin) {
  /** The functions. */
  public enum Kind {
    /** The values themselves. */
    IDENTITY,
    /** The logarithm of the distance to the lower bound over that to the upper one. */
    LOGIT,
    /** The natural logarithm. */
    LOG;

    /** The word in files. */
    @Override
    public String toString() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /** The values themselves. */
  public static final Link IDENTITY =
      new Link(Kind.IDENTITY, Double.NEGATIVE_INFINITY, Double.POSITIVE_INFINITY, 0);

  /** The logarithm of positive values. */
  public static final Link LOG = new Link(Kind.LOG, 0, Double.POSITIVE_INFINITY, 0);

  /** The largest margin: as far beyond the bounds as they lie apart. */
  private static final double WIDEST = 1;

  /**
   * Checks the parameters.
   *
   * @throws IllegalArgumentException if they do not belong to the function
   */
  public Link {
    if (kind == Kind.LOGIT) {
      boolean bounded = low < high && Double.isFinite(high - low);
      if (!bounded || !(margin > 0) || margin > WIDEST) {
        throw new IllegalArgumentException(
            "a logit between " + low + " and " + high + " with a margin of " + margin);
      }
    }
  }

  /**
   * The logit of a range.
   *
   * @param low least value
   * @param high largest value
   * @param margin share of the range, above 0 and at most 1
   * @throws IllegalArgumentException if there is no such range
   */
  public static Link logit(double low, double high, double margin) {
    return new Link(Kind.LOGIT, low, high, margin);
  }

  /** Whether it changes nothing. */
  public boolean isIdentity() {
    return kind == Kind.IDENTITY;
  }

  /** The word in files and names. */
  public String label() {
    return kind.toString();
  }

  /** What it is, for a line to the user. */
  public String inWords() {
    return kind == Kind.LOGIT ? "logit of values from " + low + " to " + high : label();
  }

  /** The value itself, or the bound that it is beyond. */
  public double bounded(double value) {
    return kind == Kind.LOG
        ? Math.max(value, Double.MIN_NORMAL)
        : Math.max(low, Math.min(high, value));
  }

  /** What a value is before the link; not finite for a value beyond the bounds. */
  public double forward(double value) {
    return switch (kind) {
      case IDENTITY -> value;
      case LOGIT -> Math.log(value - bottom()) - Math.log(top() - value);
      case LOG -> Math.log(value);
    };
  }

  /** The value of what was found before the link; within the bounds. */
  public double inverse(double before) {
    return switch (kind) {
      case IDENTITY -> before;
      case LOGIT -> {
        double share = 1 / (1 + Math.exp(-before));
        yield bounded(bottom() + (top() - bottom()) * share);
      }
      case LOG -> Math.exp(before);
    };
  }

  /** How much {@link #forward} changes with the value. */
  public double derivative(double value) {
    return switch (kind) {
      case IDENTITY -> 1;
      case LOGIT -> 1 / (value - bottom()) + 1 / (top() - value);
      case LOG -> 1 / value;
    };
  }

  /** {@code (values)} what values are before the link. */
  public double[] forward(double[] values) {
    return isIdentity() ? values : Arrays.stream(values).map(this::forward).toArray();
  }

  /** {@code (values)} the values of what was found before the link. */
  public double[] inverse(double[] before) {
    return isIdentity() ? before : Arrays.stream(before).map(this::inverse).toArray();
  }

  private double bottom() {
    return low - margin * (high - low);
  }

  private double top() {
    return high + margin * (high - low);
  }
}
