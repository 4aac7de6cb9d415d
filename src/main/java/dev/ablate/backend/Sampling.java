package dev.ablate.backend;

/**
 * Masks from seeds. A mask row is packed, feature {@code i} = bit {@code i mod 64} of word {@code i
 * / 64}; bits past the last feature are 0. The same arguments give the same bits on every backend.
 */
public interface Sampling {
  /**
   * Independent uniform masks from Philox 4x32-10 (Salmon et al., SC 2011): words {@code 2k} and
   * {@code 2k+1} of row {@code r} are the output for key {@code seed} and counter {@code (k, r mod
   * 2^32, r div 2^32, stream)}.
   *
   * @param seed the key
   * @param stream separates independent uses of one seed
   * @param first index of the first row
   * @param rows number of rows
   * @param features number of features, at least 1
   * @return U64 {@code (rows, ceil(features/64)) row-major}
   */
  Buffer uniform(long seed, int stream, long first, int rows, int features);

  /**
   * Masks of affine subspaces: row {@code (g, p, l)} is {@code M_g l xor d_p}, where column {@code
   * k} of {@code M_g} is taken when bit {@code k} of {@code l} is 1.
   *
   * @param columns U64 {@code (groups, dimension, ceil(features/64))}, the columns of each M
   * @param groups number of subsampling groups
   * @param dimension number of columns b of each M
   * @param delays U64 {@code (delays, ceil(features/64))}
   * @param delayCount number of delays
   * @param features number of features
   * @return U64 {@code (groups, delays, 2^dimension, ceil(features/64)) row-major}
   */
  Buffer subspaces(
      Buffer columns, int groups, int dimension, Buffer delays, int delayCount, int features);
}
