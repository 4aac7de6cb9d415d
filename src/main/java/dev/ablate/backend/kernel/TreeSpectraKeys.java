package dev.ablate.backend.kernel;

import dev.ablate.backend.Sets;
import dev.ablate.backend.TreeSpectra.Terms;

/**
 * How the keys of {@code kernels/tree_spectra.cl} hold sets: forest, order and ascending features,
 * from the most significant bit of the first word on, so that ascending keys are forests in their
 * order and sets in the order of {@link Sets#compare}. Each word holds whole features in its low
 * bits.
 */
final class TreeSpectraKeys {
  private final int longest;
  private final int orderBits;
  private final int featureBits;
  private final int firstSlots;
  private final int slots;
  private final int[] bits;

  /**
   * The narrowest keys.
   *
   * @param forests number of forests
   * @param longest most features of a set, at least 1
   * @param largest largest feature
   */
  TreeSpectraKeys(int forests, int longest, int largest) {
    this.longest = longest;
    this.orderBits = width(longest);
    this.featureBits = Math.max(1, width(largest));
    int header = orderBits + width(forests - 1);
    this.firstSlots = Math.min(longest, (Long.SIZE - header) / featureBits);
    this.slots = Long.SIZE / featureBits;
    int later = longest - firstSlots;
    this.bits = new int[1 + (later + slots - 1) / slots];
    bits[0] = header + firstSlots * featureBits;
    for (int w = 1; w < bits.length; w++) {
      bits[w] = inWord(w) * featureBits;
    }
  }

  private static int width(int most) {
    return Integer.SIZE - Integer.numberOfLeadingZeros(most);
  }

  /** Features that a word has places for. */
  private int inWord(int w) {
    return w == 0 ? firstSlots : Math.min(slots, longest - firstSlots - (w - 1) * slots);
  }

  int words() {
    return bits.length;
  }

  int orderBits() {
    return orderBits;
  }

  int featureBits() {
    return featureBits;
  }

  int firstSlots() {
    return firstSlots;
  }

  int slots() {
    return slots;
  }

  /** Bits of each word that differ between keys. */
  int[] bits() {
    return bits.clone();
  }

  /** Spectra that are constants. */
  static Terms[] constants(double[] constants) {
    Terms[] terms = new Terms[constants.length];
    for (int f = 0; f < terms.length; f++) {
      terms[f] = new Terms(new Sets(new int[2], new int[0]), new double[] {constants[f]});
    }
    return terms;
  }

  /**
   * Spectra from ascending keys, none of them the empty set's, without zeros.
   *
   * @param keys {@code (words, sets) row-major}
   * @param sums {@code (sets,)}
   * @param constants coefficient of each forest's empty set
   */
  Terms[] terms(long[] keys, double[] sums, double[] constants) {
    Terms[] terms = new Terms[constants.length];
    int from = 0;
    for (int f = 0; f < terms.length; f++) {
      int to = from;
      while (to < sums.length && forest(keys[to]) == f) {
        to++;
      }
      terms[f] = terms(keys, sums, constants[f], from, to);
      from = to;
    }
    return terms;
  }

  private Terms terms(long[] keys, double[] sums, double constant, int from, int to) {
    int count = 1;
    int members = 0;
    for (int s = from; s < to; s++) {
      if (sums[s] != 0) {
        count++;
        members += order(keys[s]);
      }
    }
    int[] starts = new int[count + 1];
    int[] features = new int[members];
    double[] coefficients = new double[count];
    coefficients[0] = constant;
    int term = 1;
    for (int s = from; s < to; s++) {
      if (sums[s] != 0) {
        int order = order(keys[s]);
        for (int k = 0; k < order; k++) {
          features[starts[term] + k] = feature(keys, sums.length, s, k);
        }
        coefficients[term] = sums[s];
        starts[term + 1] = starts[term] + order;
        term++;
      }
    }
    return new Terms(new Sets(starts, features), coefficients);
  }

  private int forest(long first) {
    return (int) (first >>> (firstSlots * featureBits) >>> orderBits);
  }

  private int order(long first) {
    return (int) (first >>> (firstSlots * featureBits)) & ((1 << orderBits) - 1);
  }

  /** The k-th smallest feature of set s. */
  private int feature(long[] keys, int sets, int s, int k) {
    int w = k < firstSlots ? 0 : 1 + (k - firstSlots) / slots;
    int place = k < firstSlots ? k : (k - firstSlots) % slots;
    long word = keys[w * sets + s] >>> ((inWord(w) - 1 - place) * featureBits);
    return (int) (word & ((1L << featureBits) - 1));
  }
}
