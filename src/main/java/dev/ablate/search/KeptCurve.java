package dev.ablate.search;

import dev.ablate.code.InputException;
import dev.ablate.game.Game;
import dev.ablate.game.Values;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * What is left of a value where only some features are kept, against how many: a pruning curve, and
 * with the values of nothing and everything how faithful circuits of growing size are.
 *
 * <p>Faithfulness, CPR and CMD are those of Mueller et al., "MIB: A Mechanistic Interpretability
 * Benchmark", ICML 2025: {@code f(C_k) = (m(C_k) - m(none)) / (m(all) - m(none))}, integrated over
 * the share {@code k} of components that the circuit keeps by the trapezoidal rule between the
 * shares that were measured. The benchmark counts edges and begins at a share of 0.001; here
 * features count, and a curve is from its first size to its last.
 *
 * @param features number of features
 * @param sizes how many each set keeps, rising; not a copy
 * @param values what the game says of each set, in its unit; not a copy
 * @param none the value with nothing kept
 * @param all the value with everything kept
 */
public record KeptCurve(int features, int[] sizes, double[] values, double none, double all) {
  /**
   * Checks the sizes.
   *
   * @throws InputException if there are none, they do not rise, are beyond the features, or have
   *     other than one value each
   */
  public KeptCurve {
    boolean rising = sizes.length > 0 && sizes[0] >= 0 && sizes[sizes.length - 1] <= features;
    for (int s = 1; s < sizes.length; s++) {
      rising &= sizes[s] > sizes[s - 1];
    }
    if (!rising || values.length != sizes.length) {
      throw new InputException(
          "a curve over the sizes "
              + Arrays.toString(sizes)
              + " of "
              + features
              + " features with "
              + values.length
              + " values: give sizes that rise and a value each");
    }
  }

  /**
   * Asks a game about sets, and about nothing and everything, in one batch.
   *
   * @param sets one a size, smallest first
   * @return a curve for each output of the game
   */
  public static List<KeptCurve> of(Game game, List<int[]> sets) {
    int features = game.features();
    List<int[]> asked = new ArrayList<>(sets);
    asked.add(new int[0]);
    int[] everything = new int[features];
    Arrays.setAll(everything, i -> i);
    asked.add(everything);
    Values values = KeptSets.values(game, asked);
    int[] sizes = sets.stream().mapToInt(set -> set.length).toArray();
    List<KeptCurve> curves = new ArrayList<>();
    for (int o = 0; o < game.outputs(); o++) {
      double[] column = values.column(o);
      double[] each = Arrays.copyOf(column, sizes.length);
      curves.add(
          new KeptCurve(features, sizes, each, column[sizes.length], column[sizes.length + 1]));
    }
    return curves;
  }

  /** {@code (sizes)} the share of features that each set keeps. */
  public double[] shares() {
    return Arrays.stream(sizes).mapToDouble(size -> (double) size / features).toArray();
  }

  /** Whether there is anything between nothing and everything that a set could recover. */
  public boolean isMeasurable() {
    return all != none && Double.isFinite(all - none);
  }

  /**
   * {@code (sizes)} the share of the value between nothing and everything that each set recovers: 0
   * as nothing does, 1 as everything does, beyond both where a set does worse or better.
   *
   * @throws InputException if nothing and everything have the same value
   */
  public double[] faithfulness() {
    double range = all - none;
    if (!isMeasurable()) {
      throw new InputException(
          "the value is "
              + none
              + " with nothing kept and "
              + all
              + " with everything, so that no share of it can be recovered; ask for another value");
    }
    return Arrays.stream(values).map(value -> (value - none) / range).toArray();
  }

  /**
   * The integrated circuit performance ratio: the area below {@link #faithfulness}, of 1 at best.
   */
  public double cpr() {
    return area(faithfulness());
  }

  /** The integrated circuit-model distance: the area between faithfulness and 1, 0 at best. */
  public double cmd() {
    return area(Arrays.stream(faithfulness()).map(f -> Math.abs(1 - f)).toArray());
  }

  private double area(double[] heights) {
    double[] shares = shares();
    double area = 0;
    for (int s = 1; s < heights.length; s++) {
      area += (shares[s] - shares[s - 1]) * (heights[s] + heights[s - 1]) / 2;
    }
    return area;
  }
}
