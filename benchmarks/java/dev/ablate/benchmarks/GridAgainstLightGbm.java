package dev.ablate.benchmarks;

import com.sun.management.OperatingSystemMXBean;
import dev.ablate.backend.host.HostBackend;
import dev.ablate.solve.boost.BoostingGrid;
import dev.ablate.solve.boost.BoostingGrid.Score;
import dev.ablate.solve.boost.Folds;
import java.lang.management.ManagementFactory;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.function.Supplier;
import java.util.stream.IntStream;

/**
 * The published ProxySPEX grid here and in LightGBM, in one process, on the same folds and with the
 * same stopping rule: seconds on all processors, seconds of processor time, and the best mean R²
 * over the folds. Both are warm; LightGBM runs with the fastest of several settings, found on the
 * first trees of each run.
 *
 * <p>Arguments: repeats, then names of games in {@code ../shared/games}.
 */
public final class GridAgainstLightGbm {
  private static final int FOLDS = 5;
  private static final int TRIAL_TREES = 100;
  private static final OperatingSystemMXBean SYSTEM =
      (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();

  private GridAgainstLightGbm() {}

  /** A measured grid: R² of its points, seconds, and seconds of processor time. */
  private record Timed(double[] scores, double seconds, double processorSeconds) {
    static Timed of(Supplier<double[]> grid) {
      long start = System.nanoTime();
      long used = SYSTEM.getProcessCpuTime();
      double[] scores = grid.get();
      return new Timed(
          scores, (System.nanoTime() - start) * 1e-9, (SYSTEM.getProcessCpuTime() - used) * 1e-9);
    }

    int best() {
      return IntStream.range(0, scores.length).reduce(0, (a, b) -> scores[b] > scores[a] ? b : a);
    }
  }

  /** Prints the table. */
  public static void main(String[] args) {
    int repeats = args.length > 0 ? Integer.parseInt(args[0]) : 3;
    List<String> games =
        args.length > 1
            ? Arrays.asList(args).subList(1, args.length)
            : List.of(
                "forest-breast-cancer-30",
                "forest-digits-64",
                "planted-hierarchical-64",
                "planted-noisy-256");
    System.out.println("Seconds are medians of " + repeats + ", then least and most.");
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
    ours(game, published, folds, backend);
    int processors = backend.workers().threads();
    // A team of threads for one run waits actively, which a busy machine punishes: try both ways.
    List<LightGbmGrid> peers =
        IntStream.of(1, processors)
            .distinct()
            .mapToObj(threads -> fastest(game, folds, processors / threads, threads))
            .toList();
    System.out.println(name);
    for (BoostingGrid grid : List.of(published.withPatience(0), published)) {
      Timed[] ours = new Timed[repeats];
      Timed[][] theirs = new Timed[peers.size()][repeats];
      for (int i = 0; i < repeats; i++) {
        ours[i] = Timed.of(() -> ours(game, grid, folds, backend));
        for (int p = 0; p < peers.size(); p++) {
          LightGbmGrid peer = peers.get(p);
          theirs[p][i] = Timed.of(() -> peer.scores(game, grid, folds));
        }
      }
      System.out.println(
          grid.patience() == 0
              ? " no early stop, on either side"
              : " early stop after " + grid.patience() + " rounds, on both sides");
      for (int p = 0; p < peers.size(); p++) {
        System.out.println("  against " + peers.get(p));
        print(ours, theirs[p]);
      }
    }
  }

  private static double[] ours(
      SharedGame game, BoostingGrid grid, Folds folds, HostBackend backend) {
    return grid.scores(backend, game.masks(), game.values(), folds).get(0).stream()
        .mapToDouble(Score::r2)
        .toArray();
  }

  /** The settings of LightGBM that take the least time for the first trees of the grid's runs. */
  private static LightGbmGrid fastest(SharedGame game, Folds folds, int parallelRuns, int threads) {
    BoostingGrid grid = BoostingGrid.published();
    BoostingGrid trial =
        new BoostingGrid(
            grid.depths(), grid.rates(), new int[] {TRIAL_TREES}, grid.leaves(), grid.minLeaf(), 0);
    LightGbmGrid best = null;
    double least = Double.POSITIVE_INFINITY;
    for (int maxBin : new int[] {2, 255}) {
      for (String layout : new String[] {"force_col_wise", "force_row_wise"}) {
        LightGbmGrid peer = new LightGbmGrid(parallelRuns, threads, maxBin, layout);
        double seconds = Timed.of(() -> peer.scores(game, trial, folds)).seconds();
        if (seconds < least) {
          least = seconds;
          best = peer;
        }
      }
    }
    return best;
  }

  private static void print(Timed[] ours, Timed[] theirs) {
    double[] seconds = Arrays.stream(ours).mapToDouble(Timed::seconds).sorted().toArray();
    double[] peerSeconds = Arrays.stream(theirs).mapToDouble(Timed::seconds).sorted().toArray();
    double[] used = Arrays.stream(ours).mapToDouble(Timed::processorSeconds).sorted().toArray();
    double[] peerUsed =
        Arrays.stream(theirs).mapToDouble(Timed::processorSeconds).sorted().toArray();
    line("seconds", seconds, peerSeconds);
    line("processor seconds", used, peerUsed);
    System.out.printf(
        Locale.ROOT,
        "  best R2: ours %.5f at point %d, LightGBM %.5f at point %d%n",
        ours[0].scores[ours[0].best()],
        ours[0].best(),
        theirs[0].scores[theirs[0].best()],
        theirs[0].best());
    System.out.println("  R2 ours     " + points(ours[0].scores));
    System.out.println("  R2 LightGBM " + points(theirs[0].scores));
  }

  private static void line(String what, double[] ours, double[] theirs) {
    int last = ours.length - 1;
    int middle = ours.length / 2;
    System.out.printf(
        Locale.ROOT,
        "  %s: ours %.2f (%.2f-%.2f), LightGBM %.2f (%.2f-%.2f), %.1f times%n",
        what,
        ours[middle],
        ours[0],
        ours[last],
        theirs[middle],
        theirs[0],
        theirs[last],
        theirs[middle] / ours[middle]);
  }

  private static String points(double[] scores) {
    StringBuilder line = new StringBuilder();
    for (double score : scores) {
      line.append(String.format(Locale.ROOT, " %.5f", score));
    }
    return line.toString();
  }
}
