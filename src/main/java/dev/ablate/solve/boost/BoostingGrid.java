package dev.ablate.solve.boost;

import dev.ablate.backend.Backend;
import dev.ablate.backend.Boosting.Fitted;
import dev.ablate.backend.Boosting.Run;
import dev.ablate.backend.Boosting.Settings;
import dev.ablate.backend.Buffer;
import dev.ablate.backend.Trees;
import dev.ablate.game.Values;
import dev.ablate.mask.Masks;
import java.util.ArrayList;
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
   * @return one choice an output, with forests for the caller to close
   */
  public List<Choice> choose(Backend backend, Masks masks, Values values, Folds folds) {
    List<Score> best = new ArrayList<>();
    for (List<Score> points : scores(backend, masks, values, folds)) {
      Score winner = null;
      for (Score score : points) {
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
   * @param values {@code (rows, outputs)}, finite
   * @return the points of each output
   */
  public List<List<Score>> scores(Backend backend, Masks masks, Values values, Folds folds) {
    // A device wants many runs at once; the host would only hold more forests.
    int atOnce = backend.name().equals("host") ? 1 : values.outputs();
    List<List<Score>> scores = new ArrayList<>();
    for (int first = 0; first < values.outputs(); first += atOnce) {
      scores.addAll(scores(backend, masks, values, first, first + atOnce, folds));
    }
    return scores;
  }

  /** The same for the outputs {@code from} to {@code to} (exclusive), all in one call. */
  private List<List<Score>> scores(
      Backend backend, Masks masks, Values values, int from, int to, Folds folds) {
    List<Settings> runs = runs();
    List<Run> all = new ArrayList<>();
    for (int f = 0; f < folds.count(); f++) {
      long[] rest = folds.rest(f);
      long[] held = folds.held(f);
      for (int o = from; o < to; o++) {
        int output = o;
        runs.forEach(s -> all.add(new Run(s, rest, held, output)));
      }
    }
    List<Fitted> fitted =
        backend
            .boosting()
            .fit(
                masks.buffer(),
                masks.count(),
                masks.features(),
                values.buffer(),
                values.outputs(),
                all);
    fitted.forEach(run -> run.forest().close());
    double[][] spreads = spreads(backend, values, from, to, folds);
    List<List<Score>> scores = new ArrayList<>();
    for (int o = from; o < to; o++) {
      double[][][] errors = new double[folds.count()][runs.size()][];
      for (int f = 0; f < folds.count(); f++) {
        for (int r = 0; r < runs.size(); r++) {
          int at = (f * (to - from) + o - from) * runs.size() + r;
          errors[f][r] = fitted.get(at).validationError();
        }
      }
      scores.add(scores(runs, errors, spreads[o - from]));
    }
    return scores;
  }

  /** One run for each depth and rate. */
  private List<Settings> runs() {
    List<Settings> runs = new ArrayList<>();
    for (int depth : depths) {
      for (double rate : rates) {
        runs.add(settings(depth, rate, trees[trees.length - 1], patience));
      }
    }
    return runs;
  }

  /** The points of one output from its errors, {@code (folds, runs)} each, and spreads. */
  private List<Score> scores(List<Settings> runs, double[][][] errors, double[] spread) {
    int folds = errors.length;
    List<Score> scores = new ArrayList<>();
    for (int r = 0; r < runs.size(); r++) {
      for (int count : trees) {
        double r2 = 0;
        int grown = 0;
        for (int f = 0; f < folds; f++) {
          int last = Math.min(count, errors[f][r].length - 1);
          grown = Math.max(grown, last);
          r2 += r2(errors[f][r][last], spread[f]) / folds;
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

  /**
   * Sums of squares about the mean over the rows of each fold.
   *
   * @return {@code (outputs, folds)} of the outputs {@code from} to {@code to} (exclusive)
   */
  private static double[][] spreads(Backend backend, Values values, int from, int to, Folds folds) {
    double[][] spreads = new double[to - from][folds.count()];
    for (int f = 0; f < folds.count(); f++) {
      long[][] fold = {folds.held(f)};
      try (Buffer positions = backend.rows().positions(fold, folds.rows());
          Buffer some = backend.rows().gather(values.buffer(), values.outputs(), positions)) {
        int rows = (int) positions.length();
        for (int o = from; o < to; o++) {
          try (Buffer one = backend.rows().columns(some, rows, values.outputs(), new int[] {o})) {
            spreads[o - from][f] = backend.rows().errors(one, one).total();
          }
        }
      }
    }
    return spreads;
  }
}
