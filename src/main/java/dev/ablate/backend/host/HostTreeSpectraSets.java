package dev.ablate.backend.host;

import dev.ablate.backend.Sets;
import dev.ablate.backend.TreeSpectra.Terms;
import dev.ablate.work.Work;
import java.util.Arrays;

/**
 * Coefficients of a growing family of sets. A set is a number: 0 is the empty set, and a set with a
 * feature above all of its own is found by hashing (set, feature). So keys stay one word long for
 * any number of features and any order, and sets are never compared.
 */
final class HostTreeSpectraSets {
  private static final long MIX = 0x9E3779B97F4A7C15L;

  private int[] table = new int[1 << 12];
  private int shift = 64 - 12;
  private long[] key = new long[1 << 10];
  private double[] coefficient = new double[1 << 10];
  private int size = 1;

  HostTreeSpectraSets() {
    key[0] = -1;
  }

  /** The set with one more feature, which is above all of its own. */
  int with(int set, int feature) {
    long wanted = (long) set << 32 | feature;
    int mask = table.length - 1;
    int slot = (int) (wanted * MIX >>> shift);
    while (table[slot] != 0) {
      if (key[table[slot]] == wanted) {
        return table[slot];
      }
      slot = (slot + 1) & mask;
    }
    if (size == key.length) {
      key = Arrays.copyOf(key, 2 * size);
      coefficient = Arrays.copyOf(coefficient, 2 * size);
    }
    key[size] = wanted;
    table[slot] = size++;
    if (2 * size > table.length) {
      enlarge();
    }
    return size - 1;
  }

  private void enlarge() {
    table = new int[2 * table.length];
    shift--;
    for (int s = 1; s < size; s++) {
      int slot = (int) (key[s] * MIX >>> shift);
      while (table[slot] != 0) {
        slot = (slot + 1) & (table.length - 1);
      }
      table[slot] = s;
    }
  }

  /** Adds to the coefficient of a set. */
  void add(int set, double value) {
    coefficient[set] += value;
  }

  /** Adds all coefficients of another family. */
  void addAll(HostTreeSpectraSets other) {
    int[] here = new int[other.size];
    add(0, other.coefficient[0]);
    // A set is always numbered after its prefixes.
    for (int s = 1; s < other.size; s++) {
      here[s] = with(here[prefix(other.key[s])], (int) other.key[s]);
      add(here[s], other.coefficient[s]);
    }
  }

  private static int prefix(long key) {
    return (int) (key >>> 32);
  }

  /** The terms that are not 0, and the empty set, in the order of {@link Sets#compare}. */
  Terms terms() {
    int[] sorted = sorted();
    int[] order = new int[size];
    for (int s = 1; s < size; s++) {
      order[s] = order[prefix(key[s])] + 1;
    }
    int terms = 0;
    int members = 0;
    for (int s : sorted) {
      if (s == 0 || coefficient[s] != 0) {
        sorted[terms++] = s;
        members += order[s];
      }
    }
    int[] starts = new int[terms + 1];
    int[] features = new int[members];
    double[] coefficients = new double[terms];
    for (int i = 0; i < terms; i++) {
      int set = sorted[i];
      coefficients[i] = coefficient[set];
      starts[i + 1] = starts[i] + order[set];
      for (int k = starts[i + 1] - 1; k >= starts[i]; k--) {
        features[k] = (int) key[set];
        set = prefix(key[set]);
      }
    }
    return new Terms(new Sets(starts, features), coefficients);
  }

  /**
   * All sets by order, then features: those of one order sorted by the rank of their prefix and
   * their last feature.
   */
  private int[] sorted() {
    int[] sorted = new int[size];
    int[] rank = new int[size];
    int[] order = new int[size];
    int[] ofOrder = new int[size + 1];
    ofOrder[0] = 1;
    int highest = 0;
    for (int s = 1; s < size; s++) {
      order[s] = order[prefix(key[s])] + 1;
      ofOrder[order[s]]++;
      highest = Math.max(highest, order[s]);
    }
    long[][] keys = new long[highest + 1][];
    int[] filled = new int[highest + 1];
    for (int o = 0; o <= highest; o++) {
      keys[o] = new long[ofOrder[o]];
    }
    int done = 1;
    for (int o = 1; o <= highest; o++) {
      for (int s = 1; s < size; s++) {
        if (order[s] == o) {
          keys[o][filled[o]++] = (long) rank[prefix(key[s])] << 32 | (int) key[s];
        }
      }
      Work.check();
      Arrays.sort(keys[o]);
      Work.check();
      for (long k : keys[o]) {
        int set = with(sorted[prefix(k)], (int) k);
        rank[set] = done;
        sorted[done++] = set;
      }
    }
    return sorted;
  }
}
