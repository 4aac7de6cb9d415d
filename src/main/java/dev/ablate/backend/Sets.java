package dev.ablate.backend;

import java.util.Arrays;
import java.util.Collection;

/**
 * A list of feature sets in compressed rows: set {@code i} is {@code
 * features[starts[i]..starts[i+1])}, ascending. A set costs its order, never the number of
 * features.
 */
public final class Sets {
  private final int[] starts;
  private final int[] features;

  /**
   * Wraps compressed rows without copying them.
   *
   * @param starts {@code (sets + 1)} offsets, the first 0
   * @param features the members of all sets, ascending within each set
   * @throws IllegalArgumentException if a set is not strictly ascending or holds a negative feature
   */
  public Sets(int[] starts, int[] features) {
    for (int s = 0; s + 1 < starts.length; s++) {
      for (int k = starts[s]; k < starts[s + 1]; k++) {
        if (features[k] < 0 || (k > starts[s] && features[k - 1] >= features[k])) {
          throw new IllegalArgumentException("set " + s + " is not strictly ascending");
        }
      }
    }
    this.starts = starts;
    this.features = features;
  }

  /** Sets given one by one; each is sorted in a copy. */
  public static Sets of(Collection<int[]> sets) {
    int[] starts = new int[sets.size() + 1];
    int s = 0;
    for (int[] set : sets) {
      starts[s + 1] = starts[s] + set.length;
      s++;
    }
    int[] features = new int[starts[s]];
    s = 0;
    for (int[] set : sets) {
      System.arraycopy(set, 0, features, starts[s], set.length);
      Arrays.sort(features, starts[s], starts[s + 1]);
      s++;
    }
    return new Sets(starts, features);
  }

  /** Number of sets. */
  public int size() {
    return starts.length - 1;
  }

  /** Number of features in set {@code i}. */
  public int order(int i) {
    return starts[i + 1] - starts[i];
  }

  /** The {@code k}-th smallest feature of set {@code i}. */
  public int feature(int i, int k) {
    return features[starts[i] + k];
  }

  /** A copy of set {@code i}, ascending. */
  public int[] get(int i) {
    return Arrays.copyOfRange(features, starts[i], starts[i + 1]);
  }

  /** The largest order among the sets, 0 when there is none. */
  public int maxOrder() {
    int max = 0;
    for (int i = 0; i < size(); i++) {
      max = Math.max(max, order(i));
    }
    return max;
  }

  /** {@code (sets)} true where a set has no feature. */
  public boolean[] empties() {
    boolean[] empties = new boolean[size()];
    for (int i = 0; i < empties.length; i++) {
      empties[i] = order(i) == 0;
    }
    return empties;
  }

  /** The sets with the given positions, in that order. */
  public Sets select(int[] positions) {
    int[] from = new int[positions.length + 1];
    for (int p = 0; p < positions.length; p++) {
      from[p + 1] = from[p] + order(positions[p]);
    }
    int[] members = new int[from[positions.length]];
    for (int p = 0; p < positions.length; p++) {
      System.arraycopy(features, starts[positions[p]], members, from[p], order(positions[p]));
    }
    return new Sets(from, members);
  }

  /** Order first, then the features from the smallest on: the order in which spectra are kept. */
  public static int compare(int[] a, int[] b) {
    return a.length != b.length ? Integer.compare(a.length, b.length) : Arrays.compare(a, b);
  }

  /** The offsets; not a copy. */
  public int[] starts() {
    return starts;
  }

  /** The members of all sets, one after another; not a copy. */
  public int[] features() {
    return features;
  }
}
