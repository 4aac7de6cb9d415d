package dev.ablate.spectrum;

import java.util.Arrays;

/** Pearson's correlation. */
public final class Correlation {
  /** Two points lie on a line whatever they are. */
  private static final int LEAST = 3;

  private Correlation() {}

  /**
   * The correlation of pairs of finite numbers.
   *
   * @param one any number of numbers
   * @param other as many
   * @return from -1 to 1; NaN for fewer than three pairs, and where all numbers of a side are equal
   */
  public static double of(double[] one, double[] other) {
    if (one.length != other.length) {
      throw new IllegalArgumentException(one.length + " numbers beside " + other.length);
    }
    if (one.length < LEAST) {
      return Double.NaN;
    }
    double[] a = centred(one);
    double[] b = centred(other);
    double product = 0;
    double squaresA = 0;
    double squaresB = 0;
    for (int i = 0; i < a.length; i++) {
      product += a[i] * b[i];
      squaresA += a[i] * a[i];
      squaresB += b[i] * b[i];
    }
    return squaresA == 0 || squaresB == 0
        ? Double.NaN
        : Math.max(-1, Math.min(1, product / Math.sqrt(squaresA) / Math.sqrt(squaresB)));
  }

  /**
   * Distances from the mean, as shares of the largest magnitude, so that their squares are doubles.
   */
  private static double[] centred(double[] numbers) {
    double largest = Arrays.stream(numbers).map(Math::abs).max().orElse(0);
    boolean equal = Arrays.stream(numbers).allMatch(number -> number == numbers[0]);
    if (equal) {
      return new double[numbers.length];
    }
    double[] shares = Arrays.stream(numbers).map(number -> number / largest).toArray();
    double mean = Arrays.stream(shares).average().orElseThrow();
    return Arrays.stream(shares).map(share -> share - mean).toArray();
  }
}
