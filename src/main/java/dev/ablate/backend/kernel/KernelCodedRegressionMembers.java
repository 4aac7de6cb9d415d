package dev.ablate.backend.kernel;

import dev.ablate.backend.CodedBins;
import dev.ablate.backend.Sets;
import java.util.Arrays;

/**
 * The terms of each bin, and colours: terms of one colour share no bin. Costs the terms and their
 * pairs, on the host, where the sets are.
 */
final class KernelCodedRegressionMembers {
  private final int groups;
  private final int size;
  private final int[] bins;
  private final int[] members;
  private final int[] first;
  private final int[] starts;

  /** Sorts terms by bin, in each group. */
  KernelCodedRegressionMembers(CodedBins coded, Sets sets) {
    this.groups = coded.groups();
    this.size = sets.size();
    this.bins = coded.bins(sets);
    this.members = new int[groups * size];
    this.first = new int[groups * size];
    int[] counts = new int[groups * size];
    for (int c = 0; c < groups; c++) {
      sort(coded, c, counts);
    }
    this.starts = new int[groups * size + 1];
    for (int i = 0; i < counts.length; i++) {
      starts[i + 1] = Math.addExact(starts[i], counts[i] - 1);
    }
  }

  private void sort(CodedBins coded, int group, int[] counts) {
    int row = group * size;
    int[] from = new int[coded.points() + 1];
    for (int s = 0; s < size; s++) {
      from[bins[row + s] + 1]++;
    }
    for (int j = 0; j < coded.points(); j++) {
      from[j + 1] += from[j];
    }
    int[] next = Arrays.copyOf(from, coded.points());
    for (int s = 0; s < size; s++) {
      int bin = bins[row + s];
      members[row + next[bin]++] = s;
      first[s * groups + group] = row + from[bin];
      counts[s * groups + group] = from[bin + 1] - from[bin];
    }
  }

  /** {@code (groups, terms) row-major} the bin of each term. */
  int[] bins() {
    return bins;
  }

  /** {@code (groups, terms) row-major} the terms of each group by bin, ascending within one. */
  int[] members() {
    return members;
  }

  /** {@code (terms, groups) row-major} where the terms of its bin begin in {@link #members}. */
  int[] first() {
    return first;
  }

  /** {@code (terms * groups + 1)} where the other terms of its bin go among all entries. */
  int[] starts() {
    return starts;
  }

  /** Number of entries beside the diagonal. */
  int entries() {
    return starts[groups * size];
  }

  /**
   * The smallest colour for each term that no earlier one of its bins has.
   *
   * @return {@code (terms)}
   */
  int[] colours() {
    int[] colours = new int[size];
    int[] takenBy = new int[size + 1];
    Arrays.fill(takenBy, -1);
    for (int s = 0; s < size; s++) {
      for (int i = s * groups; i < (s + 1) * groups; i++) {
        // Members ascend: those before s have their colours.
        for (int k = first[i]; members[k] < s; k++) {
          takenBy[colours[members[k]]] = s;
        }
      }
      while (takenBy[colours[s]] == s) {
        colours[s]++;
      }
    }
    return colours;
  }
}
