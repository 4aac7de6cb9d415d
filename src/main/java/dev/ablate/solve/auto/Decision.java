package dev.ablate.solve.auto;

import dev.ablate.solve.Gain;
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
    int rows = Entry.mostRows(entries, output);
    double spread = Arrays.stream(spreads).sum();
    Map<String, Double> reached = new LinkedHashMap<>();
    double[] errors = new double[entries.size()];
    for (int e = 0; e < errors.length; e++) {
      errors[e] = Double.NaN;
      if (entries.get(e).competes(output)) {
        double[] left = entries.get(e).left(output);
        double among = left.length == rows ? spread : spreads[0];
        reached.put(entries.get(e).name(), r2(Gain.squares(left), among));
        errors[e] = left.length == rows ? Gain.squares(left) : Double.NaN;
      }
    }
    int[] whole =
        IntStream.range(0, errors.length)
            .filter(e -> errors[e] >= 0 && entries.get(e).link(output).isIdentity())
            .toArray();
    int best = whole[0];
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
    double[] first = entries.get(0).left(output);
    // Of many outputs the first may be out of the contest before others are.
    boolean compared = whole[0] == 0;
    if (compared && !clear && !(Gain.inErrors(first, left(entries, output, weights)) > 1)) {
      chosen = alone(0, entries, weights, reached);
    }
    for (int e = 0; e < errors.length; e++) {
      boolean linked = errors[e] >= 0 && !entries.get(e).link(output).isIdentity();
      if (linked) {
        double[] without = left(entries, output, weights);
        if (Gain.justifiesLink(without, entries.get(e).left(output))) {
          chosen = alone(e, entries, weights, reached);
        }
      }
    }
    return new Decision(weights, reached, chosen, rows);
  }

  /** R² from sums of squares; NaN where all values are equal. */
  private static double r2(double error, double spread) {
    return spread > 0 ? 1 - error / spread : Double.NaN;
  }

  /** Gives one contender all the weight; its name. */
  private static String alone(
      int e, List<Entry> entries, double[] weights, Map<String, Double> reached) {
    Arrays.fill(weights, 0);
    weights[e] = 1;
    reached.remove(BLEND);
    return entries.get(e).name();
  }

  /** What a blend leaves. */
  private static double[] left(List<Entry> entries, int output, double[] weights) {
    double[] left = new double[Entry.mostRows(entries, output)];
    for (int e = 0; e < weights.length; e++) {
      if (weights[e] > 0) {
        double[] part = entries.get(e).left(output);
        for (int r = 0; r < left.length; r++) {
          left[r] += weights[e] * part[r];
        }
      }
    }
    return left;
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
