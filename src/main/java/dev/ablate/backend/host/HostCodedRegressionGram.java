package dev.ablate.backend.host;

import dev.ablate.backend.CodedBins;
import dev.ablate.backend.Sets;
import java.util.Arrays;

/**
 * Gram matrices of parities over sets of delays, in compressed rows: only terms that share a bin
 * have an entry. {@code Phi_s' Phi_t} is {@code 2^b} times the agreement of the two signatures on
 * the delays, summed over the groups in which both lie in the same bin. The places of the entries
 * are the same for all sets of delays; their values come from {@link #entries}.
 */
final class HostCodedRegressionGram {
  private final CodedBins bins;
  private final long[] signatures;
  private final int[] starts;
  private final int[] columns;
  private final byte[] times;

  /** The places of the entries for some terms. */
  HostCodedRegressionGram(CodedBins bins, Sets sets) {
    this.bins = bins;
    this.signatures = bins.signatures(sets);
    int size = sets.size();
    int[] at = bins.bins(sets);
    int[][][] members = members(bins, at, size);
    this.starts = new int[size + 1];
    int[] shared = new int[size];
    int[] neighbours = new int[size];
    int[] found = new int[16 * size];
    byte[] shares = new byte[16 * size];
    for (int s = 0; s < size; s++) {
      int count = 0;
      for (int c = 0; c < bins.groups(); c++) {
        for (int t : members[c][at[c * size + s]]) {
          if (shared[t]++ == 0) {
            neighbours[count++] = t;
          }
        }
      }
      int from = starts[s];
      starts[s + 1] = from + count;
      if (from + count > found.length) {
        found = Arrays.copyOf(found, 2 * (from + count));
        shares = Arrays.copyOf(shares, found.length);
      }
      for (int k = 0; k < count; k++) {
        found[from + k] = neighbours[k];
        shares[from + k] = (byte) shared[neighbours[k]];
        shared[neighbours[k]] = 0;
      }
    }
    this.columns = Arrays.copyOf(found, starts[size]);
    this.times = Arrays.copyOf(shares, starts[size]);
  }

  /** The terms of each bin: {@code (groups)(2^b)}. */
  private static int[][][] members(CodedBins bins, int[] at, int size) {
    int[][][] members = new int[bins.groups()][bins.points()][];
    for (int c = 0; c < bins.groups(); c++) {
      int[] counts = new int[bins.points()];
      for (int s = 0; s < size; s++) {
        counts[at[c * size + s]]++;
      }
      for (int j = 0; j < counts.length; j++) {
        members[c][j] = new int[counts[j]];
      }
      for (int s = size - 1; s >= 0; s--) {
        int bin = at[c * size + s];
        members[c][bin][--counts[bin]] = s;
      }
    }
    return members;
  }

  /**
   * The values of the entries.
   *
   * @param delays the delays as bits
   */
  double[] entries(long[] delays) {
    int words = bins.words();
    int count = Arrays.stream(delays).mapToInt(Long::bitCount).sum();
    double[] values = new double[columns.length];
    for (int s = 0; s + 1 < starts.length; s++) {
      for (int k = starts[s]; k < starts[s + 1]; k++) {
        int unequal = 0;
        for (int w = 0; w < words; w++) {
          long differ = signatures[s * words + w] ^ signatures[columns[k] * words + w];
          unequal += Long.bitCount(differ & delays[w]);
        }
        values[k] = (double) times[k] * bins.points() * (count - 2 * unequal);
      }
    }
    return values;
  }

  /** Number of terms. */
  int size() {
    return starts.length - 1;
  }

  /** Adds {@code step} times row {@code s} of a matrix to {@code to}. */
  void addRow(double[] entries, int s, double step, double[] to) {
    for (int k = starts[s]; k < starts[s + 1]; k++) {
      to[columns[k]] += step * entries[k];
    }
  }

  /** The matrix as {@code (terms, terms) row-major}. */
  double[] dense(double[] entries) {
    int size = starts.length - 1;
    double[] dense = new double[Math.multiplyExact(size, size)];
    for (int s = 0; s < size; s++) {
      for (int k = starts[s]; k < starts[s + 1]; k++) {
        dense[s * size + columns[k]] = entries[k];
      }
    }
    return dense;
  }

  /** {@code w' G w}. */
  double quadratic(double[] entries, double[] weights) {
    double sum = 0;
    for (int s = 0; s < weights.length; s++) {
      if (weights[s] != 0) {
        double fitted = 0;
        for (int k = starts[s]; k < starts[s + 1]; k++) {
          fitted += entries[k] * weights[columns[k]];
        }
        sum += weights[s] * fitted;
      }
    }
    return sum;
  }
}
