package dev.ablate.solve.boost;

import dev.ablate.backend.Backend;
import dev.ablate.backend.Boosting.Fitted;
import dev.ablate.backend.Boosting.Run;
import dev.ablate.backend.Boosting.Settings;
import dev.ablate.backend.Trees;
import dev.ablate.game.Values;
import dev.ablate.mask.Masks;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/**
 * A grid of boosting settings and the choice among them by cross-validated R². Tree counts are
 * prefixes of one run, so a fold takes one run for each depth and rate.
 *
 * <p>A run ends when {@code patience} rounds in a row did not lower its held-out error; counts past
 * its end are scored by its last error. Equal scores go to the first in the order depth, rate,
 * trees.
 *
 * @param depths depths to try
 * @param rates learning rates to try
 * @param trees tree counts to try, ascending
 * @param leaves most leaves a tree
 * @param minLeaf fewest rows a leaf
 * @param patience rounds without a smaller held-out error that end a run; 0 = never
 */
public record BoostingGrid(
    int[] depths, double[] rates, int[] trees, int leaves, int minLeaf, int patience) {
  /** Keeps depth and rate of the winner on the evaluated games and halves the work. */
  private static final int PATIENCE = 300;

  /**
   * What a grid chose for one output.
   *
   * @param settings the winner, with its tree count and without patience
   * @param r2 mean R² over the folds; 0 is what the training mean would reach
   * @param forest fitted with the settings on all rows
   */
  public record Choice(Settings settings, double r2, Trees forest) {}

  /**
   * A scored grid point.
   *
   * @param settings depth, rate and tree count; fewer than asked where no fold grew as many
   * @param r2 mean R² over the folds
   */
  public record Score(Settings settings, double r2) {}

  /**
   * The grid of ProxySPEX: depth 3 and 5, rate 0.01 and 0.1, 500, 1,000 and 5,000 trees.
   *
   * <p>Source: Butler et al., arXiv 2505.17495, appendix B; their code leaves out unlimited depth.
   */
  public static BoostingGrid published() {
    return new BoostingGrid(
        new int[] {3, 5}, new double[] {0.01, 0.1}, new int[] {500, 1000, 5000}, 31, 20, PATIENCE);
  }

  /** The same grid with another patience. */
  public BoostingGrid withPatience(int rounds) {
    return new BoostingGrid(depths, rates, trees, leaves, minLeaf, rounds);
  }

  /** The same grid, but every tree count up to the largest may win. */
  public BoostingGrid withEveryCount() {
    int most = trees[trees.length - 1];
    return new BoostingGrid(
        depths, rates, IntStream.rangeClosed(1, most).toArray(), leaves, minLeaf, patience);
  }

  /**
   * Scores the grid, chooses, and fits the winner on all rows.
   *
   * @param backend where the trees grow
   * @param masks {@code (rows, features)}
   * @param values {@code (rows, outputs)}, finite
   * @param folds a division of the rows
   * @return one choice an output
   */
  public List<Choice> choose(Backend backend, Masks masks, Values values, Folds folds) {
    List<Score> best = new ArrayList<>();
    for (int o = 0; o < values.outputs(); o++) {
      Score winner = null;
      for (Score score : scores(backend, masks, values.column(o), folds)) {
        if (winner == null || score.r2() > winner.r2()) {
          winner = score;
        }
      }
      best.add(winner);
    }
    List<Settings> settings = best.stream().map(Score::settings).toList();
    List<Trees> forests = BoostedForests.fit(backend, masks, values, settings);
    return IntStream.range(0, best.size())
        .mapToObj(o -> new Choice(settings.get(o), best.get(o).r2(), forests.get(o)))
        .toList();
  }

  /**
   * The score of every grid point, in the order depth, rate, trees.
   *
   * @param target {@code (rows)} one output; runs of several outputs would only hold more forests
   */
  public List<Score> scores(Backend backend, Masks masks, double[] target, Folds folds) {
    List<Settings> runs = new ArrayList<>();
    for (int depth : depths) {
      for (double rate : rates) {
        runs.add(settings(depth, rate, trees[trees.length - 1], patience));
      }
    }
    List<Run> all = new ArrayList<>();
    for (int f = 0; f < folds.count(); f++) {
      long[] rest = folds.rest(f);
      long[] held = folds.held(f);
      runs.forEach(s -> all.add(new Run(s, rest, held, target)));
    }
    List<Fitted> fitted =
        backend.boosting().fit(masks.buffer(), masks.count(), masks.features(), all);
    double[] spread = new double[folds.count()];
    Arrays.setAll(spread, f -> spread(target, folds.held(f)));
    List<Score> scores = new ArrayList<>();
    for (int r = 0; r < runs.size(); r++) {
      for (int count : trees) {
        double r2 = 0;
        int grown = 0;
        for (int f = 0; f < folds.count(); f++) {
          double[] errors = fitted.get(f * runs.size() + r).validationError();
          int last = Math.min(count, errors.length - 1);
          grown = Math.max(grown, last);
          r2 += r2(errors[last], spread[f]) / folds.count();
        }
        Settings s = runs.get(r);
        scores.add(new Score(settings(s.depth(), s.rate(), grown, 0), r2));
      }
    }
    return scores;
  }

  private Settings settings(int depth, double rate, int count, int rounds) {
    return new Settings(depth, leaves, minLeaf, count, rate, rounds);
  }

  /** R² from sums of squares; a fold of equal values counts as explained or not at all. */
  private static double r2(double error, double spread) {
    if (spread == 0) {
      return error == 0 ? 1 : 0;
    }
    return 1 - error / spread;
  }

  /** Sum of squares about the mean over the given rows. */
  private static double spread(double[] target, long[] rows) {
    int[] picked =
        IntStream.range(0, target.length).filter(r -> (rows[r >>> 6] >>> r & 1) != 0).toArray();
    double mean = 0;
    for (int r : picked) {
      mean += target[r] / picked.length;
    }
    double sum = 0;
    for (int r : picked) {
      sum += (target[r] - mean) * (target[r] - mean);
    }
    return sum;
  }
}
