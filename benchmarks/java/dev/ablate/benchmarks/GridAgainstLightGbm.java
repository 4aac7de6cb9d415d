package dev.ablate.benchmarks;

import dev.ablate.backend.host.HostBackend;
import dev.ablate.solve.boost.BoostingGrid;
import dev.ablate.solve.boost.BoostingGrid.Score;
import dev.ablate.solve.boost.Folds;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/**
 * The published ProxySPEX grid here and in LightGBM, in one process, on the same folds: seconds on
 * all processors and the best mean R² over the folds. Both are warm; LightGBM runs with the fastest
 * of several settings, found on 500 trees a run.
 *
 * <p>Arguments: repeats, then names of games in {@code ../shared/games}.
 */
public final class GridAgainstLightGbm {
  private static final int FOLDS = 5;

  private GridAgainstLightGbm() {}

  /** Prints the table. */
  public static void main(String[] args) {
    int repeats = args.length > 0 ? Integer.parseInt(args[0]) : 1;
    List<String> games =
        args.length > 1
            ? Arrays.asList(args).subList(1, args.length)
            : List.of(
                "forest-breast-cancer-30",
                "forest-digits-64",
                "planted-hierarchical-64",
                "planted-noisy-256");
    System.out.println("game | stop | ours s | LightGBM s | times | ours R2 | LightGBM R2 | with");
    try (HostBackend backend = new HostBackend()) {
      for (String name : games) {
        compare(name, backend, repeats);
      }
    }
  }

  private static void compare(String name, HostBackend backend, int repeats) {
    SharedGame game = SharedGame.read(name);
    Folds folds = Folds.of(game.masks(), FOLDS, 0);
    BoostingGrid published = BoostingGrid.published();
    LightGbmGrid peer = fastest(game, folds, backend.workers().threads());
    ours(game, published.withPatience(0), folds, backend);
    for (BoostingGrid grid : List.of(published.withPatience(0), published)) {
      double[] ourSeconds = new double[repeats];
      double[] peerSeconds = new double[repeats];
      double[] ourScores = {};
      double[] peerScores = {};
      for (int i = 0; i < repeats; i++) {
        long start = System.nanoTime();
        ourScores = ours(game, grid, folds, backend);
        long between = System.nanoTime();
        peerScores = peer.scores(game, grid, folds);
        ourSeconds[i] = (between - start) * 1e-9;
        peerSeconds[i] = (System.nanoTime() - between) * 1e-9;
      }
      print(name, grid, ourSeconds, peerSeconds, ourScores, peerScores, peer);
    }
  }

  private static double[] ours(
      SharedGame game, BoostingGrid grid, Folds folds, HostBackend backend) {
    return grid.scores(backend, game.masks(), game.values().column(0), folds).stream()
        .mapToDouble(Score::r2)
        .toArray();
  }

  /** The settings of LightGBM that take the least time for the grid's first 500 trees. */
  private static LightGbmGrid fastest(SharedGame game, Folds folds, int processors) {
    BoostingGrid published = BoostingGrid.published();
    BoostingGrid small =
        new BoostingGrid(
            published.depths(),
            published.rates(),
            new int[] {500},
            published.leaves(),
            published.minLeaf(),
            0);
    LightGbmGrid best = null;
    double least = Double.POSITIVE_INFINITY;
    for (int threads : new int[] {1, processors}) {
      for (int maxBin : new int[] {2, 255}) {
        for (String layout : new String[] {"force_col_wise", "force_row_wise"}) {
          LightGbmGrid peer = new LightGbmGrid(processors / threads, threads, maxBin, layout);
          long start = System.nanoTime();
          peer.scores(game, small, folds);
          double seconds = (System.nanoTime() - start) * 1e-9;
          System.err.printf(Locale.ROOT, "%s: %.2f s%n", peer, seconds);
          if (seconds < least) {
            least = seconds;
            best = peer;
          }
        }
      }
    }
    return best;
  }

  private static void print(
      String name,
      BoostingGrid grid,
      double[] ourSeconds,
      double[] peerSeconds,
      double[] ourScores,
      double[] peerScores,
      LightGbmGrid peer) {
    double ours = median(ourSeconds);
    double theirs = median(peerSeconds);
    System.out.printf(
        Locale.ROOT,
        "%s | %s | %.2f (%.2f-%.2f) | %.2f (%.2f-%.2f) | %.1f | %.5f at %d | %.5f at %d | %s%n",
        name,
        grid.patience() == 0 ? "off" : "after " + grid.patience(),
        ours,
        Arrays.stream(ourSeconds).min().orElseThrow(),
        Arrays.stream(ourSeconds).max().orElseThrow(),
        theirs,
        Arrays.stream(peerSeconds).min().orElseThrow(),
        Arrays.stream(peerSeconds).max().orElseThrow(),
        theirs / ours,
        ourScores[best(ourScores)],
        best(ourScores),
        peerScores[best(peerScores)],
        best(peerScores),
        peer);
    for (int i = 0; i < ourScores.length; i++) {
      System.err.printf(Locale.ROOT, "  point %d: %.6f %.6f%n", i, ourScores[i], peerScores[i]);
    }
  }

  private static double median(double[] seconds) {
    double[] sorted = seconds.clone();
    Arrays.sort(sorted);
    return sorted[sorted.length / 2];
  }

  private static int best(double[] scores) {
    int best = 0;
    for (int i = 1; i < scores.length; i++) {
      if (scores[i] > scores[best]) {
        best = i;
      }
    }
    return best;
  }
}
