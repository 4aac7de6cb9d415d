package dev.ablate.model.onnx;

import java.util.Locale;

/** How far scores are from those that they should be. */
final class Movement {
  /** What rounding may change in a score, of the largest score. */
  private static final double ROUNDING = 1e-4;

  /** The same for graphs with weights of 16 bits. */
  private static final double HALF_ROUNDING = 2e-2;

  private Movement() {}

  /**
   * What has changed by more than rounding.
   *
   * @param score what a score is called
   * @param scan what the graph says of itself
   * @return a part of a line; null if nothing has
   */
  static String byMoreThanRounding(String score, float[] scores, float[] expected, GraphScan scan) {
    return of(score, scores, expected, scan.isHalfPrecision() ? HALF_ROUNDING : ROUNDING);
  }

  /** What has changed by more than a share of the largest score; null if nothing has. */
  static String of(String score, float[] scores, float[] expected, double share) {
    double largest = 0;
    double deviation = 0;
    for (int i = 0; i < scores.length; i++) {
      // What overflows alone may overflow together.
      if (Float.isFinite(expected[i]) || Float.isFinite(scores[i])) {
        deviation = Math.max(deviation, Math.abs(scores[i] - expected[i]));
      }
      if (Float.isFinite(expected[i])) {
        largest = Math.max(largest, Math.abs(expected[i]));
      }
    }
    return deviation <= share * largest
        ? null
        : String.format(Locale.ROOT, "a %s moves by up to %.3g", score, deviation);
  }
}
