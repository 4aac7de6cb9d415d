package dev.ablate.game;

import dev.ablate.backend.Backend;
import dev.ablate.backend.Buffer;
import dev.ablate.backend.HostBuffer;
import dev.ablate.code.InputException;
import java.util.Arrays;

/** What a game returned: F64 {@code (masks, outputs) row-major}, in the unit of the game. */
public final class Values implements AutoCloseable {
  private final Buffer buffer;
  private final int count;
  private final int outputs;
  // Set at the first look; both copies hold the same values.
  private volatile HostBuffer host;

  /**
   * Wraps a buffer without copying it.
   *
   * @throws IllegalArgumentException if the buffer's length is not {@code count * outputs}
   */
  public Values(Buffer buffer, int count, int outputs) {
    if (outputs < 1 || buffer.length() != (long) count * outputs) {
      throw new IllegalArgumentException(
          "a buffer of " + buffer.length() + " does not hold " + count + " x " + outputs);
    }
    this.buffer = buffer;
    this.count = count;
    this.outputs = outputs;
  }

  /** Host values, all 0. */
  public static Values zeros(int count, int outputs) {
    return new Values(
        HostBuffer.of(new double[Math.multiplyExact(count, outputs)]), count, outputs);
  }

  /** One output a mask; the array is not copied. */
  public static Values of(double[] values) {
    InputException.required(values, "the array of values");
    return new Values(HostBuffer.of(values), values.length, 1);
  }

  /** Number of masks. */
  public int count() {
    return count;
  }

  /** Outputs a mask. */
  public int outputs() {
    return outputs;
  }

  /** The memory behind the values. */
  public Buffer buffer() {
    return buffer;
  }

  /** The values on the host: no copy if they live there, otherwise one, made once. */
  public double[] hostDoubles() {
    if (host == null) {
      host = buffer.toHost();
    }
    return host.doubles();
  }

  /** Whether {@link #hostDoubles} copies nothing: the values are on the host, perhaps besides. */
  public boolean onHost() {
    return host != null || buffer instanceof HostBuffer;
  }

  /** The same values in the memory of a backend: these themselves if they live there. */
  public Values on(Backend backend) {
    Buffer there = backend.upload(buffer);
    if (there == buffer) {
      return this;
    }
    Values values = new Values(there, count, outputs);
    values.host = buffer instanceof HostBuffer doubles ? doubles : host;
    return values;
  }

  /** One value; for host values. */
  public double get(int row, int output) {
    return hostDoubles()[row * outputs + output];
  }

  /** Sets one value; for host values. */
  public void set(int row, int output, double value) {
    hostDoubles()[row * outputs + output] = value;
  }

  /** The rows of two tables of as many outputs, one after another, in a copy on the host. */
  public static Values concat(Values first, Values second) {
    if (first.outputs != second.outputs) {
      throw new IllegalArgumentException("values of different numbers of outputs");
    }
    int length = first.count * first.outputs;
    double[] all =
        Arrays.copyOf(first.hostDoubles(), Math.addExact(length, second.count * second.outputs));
    System.arraycopy(second.hostDoubles(), 0, all, length, second.count * second.outputs);
    return new Values(HostBuffer.of(all), first.count + second.count, first.outputs);
  }

  /** A copy of one output's column. */
  public double[] column(int output) {
    double[] all = hostDoubles();
    double[] column = new double[count];
    for (int r = 0; r < count; r++) {
      column[r] = all[r * outputs + output];
    }
    return column;
  }

  /** A copy of the rows with the given positions, in that order. */
  public Values select(int[] rows) {
    double[] all = hostDoubles();
    double[] picked = new double[Math.multiplyExact(rows.length, outputs)];
    for (int r = 0; r < rows.length; r++) {
      System.arraycopy(all, rows[r] * outputs, picked, r * outputs, outputs);
    }
    return new Values(HostBuffer.of(picked), rows.length, outputs);
  }

  /** A copy of the rows {@code from} to {@code to} (exclusive). */
  public Values range(int from, int to) {
    double[] rows = Arrays.copyOfRange(hostDoubles(), from * outputs, to * outputs);
    return new Values(HostBuffer.of(rows), to - from, outputs);
  }

  @Override
  public void close() {
    buffer.close();
  }
}
