package dev.ablate.benchmarks;

import dev.ablate.backend.Buffer;
import dev.ablate.backend.HostBuffer;
import dev.ablate.backend.Sets;
import dev.ablate.backend.host.HostBackend;
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

/** A spectrum on masks: the host backend on all cores and on one, and a plain loop as control. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class EvaluationBenchmark {
  private static final int TERMS = 2000;
  private static final int MOST_MEMBERS = 5;

  /** Number of features. */
  @Param({"64", "1000"})
  private int features;

  /** Number of masks. */
  @Param({"200", "10000"})
  private int rows;

  private HostBackend all;
  private HostBackend one;
  private Sets sets;
  private double[] coefficients;
  private long[] masks;

  /** Draws a spectrum and masks, and checks the backend against the control. */
  @Setup
  public void setUp() {
    SplittableRandom random = new SplittableRandom(1);
    sets =
        Sets.of(
            IntStream.range(0, TERMS)
                .mapToObj(s -> random.ints(0, features).distinct().limit(s % (MOST_MEMBERS + 1)))
                .map(IntStream::toArray)
                .toList());
    coefficients = random.doubles(TERMS, -1, 1).toArray();
    masks = random.longs((long) rows * ((features + 63) / 64)).toArray();
    all = new HostBackend();
    one = new HostBackend(1);
    double[] expected = naive();
    for (Buffer values : new Buffer[] {allThreads(), oneThread()}) {
      double[] actual = values.toHost().doubles();
      for (int r = 0; r < rows; r++) {
        if (Math.abs(expected[r] - actual[r]) > 1e-10) {
          throw new IllegalStateException("mask " + r + " differs");
        }
      }
    }
  }

  /** Frees the backends. */
  @TearDown
  public void tearDown() {
    all.close();
    one.close();
  }

  /** The host backend on all processors. */
  @Benchmark
  public Buffer allThreads() {
    return evaluate(all);
  }

  /** The host backend on one thread. */
  @Benchmark
  public Buffer oneThread() {
    return evaluate(one);
  }

  /** The control: one term and mask at a time. */
  @Benchmark
  public double[] naive() {
    double[] values = new double[rows];
    int words = (features + 63) / 64;
    for (int r = 0; r < rows; r++) {
      for (int s = 0; s < sets.size(); s++) {
        long parity = 0;
        for (int k = 0; k < sets.order(s); k++) {
          int feature = sets.feature(s, k);
          parity ^= masks[r * words + feature / 64] >>> feature;
        }
        values[r] += (parity & 1) == 0 ? coefficients[s] : -coefficients[s];
      }
    }
    return values;
  }

  private Buffer evaluate(HostBackend backend) {
    return backend
        .evaluation()
        .evaluate(sets, HostBuffer.of(coefficients), 1, HostBuffer.of(masks), rows, features);
  }
}
