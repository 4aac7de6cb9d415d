package dev.ablate.backend;

import java.util.List;

/**
 * SPEX: finds the terms behind the bins of subsampled transforms and peels them.
 *
 * <p>Source: Kang et al., arXiv 2502.13870; soft decoding after Chase, IEEE Trans. Inf. Theory
 * 18(1), 1972.
 */
public interface Decoding {
  /**
   * How bins are decoded.
   *
   * @param patterns sign patterns tried a bin, the received one first, then in order of total
   *     unreliability over the 2t weakest numbers; 1 is hard decoding
   * @param residual a term may leave at most this share of the energy of the bin that found it,
   *     such as 0.9
   * @param evidence least gain in log-likelihood over all bins of a term, in nats, beyond the
   *     logarithm of the number of sets of its order; negative infinity accepts all
   * @param everyBin whether the first round decodes all bins that are not 0; later rounds, and this
   *     one otherwise, leave out bins that hardly exceed the quietest ones
   */
  record Settings(int patterns, double residual, double evidence, boolean everyBin) {}

  /**
   * What the bins of one problem gave.
   *
   * @param sets distinct sets in the order of {@link Sets#compare}
   * @param coefficients one for each set
   * @param rounds how often all changed bins were decoded
   */
  record Decoded(Sets sets, double[] coefficients, int rounds) {}

  /**
   * Decodes and peels until nothing changes. The result of a problem does not depend on the other
   * problems or on threads.
   *
   * @param bins where terms fall
   * @param transforms F64 or, on devices, F32 {@code (problems, groups, delays, 2^b) row-major}:
   *     {@code U_{c,p}(j)}; decisions and coefficients are made in double precision
   * @param problems number of problems, such as outputs
   * @param settings how to decode
   * @return one result a problem
   */
  List<Decoded> decode(CodedBins bins, Buffer transforms, int problems, Settings settings);
}
