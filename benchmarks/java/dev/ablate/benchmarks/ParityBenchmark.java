package dev.ablate.benchmarks;

import dev.ablate.backend.Buffer;
import dev.ablate.backend.HostBuffer;
import dev.ablate.backend.Sets;
import dev.ablate.backend.host.HostBackend;
import dev.ablate.solve.boost.Folds;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
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

/** Parity columns, their Gram matrix and products; a Gram matrix of floats as control. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class ParityBenchmark {
  private static final int FEATURES = 64;

  /** Number of masks. */
  @Param({"2000", "16000"})
  private int rows;

  /** Number of sets. */
  @Param("1000")
  private int count;

  private HostBackend backend;
  private Buffer masks;
  private Sets sets;
  private Buffer columns;
  private Buffer part;
  private Buffer values;
  private float[] signs;

  /** Draws masks and sets and checks the Gram matrix against the control. */
  @Setup
  public void setUp() {
    backend = new HostBackend();
    masks = backend.sampling().uniform(1, 0, 0, rows, FEATURES);
    SplittableRandom random = new SplittableRandom(2);
    List<int[]> list = new ArrayList<>();
    for (int s = 0; s < count; s++) {
      list.add(random.ints(0, FEATURES).distinct().limit(1 + s % 5).toArray());
    }
    sets = Sets.of(list);
    columns = columns();
    part = HostBuffer.of(Folds.all(rows));
    values = HostBuffer.of(random.doubles(rows, -1, 1).toArray());
    long[] words = columns.toHost().words();
    signs = new float[count * rows];
    for (int i = 0; i < signs.length; i++) {
      int r = i % rows;
      signs[i] = 1 - 2 * (words[i / rows * ((rows + 63) / 64) + r / 64] >>> r & 1);
    }
    double[] expected = floatGram();
    if (!Arrays.equals(expected, gram().toHost().doubles())) {
      throw new IllegalStateException("the Gram matrix is wrong");
    }
  }

  /** Stops the workers. */
  @TearDown
  public void tearDown() {
    backend.close();
  }

  /** Packed parities of all sets. */
  @Benchmark
  public Buffer columns() {
    return backend.parity().columns(sets, masks, rows, FEATURES);
  }

  /** The Gram matrix by XOR and popcount. */
  @Benchmark
  public Buffer gram() {
    return backend.parity().gram(columns, count, rows, part, 1);
  }

  /** Products of all sets with one output. */
  @Benchmark
  public Buffer products() {
    return backend.parity().products(columns, count, rows, part, 1, values, 1);
  }

  /** Control: the Gram matrix of plus and minus ones in floats, on one core. */
  @Benchmark
  public double[] floatGram() {
    double[] gram = new double[count * count];
    for (int s = 0; s < count; s++) {
      for (int t = 0; t <= s; t++) {
        float sum = 0;
        for (int r = 0; r < rows; r++) {
          sum += signs[s * rows + r] * signs[t * rows + r];
        }
        gram[s * count + t] = sum;
        gram[t * count + s] = sum;
      }
    }
    return gram;
  }
}
