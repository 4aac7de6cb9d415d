package dev.ablate.benchmarks;

import dev.ablate.backend.Buffer;
import dev.ablate.backend.HostBuffer;
import dev.ablate.backend.Screening;
import dev.ablate.backend.host.HostBackend;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/** All sets up to order three, tested outright; sums of plus and minus values as control. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class ScreeningBenchmark {
  private static final int ORDER = 3;

  /** Number of features. */
  @Param({"32", "64"})
  private int features;

  /** Number of masks. */
  @Param({"500", "4000"})
  private int rows;

  private HostBackend backend;
  private Buffer masks;
  private Buffer values;
  private Screening.Search search;
  private double[] y;
  private double[][] signs;

  /** Draws masks and values and checks the hits against the control. */
  @Setup
  public void setUp() {
    backend = new HostBackend();
    masks = backend.sampling().uniform(1, 0, 0, rows, features);
    SplittableRandom random = new SplittableRandom(2);
    y = random.doubles(rows, -1, 1).toArray();
    values = HostBuffer.of(y);
    double error = Math.sqrt(1.0 / 3 / rows);
    int[] all = IntStream.range(0, features).toArray();
    search = new Screening.Search(all, 1, ORDER, 3 * error, Integer.MAX_VALUE);
    long[] words = masks.toHost().words();
    signs = new double[features][rows];
    for (int i = 0; i < features; i++) {
      for (int r = 0; r < rows; r++) {
        signs[i][r] = 1 - 2 * (words[r] >>> i & 1);
      }
    }
    if (screen().get(0).found() != naive()) {
      throw new IllegalStateException("the number of hits is wrong");
    }
  }

  /** Stops the workers. */
  @TearDown
  public void tearDown() {
    backend.close();
  }

  /** The operation. */
  @Benchmark
  public List<Screening.Hits> screen() {
    return backend.screening().screen(masks, rows, features, values, 1, List.of(search));
  }

  /** Control: a sum in doubles for every set, on one core. */
  @Benchmark
  public long naive() {
    long found = 0;
    double[] one = new double[rows];
    double[] two = new double[rows];
    for (int i = 0; i < features; i++) {
      found += hit(signs[i], y);
      times(signs[i], y, one);
      for (int j = i + 1; j < features; j++) {
        found += hit(signs[j], one);
        times(signs[j], one, two);
        for (int k = j + 1; k < features; k++) {
          found += hit(signs[k], two);
        }
      }
    }
    return found;
  }

  private static void times(double[] signs, double[] from, double[] to) {
    for (int r = 0; r < to.length; r++) {
      to[r] = signs[r] * from[r];
    }
  }

  private int hit(double[] signs, double[] with) {
    double sum = 0;
    for (int r = 0; r < with.length; r++) {
      sum += signs[r] * with[r];
    }
    return Math.abs(sum / rows) >= search.threshold() ? 1 : 0;
  }
}
