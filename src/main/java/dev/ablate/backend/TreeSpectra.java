package dev.ablate.backend;

import java.util.List;

/**
 * Exact Walsh-Hadamard spectra of regression trees on bits. A leaf {@code v} at depth {@code d}
 * behind the path {@code (i, b_i)} adds {@code v 2^-d prod_{i in S} (-1)^b_i} to every subset S of
 * its path.
 *
 * <p>Source: Gorji, Amrollahi, Krause, arXiv 2410.06300.
 */
public interface TreeSpectra {
  /**
   * Terms of a spectrum.
   *
   * @param sets distinct sets in the order of {@link Sets#compare}
   * @param coefficients one for each set
   */
  record Terms(Sets sets, double[] coefficients) {}

  /**
   * Which terms of a spectrum are wanted: the empty set, all singletons and the largest terms of
   * order 2 and more.
   *
   * @param most how many terms of order 2 and more of each spectrum, those of largest magnitude; of
   *     equal ones those that come first in the order of {@link Sets#compare}
   */
  record Selection(int most) {
    /**
     * Checks the number.
     *
     * @throws IllegalArgumentException if it is negative
     */
    public Selection {
      if (most < 0) {
        throw new IllegalArgumentException(most + " terms cannot be selected");
      }
    }

    /** Every term. */
    public static Selection all() {
      return new Selection(Integer.MAX_VALUE);
    }

    /** At most so many terms of order 2 and more. */
    public static Selection largest(int most) {
      return new Selection(most);
    }
  }

  /** Whole spectra: {@link #spectra(List, int[], Selection)} of {@link Selection#all()}. */
  default List<Terms> spectra(List<? extends Trees> forests, int[] trees) {
    return spectra(forests, trees, Selection.all());
  }

  /**
   * Spectra of the first trees of each forest, the base in the empty set. Only the selected terms
   * come to the host.
   *
   * @param forests the forests
   * @param trees how many trees of each count
   * @param selection the terms that are wanted of each spectrum
   * @return one spectrum a forest, without exact zeros (the empty set always stays)
   */
  List<Terms> spectra(List<? extends Trees> forests, int[] trees, Selection selection);
}
