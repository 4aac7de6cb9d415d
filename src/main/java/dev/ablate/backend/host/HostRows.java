package dev.ablate.backend.host;

import dev.ablate.backend.Buffer;
import dev.ablate.backend.HostBuffer;
import dev.ablate.backend.Rows;
import java.util.Arrays;
import java.util.function.DoubleUnaryOperator;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;

/** Rows on the calling thread: all of it is a pass over memory, or little. */
final class HostRows implements Rows {
  @Override
  public Buffer positions(long[][] parts, int rows) {
    return HostBuffer.of(
        Arrays.stream(parts)
            .flatMapToInt(part -> IntStream.range(0, rows).filter(r -> bit(part, r)))
            .toArray());
  }

  private static boolean bit(long[] part, int row) {
    return (part[row >>> 6] >>> row & 1) != 0;
  }

  @Override
  public Buffer ranges(int[] starts, int rows) {
    int words = (rows + 63) >>> 6;
    long[] bits = new long[Math.multiplyExact(starts.length - 1, words)];
    for (int p = 0; p + 1 < starts.length; p++) {
      for (int r = starts[p]; r < starts[p + 1]; r++) {
        bits[p * words + (r >>> 6)] |= 1L << r;
      }
    }
    return HostBuffer.of(bits);
  }

  @Override
  public Buffer gather(Buffer table, int width, Buffer positions) {
    HostBuffer from = table.toHost();
    int[] rows = positions.toHost().ints();
    HostBuffer to = HostBuffer.zeros(from.element(), Math.multiplyExact(rows.length, width));
    for (int r = 0; r < rows.length; r++) {
      System.arraycopy(from.array(), rows[r] * width, to.array(), r * width, width);
    }
    return to;
  }

  @Override
  public Buffer columns(Buffer values, int rows, int outputs, int[] picks) {
    double[] from = values.toHost().doubles();
    double[] to = new double[Math.multiplyExact(rows, picks.length)];
    for (int r = 0; r < rows; r++) {
      for (int k = 0; k < picks.length; k++) {
        to[r * picks.length + k] = picks[k] < 0 ? 0 : from[r * outputs + picks[k]];
      }
    }
    return HostBuffer.of(to);
  }

  @Override
  public void shift(Buffer values, int rows, int outputs, double[] offsets) {
    double[] all = values.toHost().doubles();
    for (int i = 0; i < rows * outputs; i++) {
      all[i] += offsets[i % outputs];
    }
  }

  @Override
  public void add(Buffer values, int rows, int outputs, int output, double factor, Buffer others) {
    double[] all = values.toHost().doubles();
    double[] add = others.toHost().doubles();
    for (int r = 0; r < rows; r++) {
      all[r * outputs + output] += factor * add[r];
    }
  }

  @Override
  public Buffer squareDifferences(Buffer a, Buffer b) {
    double[] from = a.toHost().doubles();
    double[] take = b.toHost().doubles();
    double[] differences = new double[from.length];
    Arrays.setAll(differences, r -> from[r] * from[r] - take[r] * take[r]);
    return HostBuffer.of(differences);
  }

  @Override
  public Summary[] summaries(Buffer values, int rows, int outputs) {
    double[] all = values.toHost().doubles();
    Summary[] summaries = new Summary[outputs];
    for (int o = 0; o < outputs; o++) {
      double first = all[o];
      summaries[o] =
          new Summary(
              first,
              column(all, rows, outputs, o, v -> v).sum(),
              column(all, rows, outputs, o, v -> v * v).sum(),
              column(all, rows, outputs, o, Math::abs).max().orElseThrow(),
              column(all, rows, outputs, o, v -> Math.abs(v - first)).max().orElseThrow());
    }
    return summaries;
  }

  private static DoubleStream column(
      double[] all, int rows, int outputs, int output, DoubleUnaryOperator map) {
    return IntStream.range(0, rows).mapToDouble(r -> map.applyAsDouble(all[r * outputs + output]));
  }

  @Override
  public Errors errors(Buffer values, Buffer predictions) {
    return Errors.of(values.toHost().doubles(), predictions.toHost().doubles());
  }

  @Override
  public double[] byDistance(Buffer masks, Buffer values, int rows, int features) {
    long[][] columns = columns(masks.toHost().words(), rows, (features + 63) >>> 6);
    double[] y = values.toHost().doubles();
    double[] sums = new double[features + 1];
    int[] distances = new int[rows];
    for (int r = 1; r < rows; r++) {
      Arrays.fill(distances, 0, r, 0);
      for (long[] column : columns) {
        addDistances(column, r, distances);
      }
      for (int q = 0; q < r; q++) {
        sums[distances[q]] += y[r] * y[q];
      }
    }
    return sums;
  }

  /** The words of the first masks, one array a word: loops over them run along memory. */
  private static long[][] columns(long[] masks, int rows, int words) {
    long[][] columns = new long[words][rows];
    for (int r = 0; r < rows; r++) {
      for (int w = 0; w < words; w++) {
        columns[w][r] = masks[r * words + w];
      }
    }
    return columns;
  }

  /** In how many bits of a word the masks before one differ from it. */
  private static void addDistances(long[] column, int mask, int[] distances) {
    for (int q = 0; q < mask; q++) {
      distances[q] += Long.bitCount(column[mask] ^ column[q]);
    }
  }
}
