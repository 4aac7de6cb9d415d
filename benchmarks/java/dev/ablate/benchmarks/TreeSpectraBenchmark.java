package dev.ablate.benchmarks;

import dev.ablate.backend.Boosting.Run;
import dev.ablate.backend.Forest;
import dev.ablate.backend.TreeSpectra.Terms;
import dev.ablate.backend.host.HostBackend;
import dev.ablate.solve.boost.Folds;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
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

/**
 * The exact spectrum of a boosted forest of depth 5; the control is the definition, every subset of
 * every leaf's path in a hash map of bit sets (64 features or fewer).
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Warmup(iterations = 3, time = 2)
@Measurement(iterations = 5, time = 2)
@Fork(1)
public class TreeSpectraBenchmark {
  /** Trees in the forest. */
  @Param({"500", "5000"})
  public int trees;

  private HostBackend backend;
  private Forest forest;

  /** Boosts the forest and checks its spectrum against the control. */
  @Setup(Level.Trial)
  public void setUp() {
    backend = new HostBackend();
    BoostedGame game = BoostedGame.of(2000, 64);
    long[] all = Folds.all(2000);
    Run run = new Run(BoostedGame.settings(5, trees), all, new long[all.length], 0);
    forest =
        backend
            .boosting()
            .fit(game.masks().buffer(), 2000, 64, game.values().buffer(), 1, List.of(run))
            .get(0)
            .forest()
            .toHost();
    Terms terms = host();
    Map<Long, Double> expected = byLeaves();
    for (int s = 0; s < terms.sets().size(); s++) {
      long set = 0;
      for (int f : terms.sets().get(s)) {
        set |= 1L << f;
      }
      if (Math.abs(expected.get(set) - terms.coefficients()[s]) > 1e-9) {
        throw new IllegalStateException("the coefficient of " + Long.toBinaryString(set));
      }
    }
  }

  /** Our spectrum. */
  @Benchmark
  public Terms host() {
    return backend.treeSpectra().spectra(List.of(forest), new int[] {trees}).get(0);
  }

  /** The control. */
  @Benchmark
  public Map<Long, Double> byLeaves() {
    Map<Long, Double> sum = new HashMap<>();
    sum.put(0L, forest.base());
    for (int root : forest.roots()) {
      addLeaves(root, 0, 0, sum);
    }
    return sum;
  }

  private void addLeaves(int node, long path, long kept, Map<Long, Double> sum) {
    int f = forest.feature()[node];
    if (f >= 0) {
      addLeaves(forest.left()[node], path | 1L << f, kept, sum);
      addLeaves(forest.right()[node], path | 1L << f, kept | 1L << f, sum);
      return;
    }
    double share = Math.scalb(forest.value()[node], -Long.bitCount(path));
    long subset = path;
    while (true) {
      sum.merge(subset, Long.bitCount(subset & kept) % 2 == 0 ? share : -share, Double::sum);
      if (subset == 0) {
        return;
      }
      subset = (subset - 1) & path;
    }
  }

  /** Ends the threads. */
  @TearDown(Level.Trial)
  public void tearDown() {
    backend.close();
  }
}
