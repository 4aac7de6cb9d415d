package dev.ablate.benchmarks;

import dev.ablate.backend.HostBuffer;
import dev.ablate.backend.host.HostBackend;
import java.util.Arrays;
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

/** The transform on all cores and on one; a memory copy and plain radix-2 loops as controls. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class WalshBenchmark {
  /** Rows and length. */
  @Param({"168x256", "1024x1024", "1x1048576"})
  private String shape;

  private int rows;
  private int length;
  private HostBackend all;
  private HostBackend one;
  private double[] values;
  private double[] data;

  /** Draws values and checks the backend against the control. */
  @Setup
  public void setUp() {
    rows = Integer.parseInt(shape.substring(0, shape.indexOf('x')));
    length = Integer.parseInt(shape.substring(shape.indexOf('x') + 1));
    all = new HostBackend();
    one = new HostBackend(1);
    values = new SplittableRandom(1).doubles((long) rows * length, -1, 1).toArray();
    data = values.clone();
    double[] expected = radix2().clone();
    double[] got = allCores();
    for (int i = 0; i < got.length; i++) {
      if (Math.abs(got[i] - expected[i]) > 1e-12) {
        throw new IllegalStateException("transform " + i + " is wrong");
      }
    }
  }

  /** Stops the workers. */
  @TearDown
  public void tearDown() {
    all.close();
    one.close();
  }

  /** The host backend on all cores. */
  @Benchmark
  public double[] allCores() {
    System.arraycopy(values, 0, data, 0, values.length);
    all.walsh().transform(HostBuffer.of(data), rows, length, 1.0 / length);
    return data;
  }

  /** The host backend on one core. */
  @Benchmark
  public double[] oneCore() {
    System.arraycopy(values, 0, data, 0, values.length);
    one.walsh().transform(HostBuffer.of(data), rows, length, 1.0 / length);
    return data;
  }

  /** Control: the copy that every other measurement contains. */
  @Benchmark
  public double[] copy() {
    System.arraycopy(values, 0, data, 0, values.length);
    return data;
  }

  /** Control: plain radix-2 loops on one core. */
  @Benchmark
  public double[] radix2() {
    System.arraycopy(values, 0, data, 0, values.length);
    for (int row = 0; row < data.length; row += length) {
      for (int half = 1; half < length; half *= 2) {
        for (int i = row; i < row + length; i++) {
          if (((i - row) & half) == 0) {
            double a = data[i];
            data[i] = (a + data[i + half]);
            data[i + half] = a - data[i + half];
          }
        }
      }
    }
    Arrays.setAll(data, i -> data[i] / length);
    return data;
  }
}
