package dev.ablate.benchmarks;

import dev.ablate.backend.Backend;
import dev.ablate.backend.Backends;
import dev.ablate.backend.Boosting.Fitted;
import dev.ablate.backend.Boosting.Run;
import dev.ablate.backend.Boosting.Settings;
import dev.ablate.backend.Buffer;
import dev.ablate.backend.HostBuffer;
import dev.ablate.backend.host.HostBackend;
import dev.ablate.backend.kernel.Device;
import dev.ablate.code.Philox;
import dev.ablate.solve.boost.BoostingGrid;
import dev.ablate.solve.boost.Folds;
import java.util.ArrayList;
import java.util.List;

/**
 * The published grid with early stop off on a device: for each of its four settings a run on the
 * rest of each of five folds and one on all rows. First for one game, then for several games in one
 * batch, whose values are those of the first with noise. The first trees' errors are compared with
 * the host's.
 *
 * <p>Arguments: backend (default cuda), trees (default 5000), games in the batch (default 128).
 */
public final class DeviceGrid {
  private static final int FOLDS = 5;
  private static final int REPEATS = 5;
  private static final int CHECKED_TREES = 50;
  private static final double ASKED_MS = 150;
  private static final double ASKED_BATCH_MS = 2000;
  private static final double NOISE = 0.1;

  private DeviceGrid() {}

  /** Prints two lines. */
  public static void main(String[] args) {
    String name = args.length > 0 ? args[0] : "cuda";
    int trees = args.length > 1 ? Integer.parseInt(args[1]) : 5000;
    int games = args.length > 2 ? Integer.parseInt(args[2]) : 128;
    SharedGame game = SharedGame.read("forest-digits-64");
    Folds folds = Folds.of(game.masks(), FOLDS, 0);
    double[] values = noisy(game.values().column(0), games);
    try (Backend backend = Backends.open(name, 0).backend();
        Buffer masks = backend.upload(game.masks().buffer());
        Buffer y = backend.upload(HostBuffer.of(values))) {
      Device device = DeviceClock.device(backend);
      check(backend, game, folds, masks, y, games);
      for (int outputs : new int[] {1, games}) {
        List<Run> runs = runs(folds, trees, outputs);
        double[] seconds =
            DeviceClock.seconds(
                device,
                outputs == 1 ? REPEATS : 2,
                () -> fit(backend, game, masks, y, games, runs).forEach(f -> f.forest().close()));
        Measured.of("DeviceGrid", backend)
            .with("game", "forest-digits-64")
            .with("games", outputs)
            .with("runs", runs.size())
            .with("trees", trees)
            .milliseconds("ms", seconds)
            .against(
                "median_ms",
                Measured.median(seconds) * 1e3,
                outputs == 1 ? ASKED_MS : ASKED_BATCH_MS)
            .report();
        if (games == 1) {
          break;
        }
      }
    }
  }

  private static double[] noisy(double[] values, int games) {
    Philox.Stream random = Philox.stream(0, 2);
    double[] all = new double[values.length * games];
    for (int r = 0; r < values.length; r++) {
      for (int g = 0; g < games; g++) {
        all[r * games + g] = values[r] + (g == 0 ? 0 : NOISE * random.nextGaussian());
      }
    }
    return all;
  }

  private static List<Run> runs(Folds folds, int trees, int outputs) {
    BoostingGrid grid = BoostingGrid.published();
    List<Run> runs = new ArrayList<>();
    for (int o = 0; o < outputs; o++) {
      for (int depth : grid.depths()) {
        for (double rate : grid.rates()) {
          Settings settings = new Settings(depth, grid.leaves(), grid.minLeaf(), trees, rate, 0);
          for (int f = 0; f < folds.count(); f++) {
            runs.add(new Run(settings, folds.rest(f), folds.held(f), o));
          }
          long[] all = Folds.all(folds.rows());
          runs.add(new Run(settings, all, new long[all.length], o));
        }
      }
    }
    return runs;
  }

  private static List<Fitted> fit(
      Backend backend, SharedGame game, Buffer masks, Buffer y, int games, List<Run> runs) {
    return backend
        .boosting()
        .fit(masks, game.masks().count(), game.masks().features(), y, games, runs);
  }

  private static void check(
      Backend backend, SharedGame game, Folds folds, Buffer masks, Buffer y, int games) {
    List<Run> runs = runs(folds, CHECKED_TREES, 1);
    List<Fitted> found = fit(backend, game, masks, y, games, runs);
    try (HostBackend host = new HostBackend()) {
      List<Fitted> expected = fit(host, game, game.masks().buffer(), y.toHost(), games, runs);
      for (int i = 0; i < runs.size(); i++) {
        double[] a = expected.get(i).validationError();
        double[] b = found.get(i).validationError();
        for (int t = 0; t < a.length; t++) {
          if (Math.abs(a[t] - b[t]) > 1e-9 * a[0]) {
            throw new IllegalStateException(
                "run " + i + ", error after " + t + " trees: " + b[t] + " instead of " + a[t]);
          }
        }
      }
    }
    found.forEach(f -> f.forest().close());
  }
}
