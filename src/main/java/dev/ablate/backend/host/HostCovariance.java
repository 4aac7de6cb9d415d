package dev.ablate.backend.host;

import dev.ablate.backend.GaussianProcess.Prior;

/**
 * The covariance of masks. Decays are looked up eight features at a time: tables hold the exponent
 * of every byte of the bits in which two masks differ.
 */
final class HostCovariance {
  private static final int BYTE = 256;

  private final long[] masks;
  private final int words;
  private final int groups;
  private final Prior prior;
  private final double[][] exponents;

  /**
   * The covariance under a prior.
   *
   * @param masks {@code (rows, ceil(features/64))} packed
   */
  HostCovariance(long[] masks, int features, Prior prior) {
    this.masks = masks;
    this.words = (features + 63) >>> 6;
    this.groups = (features + 7) >>> 3;
    this.prior = prior;
    this.exponents = new double[groups][BYTE];
    for (int g = 0; g < groups; g++) {
      for (int bits = 1; bits < BYTE; bits++) {
        int low = Integer.numberOfTrailingZeros(bits);
        int feature = 8 * g + low;
        double decay = feature < features ? prior.decays()[feature] : 0;
        exponents[g][bits] = exponents[g][bits & bits - 1] - 2 * decay;
      }
    }
  }

  /** Fills {@code row[0..count)} with the covariances of a mask and those from {@code first} on. */
  void row(int mask, int first, int count, double[] row) {
    for (int j = 0; j < count; j++) {
      double exponent = 0;
      for (int w = 0; w < words; w++) {
        long differ = masks[mask * words + w] ^ masks[(first + j) * words + w];
        int end = Math.min(8, groups - 8 * w);
        for (int g = 0; g < end; g++) {
          exponent += exponents[8 * w + g][(int) (differ >>> 8 * g) & BYTE - 1];
        }
      }
      row[j] = prior.scale() * Math.exp(exponent);
    }
  }

  /** Sums of pairs by the bytes in which their masks differ. */
  final class PairSums {
    private final double[][] sums = new double[groups][BYTE];

    /** Adds {@code weights[0..count)} of the pairs of a mask and those from {@code first} on. */
    void add(int mask, int first, int count, double[] weights) {
      for (int w = 0; w < words; w++) {
        int end = Math.min(8, groups - 8 * w);
        for (int j = 0; j < count; j++) {
          long differ = masks[mask * words + w] ^ masks[(first + j) * words + w];
          for (int g = 0; g < end; g++) {
            sums[8 * w + g][(int) (differ >>> 8 * g) & BYTE - 1] += weights[j];
          }
        }
      }
    }

    /** The sum over the pairs that differ in a feature. */
    double differing(int feature) {
      double[] group = sums[feature >>> 3];
      double sum = 0;
      for (int bits = 0; bits < BYTE; bits++) {
        sum += (bits >>> (feature & 7) & 1) == 0 ? 0 : group[bits];
      }
      return sum;
    }
  }
}
