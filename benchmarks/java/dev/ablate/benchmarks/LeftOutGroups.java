package dev.ablate.benchmarks;

import dev.ablate.game.Game;
import dev.ablate.game.Values;
import dev.ablate.mask.Masks;
import java.util.Arrays;
import java.util.Comparator;
import java.util.stream.IntStream;

/**
 * What leaving groups of training rows out says of them, all else kept.
 *
 * @param game a training set; its outputs are test rows, or their mean
 * @param whole {@code (outputs)} values with everything
 * @param changes {@code (groups)} how far leaving each out moves an output, the mean of magnitudes
 * @param effects {@code (groups)} what the first output loses without each
 */
record LeftOutGroups(Game game, double[] whole, double[] changes, double[] effects) {
  /** Leaves each group out. */
  static LeftOutGroups of(Game game) {
    double[] whole = values(game, Masks.all(game.features()));
    double[] changes = new double[game.features()];
    double[] effects = new double[game.features()];
    for (int g = 0; g < changes.length; g++) {
      double[] left = values(game, without(game.features(), g));
      changes[g] = change(whole, left);
      effects[g] = whole[0] - left[0];
    }
    return new LeftOutGroups(game, whole, changes, effects);
  }

  private static double[] values(Game game, Masks masks) {
    Values values = Values.zeros(masks.count(), game.outputs());
    game.evaluate(masks, values);
    return values.hostDoubles();
  }

  private static Masks without(int features, int... groups) {
    boolean[] kept = new boolean[features];
    Arrays.fill(kept, true);
    for (int group : groups) {
      kept[group] = false;
    }
    return Masks.of(new boolean[][] {kept});
  }

  private static double change(double[] whole, double[] left) {
    double sum = 0;
    for (int o = 0; o < whole.length; o++) {
      sum += Math.abs(whole[o] - left[o]);
    }
    return sum / whole.length;
  }

  /** How far leaving some groups out together moves an output, the mean of magnitudes. */
  double change(int... groups) {
    return change(whole, values(game, without(game.features(), groups)));
  }

  /** So many groups whose absence changes least. */
  int[] leastImportant(int count) {
    return lowest(changes, count);
  }

  /** So many groups with the lowest effects. */
  int[] mostHarmful(int count) {
    return lowest(effects, count);
  }

  private static int[] lowest(double[] values, int count) {
    return IntStream.range(0, values.length)
        .boxed()
        .sorted(Comparator.comparingDouble(g -> values[g]))
        .limit(count)
        .mapToInt(g -> g)
        .toArray();
  }
}
