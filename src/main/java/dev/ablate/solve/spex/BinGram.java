package dev.ablate.solve.spex;

import dev.ablate.backend.CodedBins;
import dev.ablate.backend.Sets;
import java.util.Arrays;

/**
 * The Gram matrices of parities over folds of delays, in compressed rows: only terms that share a
 * bin have an entry. {@code Phi_s' Phi_t} is {@code 2^b} times the agreement of the two signatures
 * on the fold's delays, summed over the groups in which both lie in the same bin.
 */
final class BinGram {
  private final int[] starts;
  private final int[] columns;
  private final double[][] entries;

  /**
   * The Gram matrices of some terms.
   *
   * @param folds {@code (folds)} the delays of each fold as bits
   */
  BinGram(CodedBins bins, Sets sets, long[][] folds) {
    int size = sets.size();
    int[] at = bins.bins(sets);
    long[] signatures = bins.signatures(sets);
    int[][][] members = members(bins, at, size);
    this.starts = new int[size + 1];
    int[] shared = new int[size];
    int[] neighbours = new int[size];
    int[] found = new int[16 * size];
    byte[] times = new byte[16 * size];
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
        times = Arrays.copyOf(times, found.length);
      }
      for (int k = 0; k < count; k++) {
        found[from + k] = neighbours[k];
        times[from + k] = (byte) shared[neighbours[k]];
        shared[neighbours[k]] = 0;
      }
    }
    this.columns = Arrays.copyOf(found, starts[size]);
    this.entries = new double[folds.length][];
    for (int f = 0; f < folds.length; f++) {
      entries[f] = entries(bins, signatures, folds[f], times);
    }
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

  private double[] entries(CodedBins bins, long[] signatures, long[] fold, byte[] times) {
    int words = bins.words();
    int delays = Arrays.stream(fold).mapToInt(Long::bitCount).sum();
    double[] values = new double[columns.length];
    for (int s = 0; s + 1 < starts.length; s++) {
      for (int k = starts[s]; k < starts[s + 1]; k++) {
        int unequal = 0;
        for (int w = 0; w < words; w++) {
          long differ = signatures[s * words + w] ^ signatures[columns[k] * words + w];
          unequal += Long.bitCount(differ & fold[w]);
        }
        values[k] = (double) times[k] * bins.points() * (delays - 2 * unequal);
      }
    }
    return values;
  }

  /** Number of terms. */
  int size() {
    return starts.length - 1;
  }

  /** {@code Phi_s' Phi_s} on a fold: its number of rows. */
  double rows(int fold) {
    double[] row = entries[fold];
    for (int k = starts[0]; k < starts[1]; k++) {
      if (columns[k] == 0) {
        return row[k];
      }
    }
    throw new IllegalStateException("a term shares no bin with itself");
  }

  /** Adds {@code step} times row {@code s} of a fold's matrix to {@code to}. */
  void addRow(int fold, int s, double step, double[] to) {
    double[] row = entries[fold];
    for (int k = starts[s]; k < starts[s + 1]; k++) {
      to[columns[k]] += step * row[k];
    }
  }

  /** {@code w' G w} on a fold. */
  double quadratic(int fold, double[] weights) {
    double[] row = entries[fold];
    double sum = 0;
    for (int s = 0; s < weights.length; s++) {
      if (weights[s] != 0) {
        double fitted = 0;
        for (int k = starts[s]; k < starts[s + 1]; k++) {
          fitted += row[k] * weights[columns[k]];
        }
        sum += weights[s] * fitted;
      }
    }
    return sum;
  }
}
