package dev.ablate.benchmarks;

import dev.ablate.backend.Boosting.Fitted;
import dev.ablate.backend.Boosting.Run;
import dev.ablate.backend.host.HostBackend;
import dev.ablate.solve.boost.BoostingGrid;
import dev.ablate.solve.boost.Folds;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/** One boosting run of 500 trees on one thread; the control is LightGBM on one thread. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Warmup(iterations = 3, time = 2)
@Measurement(iterations = 5, time = 2)
@Fork(1)
public class BoostingBenchmark {
  private static final int TREES = 500;

  /** Rows x features. */
  @Param({"1000x30", "2000x64", "4000x256"})
  public String size;

  /** Largest depth of a tree. */
  @Param({"3", "5"})
  public int depth;

  private HostBackend backend;
  private SharedGame game;
  private Folds folds;
  private Run run;

  /** Makes the game and checks the followed error of a run against its forest. */
  @Setup(Level.Trial)
  public void setUp() {
    String[] shape = size.split("x");
    BoostedGame made = BoostedGame.of(Integer.parseInt(shape[0]), Integer.parseInt(shape[1]));
    backend = new HostBackend(1);
    game = SharedGame.untested(made.masks(), made.values());
    folds = Folds.of(made.masks(), 5, 0);
    run = new Run(BoostedGame.settings(depth, TREES), folds.rest(0), folds.held(0), 0);
    long[] all = Folds.all(made.masks().count());
    Run everything = new Run(run.settings(), all, all, 0);
    Fitted fitted = fit(everything);
    double followed = fitted.validationError()[TREES] / made.masks().count();
    double walked = made.error(fitted.forest().toHost());
    if (Math.abs(followed - walked) > 1e-9 * Math.abs(fitted.validationError()[0])) {
      throw new IllegalStateException("followed error " + followed + ", walked " + walked);
    }
  }

  private Fitted fit(Run one) {
    return backend
        .boosting()
        .fit(
            game.masks().buffer(),
            game.masks().count(),
            game.masks().features(),
            game.values().buffer(),
            1,
            List.of(one))
        .get(0);
  }

  /** Our run. */
  @Benchmark
  public Fitted host() {
    return fit(run);
  }

  /** The control: the same settings in LightGBM, the same rows, the error at the end. */
  @Benchmark
  public double lightGbm() {
    BoostingGrid grid =
        new BoostingGrid(
            new int[] {depth}, new double[] {run.settings().rate()}, new int[] {TREES}, 31, 20, 0);
    return new LightGbmGrid(1, 1, 2, "force_row_wise").fold(game, grid, folds, 0);
  }

  /** Ends the threads. */
  @TearDown(Level.Trial)
  public void tearDown() {
    backend.close();
  }
}
