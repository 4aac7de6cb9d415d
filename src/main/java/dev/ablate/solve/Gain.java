package dev.ablate.solve;

import java.util.Arrays;

/** By how much one fit is better than another on the same held-out rows. */
public final class Gain {
  /** A link must leave less than what does without by this share. */
  private static final double SHARE = 0.05;

  /** And by so many standard errors. */
  private static final double CLEAR = 2;

  private Gain() {}

  /**
   * Standard errors by which squares are smaller, 0 where they are not.
   *
   * @param other {@code (rows)} what the one leaves
   * @param own what the other leaves
   */
  public static double inErrors(double[] other, double[] own) {
    int n = own.length;
    double[] gained = new double[n];
    Arrays.setAll(gained, r -> other[r] * other[r] - own[r] * own[r]);
    double mean = Arrays.stream(gained).sum() / n;
    double scatter = Arrays.stream(gained).map(g -> (g - mean) * (g - mean)).sum();
    return mean > 0 ? mean / Math.sqrt(scatter / n / Math.max(1, n - 1)) : 0;
  }

  /** Whether a link is clearly better than what does without. */
  public static boolean justifiesLink(double[] without, double[] linked) {
    return isClear(without, linked, SHARE, CLEAR);
  }

  /**
   * Whether squares are smaller by a share and by more than chance.
   *
   * @param other {@code (rows)} what the one leaves
   * @param own what the other leaves
   * @param share of the squares that must go
   * @param errors standard errors that the gain must exceed
   */
  public static boolean isClear(double[] other, double[] own, double share, double errors) {
    return squares(own) < (1 - share) * squares(other) && inErrors(other, own) > errors;
  }

  /** The sum of squares. */
  public static double squares(double[] left) {
    return Arrays.stream(left).map(v -> v * v).sum();
  }
}
