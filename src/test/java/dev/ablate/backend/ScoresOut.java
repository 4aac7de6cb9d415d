package dev.ablate.backend;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.ablate.backend.Scores.Into;
import java.util.Arrays;

/** Memory for values on a backend. */
final class ScoresOut implements AutoCloseable {
  /** What stands where nothing may be written. */
  static final double UNTOUCHED = -77;

  /** No row is bad. */
  static final int NONE = Integer.MAX_VALUE;

  private final Buffer values;
  private final Buffer bad;

  ScoresOut(Backend backend, int numbers, int bad) {
    double[] all = new double[numbers];
    Arrays.fill(all, UNTOUCHED);
    this.values = backend.upload(HostBuffer.of(all));
    this.bad = backend.upload(HostBuffer.of(new int[] {bad}));
  }

  Into into(int outputs, int first) {
    return new Into(values, outputs, first, bad);
  }

  double[] found() {
    return values.toHost().doubles();
  }

  int bad() {
    return bad.toHost().ints()[0];
  }

  @Override
  public void close() {
    values.close();
    bad.close();
  }

  /** Where logarithms go. */
  Buffer values() {
    return values;
  }

  static void near(double[] expected, double[] found, double tolerance, String what) {
    assertEquals(expected.length, found.length);
    for (int i = 0; i < expected.length; i++) {
      if (expected[i] == Double.NEGATIVE_INFINITY) {
        assertEquals(expected[i], found[i], what + ", number " + i);
        continue;
      }
      double allowed = tolerance * Math.max(1, Math.abs(expected[i]));
      assertEquals(expected[i], found[i], allowed, what + ", number " + i);
    }
  }
}
