package dev.ablate.benchmarks;

import dev.ablate.backend.Buffer;
import dev.ablate.backend.HostBuffer;
import dev.ablate.backend.Tokens;
import dev.ablate.backend.host.HostBackend;
import java.nio.IntBuffer;
import java.util.HashMap;
import java.util.Map;
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

/**
 * The different rows that masks leave of a text whose hidden tokens are taken out: the host backend
 * on all cores and on one, and a table of rows as control.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class TokensBenchmark {
  private static final int MASKS = 10_000;
  private static final int VOCABULARY = 30_000;

  /** Number of tokens, each a feature. */
  @Param({"30", "300"})
  private int tokens;

  private HostBackend all;
  private HostBackend one;
  private int[] ids;
  private long[] masks;

  /** Draws a text and masks, and checks the backend against the control. */
  @Setup
  public void setUp() {
    SplittableRandom random = new SplittableRandom(1);
    ids = random.ints(tokens, 0, VOCABULARY).toArray();
    all = new HostBackend();
    one = new HostBackend(1);
    masks = all.sampling().uniform(1, 0, 0, MASKS, tokens).toHost().words();
    int expected = table();
    if (allThreads() != expected || oneThread() != expected) {
      throw new IllegalStateException("not " + expected + " rows");
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
  public int allThreads() {
    return distinct(all);
  }

  /** The host backend on one thread. */
  @Benchmark
  public int oneThread() {
    return distinct(one);
  }

  /** The control: a table with a number for each row. */
  @Benchmark
  public int table() {
    int words = (tokens + 63) / 64;
    Map<IntBuffer, Integer> numbers = new HashMap<>();
    for (int m = 0; m < MASKS; m++) {
      int mask = m * words;
      int[] row =
          IntStream.range(0, tokens)
              .filter(t -> (masks[mask + t / 64] >>> t % 64 & 1) != 0)
              .map(t -> ids[t])
              .toArray();
      numbers.putIfAbsent(IntBuffer.wrap(row), m);
    }
    return numbers.size();
  }

  private int distinct(HostBackend backend) {
    Buffer owners = HostBuffer.of(IntStream.range(0, tokens).toArray());
    Buffer starts = HostBuffer.of(new int[tokens + 1]);
    Buffer none = HostBuffer.of(new int[0]);
    Tokens.Text text = new Tokens.Text(HostBuffer.of(ids), owners, starts, none, tokens, tokens, 0);
    try (Tokens.Distinct found = backend.tokens().distinct(text, HostBuffer.of(masks), MASKS)) {
      return found.count();
    }
  }
}
