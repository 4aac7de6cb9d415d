package dev.ablate.solve;

import java.util.Arrays;

/** By how much one fit is better than another on the same held-out rows. */
public final class Gain {
  /** A link must leave less than what does without by this share. */
  private static final double SHARE = 0.05;

  /** Standard deviation of what links gain over games, in the logarithm of the squares left. */
  private static final double OVER_GAMES = 0.25;

  /** So many standard deviations settle whether there is a link. */
  private static final double SETTLED = 2;

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

  /**
   * Whether a link leaves less than what does without, by a share that is worth the longer name of
   * a value. What rows say of the gain is drawn towards none by what they do not know of it.
   *
   * @param without {@code (rows)} what the best without a link leaves
   * @param linked what is left with it
   */
  public static boolean justifiesLink(double[] without, double[] linked) {
    return ofLink(without, linked, 0) > 0;
  }

  /**
   * Whether more rows will hardly say anything else of a link: 1 where they will say that it is
   * justified, -1 where they will say that it is not, else 0.
   *
   * @param without {@code (rows)} what the best without a link leaves
   * @param linked what is left with it
   */
  public static int settlesLink(double[] without, double[] linked) {
    if (ofLink(without, linked, -SETTLED) > 0) {
      return 1;
    }
    return ofLink(without, linked, SETTLED) < 0 ? -1 : 0;
  }

  /** The gain of a link beyond what it must gain, so many standard deviations from the mean. */
  private static double ofLink(double[] without, double[] linked, double deviations) {
    double all = squares(without);
    double own = squares(linked);
    int n = linked.length;
    double variance = 0;
    for (int r = 0; r < n; r++) {
      double lost = without[r] * without[r] / all;
      double kept = own > 0 ? linked[r] * linked[r] / own : 0;
      variance += (lost - kept) * (lost - kept) * n / Math.max(1, n - 1);
    }
    double drawn = 1 / (1 + variance / (OVER_GAMES * OVER_GAMES));
    double gain = drawn * Math.log(all / own) + deviations * Math.sqrt(drawn * variance);
    return gain + Math.log1p(-SHARE);
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
