package dev.ablate.benchmarks;

import dev.ablate.backend.HostBuffer;
import dev.ablate.backend.Scores;
import dev.ablate.backend.host.HostBackend;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * Log-probabilities of tokens of a vocabulary of 50,257 singles, 64 rows: the host backend on all
 * cores and on one, and a plain loop as control.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class ScoresBenchmark {
  private static final int ROWS = 64;
  private static final int VOCABULARY = 50_257;
  private static final double TOLERANCE = 1e-10;

  private HostBackend all;
  private HostBackend one;
  private ByteBuffer logits;
  private long[] targets;

  /** Draws logits, and checks the backend against the control. */
  @Setup
  public void setUp() {
    SplittableRandom random = new SplittableRandom(1);
    logits =
        ByteBuffer.wrap(new byte[Float.BYTES * ROWS * VOCABULARY]).order(ByteOrder.nativeOrder());
    while (logits.hasRemaining()) {
      logits.putFloat((float) (4 * random.nextGaussian()));
    }
    targets = random.longs(ROWS, 0, VOCABULARY).toArray();
    all = new HostBackend();
    one = new HostBackend(1);
    double[] expected = loop();
    for (double[] found : new double[][] {allThreads(), oneThread()}) {
      for (int r = 0; r < ROWS; r++) {
        if (Math.abs(expected[r] - found[r]) > TOLERANCE) {
          throw new IllegalStateException("row " + r + " differs");
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
  public double[] allThreads() {
    return logs(all);
  }

  /** The host backend on one thread. */
  @Benchmark
  public double[] oneThread() {
    return logs(one);
  }

  /** The control: one exponential after another. */
  @Benchmark
  public double[] loop() {
    double[] logs = new double[ROWS];
    for (int r = 0; r < ROWS; r++) {
      double sum = 0;
      for (int k = 0; k < VOCABULARY; k++) {
        sum += Math.exp(logit(r, k));
      }
      logs[r] = logit(r, (int) targets[r]) - Math.log(sum);
    }
    return logs;
  }

  private double logit(int row, int token) {
    return logits.getFloat(Float.BYTES * (row * VOCABULARY + token));
  }

  private double[] logs(HostBackend backend) {
    double[] logs = new double[ROWS];
    Scores.Given given =
        new Scores.Given(HostBuffer.of(logits.array()), Scores.Number.F32, 0, ROWS, 1, VOCABULARY);
    backend
        .scores()
        .logProbabilities(given, HostBuffer.of(targets), 0, HostBuffer.of(logs), 0, 1, 1);
    return logs;
  }
}
