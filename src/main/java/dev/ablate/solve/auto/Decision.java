package dev.ablate.solve.auto;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * Who explains an output: one contender, or a convex blend of several.
 *
 * @param weights {@code (entries)} 0 for those that are left out
 * @param reached R² of those who competed, and of a blend, on masks that they had not seen
 * @param chosen name of the winner in {@code reached}
 * @param rows how many such masks there were
 */
record Decision(double[] weights, Map<String, Double> reached, String chosen, int rows) {
  /** Name of a blend. */
  static final String BLEND = "blend";

  /** A blend must leave less than any one contender by this share to be worth its length. */
  private static final double BREVITY = 0.01;

  /**
   * Decides.
   *
   * @param entries the contenders; the first takes what nobody is clearly better at
   * @param output which output
   * @param spreads {@code (divisions)} sums of squares of the held-out values about their mean
   * @param clear whether the first leaves more than noise
   */
  static Decision of(List<Entry> entries, int output, double[] spreads, boolean clear) {
    int rows = entries.get(0).left(output).length;
    double spread = Arrays.stream(spreads).sum();
    Map<String, Double> reached = new LinkedHashMap<>();
    double[] errors = new double[entries.size()];
    for (int e = 0; e < errors.length; e++) {
      errors[e] = Double.NaN;
      if (entries.get(e).competes(output)) {
        double[] left = entries.get(e).left(output);
        double among = left.length == rows ? spread : spreads[0];
        reached.put(entries.get(e).name(), r2(squares(left), among));
        errors[e] = left.length == rows ? squares(left) : Double.NaN;
      }
    }
    int[] whole = IntStream.range(0, errors.length).filter(e -> errors[e] >= 0).toArray();
    int best = 0;
    for (int e : whole) {
      best = errors[e] < errors[best] ? e : best;
    }
    double[][] left =
        Arrays.stream(whole).mapToObj(e -> entries.get(e).left(output)).toArray(double[][]::new);
    Blend blend = Blend.of(left);
    double[] weights = new double[errors.length];
    weights[best] = 1;
    String chosen = entries.get(best).name();
    if (blend.error() < errors[best] * (1 - BREVITY) && !blend.single()) {
      weights[best] = 0;
      for (int k = 0; k < whole.length; k++) {
        weights[whole[k]] = blend.weights()[k];
      }
      chosen = BLEND;
      reached.put(chosen, r2(blend.error(), spread));
    }
    if (!clear && !clearlyBetter(entries, output, weights)) {
      Arrays.fill(weights, 0);
      weights[0] = 1;
      chosen = entries.get(0).name();
      reached.remove(BLEND);
    }
    return new Decision(weights, reached, chosen, rows);
  }

  /** R² from sums of squares; NaN where all values are equal. */
  private static double r2(double error, double spread) {
    return spread > 0 ? 1 - error / spread : Double.NaN;
  }

  private static double squares(double[] left) {
    return Arrays.stream(left).map(v -> v * v).sum();
  }

  /** Whether errors are smaller than the first contender's by more than chance makes them. */
  private static boolean clearlyBetter(List<Entry> entries, int output, double[] weights) {
    double[] gained = Arrays.stream(entries.get(0).left(output)).map(v -> v * v).toArray();
    double[] left = new double[gained.length];
    for (int e = 0; e < weights.length; e++) {
      if (weights[e] > 0) {
        double[] part = entries.get(e).left(output);
        for (int r = 0; r < left.length; r++) {
          left[r] += weights[e] * part[r];
        }
      }
    }
    Arrays.setAll(gained, r -> gained[r] - left[r] * left[r]);
    int n = gained.length;
    double mean = Arrays.stream(gained).sum() / n;
    double scatter = Arrays.stream(gained).map(g -> (g - mean) * (g - mean)).sum();
    return mean > Math.sqrt(scatter / n / Math.max(1, n - 1));
  }

  /** The R² that the winner reached. */
  double r2() {
    return reached.get(chosen);
  }

  /** The entries that the winner is made of. */
  int[] members() {
    return IntStream.range(0, weights.length).filter(e -> weights[e] > 0).toArray();
  }
}
