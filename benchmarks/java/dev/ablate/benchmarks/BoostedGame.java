package dev.ablate.benchmarks;

import dev.ablate.backend.Boosting.Settings;
import dev.ablate.backend.Forest;
import dev.ablate.code.Philox;
import dev.ablate.game.Values;
import dev.ablate.mask.Masks;

/**
 * Uniform masks and a game of main effects, products of three features and noise, to boost on.
 *
 * @param masks {@code (rows, features)}
 * @param values {@code (rows,)}
 */
record BoostedGame(Masks masks, Values values) {
  private static final int TERMS = 20;

  /** A game from a fixed seed. */
  static BoostedGame of(int rows, int features) {
    Philox.Stream random = Philox.stream(1, 0);
    boolean[][] masks = new boolean[rows][features];
    double[] values = new double[rows];
    for (int r = 0; r < rows; r++) {
      for (int f = 0; f < features; f++) {
        masks[r][f] = random.nextInt(2) == 1;
      }
      values[r] = 0.1 * random.nextGaussian();
      for (int t = 0; t < TERMS; t++) {
        boolean single = masks[r][t % features];
        boolean product = single ^ masks[r][(3 * t + 1) % features] ^ masks[r][2 * t % features];
        values[r] += (single ? 1 : -1) + (product ? 0.5 : -0.5);
      }
    }
    return new BoostedGame(Masks.of(masks), Values.of(values));
  }

  /** The published grid's largest run. */
  static Settings settings(int depth, int trees) {
    return new Settings(depth, 31, 20, trees, 0.1, 0);
  }

  /** Mean squared error of a forest on the game's rows, by walking its trees. */
  double error(Forest forest) {
    double sum = 0;
    for (int r = 0; r < masks.count(); r++) {
      double residual = values.get(r, 0) - forest.base();
      for (int root : forest.roots()) {
        int node = root;
        while (forest.feature()[node] >= 0) {
          node = masks.kept(r, forest.feature()[node]) ? forest.right()[node] : forest.left()[node];
        }
        residual -= forest.value()[node];
      }
      sum += residual * residual;
    }
    return sum / masks.count();
  }
}
