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
   * Spectra of the first trees of each forest, the base in the empty set.
   *
   * @param forests the forests
   * @param trees how many trees of each count
   * @return one spectrum a forest, without exact zeros (the empty set always stays)
   */
  List<Terms> spectra(List<? extends Trees> forests, int[] trees);
}
