package dev.ablate.backend.host;

import dev.ablate.backend.GaussianProcess.Prior;
import dev.ablate.backend.GaussianProcess.Shape;
import java.util.Arrays;

/**
 * The covariance of masks. Decays are looked up eight features at a time: tables hold the exponent
 * of every byte of the bits in which two masks differ.
 */
final class HostCovariance {
  private static final int BYTE = 256;

  /** Up to so many features every difference of two masks is looked up. */
  private static final int LISTED = 16;

  /**
   * Up to so many features what sizes make of a covariance is looked up. Of more, a table of all
   * pairs of sizes has more of them than a block of rows has pairs.
   */
  private static final int SIZES_LISTED = 256;

  private final int features;
  private final int words;
  private final int groups;
  private final Prior prior;
  private final double[][] exponents;
  private final boolean stationary;
  // Of all pairs of sizes; null where nothing is looked up.
  private final double[] bySizes;
  // Of few features: the products by the features in which two masks differ, and their sum.
  private final double[] smoothByDifference;
  private final double[] roughByDifference;
  private final double[] byDifference;

  /** The covariance of masks of so many features under a prior. */
  HostCovariance(int features, Prior prior) {
    this.features = features;
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
    this.stationary = prior.shape().isStationary();
    this.bySizes = stationary || features > SIZES_LISTED ? null : sizeFactors();
    Shape shape = prior.shape();
    boolean listed = features <= LISTED;
    this.smoothByDifference = listed ? products(prior.scale(), 1) : null;
    this.roughByDifference =
        listed ? products(prior.scale() * shape.rough(), shape.stretch()) : null;
    this.byDifference = listed ? sum(smoothByDifference, roughByDifference) : null;
  }

  /** Of every set of features in which masks may differ; a feature more is a factor more. */
  private double[] products(double scale, double stretch) {
    double[] factors = new double[features];
    Arrays.setAll(factors, f -> Math.exp(-2 * stretch * prior.decays()[f]));
    double[] products = new double[1 << features];
    products[0] = scale;
    for (int differ = 1; differ < products.length; differ++) {
      products[differ] =
          products[differ & differ - 1] * factors[Integer.numberOfTrailingZeros(differ)];
    }
    return products;
  }

  private static double[] sum(double[] left, double[] right) {
    double[] sum = left.clone();
    Arrays.setAll(sum, i -> left[i] + right[i]);
    return sum;
  }

  private double[] sizeFactors() {
    int sizes = features + 1;
    double[] factors = new double[sizes * sizes];
    for (int a = 0; a < sizes; a++) {
      for (int b = 0; b < sizes; b++) {
        factors[a * sizes + b] = sizeFactor(a, b);
      }
    }
    return factors;
  }

  private double sizeFactor(int left, int right) {
    Shape shape = prior.shape();
    double tilted = shape.tilt() * (left + right - features);
    double apart = shape.closeness() * (left - right) * (left - right);
    return Math.exp((tilted - apart) / features);
  }

  /** {@code (rows)} how many features each mask keeps. */
  int[] sizes(long[] masks) {
    int[] sizes = new int[masks.length / words];
    for (int r = 0; r < sizes.length; r++) {
      for (int w = 0; w < words; w++) {
        sizes[r] += Long.bitCount(masks[r * words + w]);
      }
    }
    return sizes;
  }

  /**
   * Fills {@code row[0..count)} with {@code -2 d} of a mask and those from {@code first} on.
   *
   * @param left {@code (rows, ceil(features/64))} packed, of which {@code mask} is taken
   * @param right the same, of the others
   */
  void exponents(long[] left, int mask, long[] right, int first, int count, double[] row) {
    if (groups == 2) {
      double[] low = exponents[0];
      double[] high = exponents[1];
      for (int j = 0; j < count; j++) {
        int differ = (int) (left[mask] ^ right[first + j]);
        row[j] = low[differ & BYTE - 1] + high[differ >>> 8 & BYTE - 1];
      }
      return;
    }
    for (int j = 0; j < count; j++) {
      double exponent = 0;
      for (int w = 0; w < words; w++) {
        long differ = left[mask * words + w] ^ right[(first + j) * words + w];
        int end = Math.min(8, groups - 8 * w);
        for (int g = 0; g < end; g++) {
          exponent += exponents[8 * w + g][(int) (differ >>> 8 * g) & BYTE - 1];
        }
      }
      row[j] = exponent;
    }
  }

  /** What sizes make of a covariance. */
  private double bySizes(int left, int right) {
    if (stationary) {
      return 1;
    }
    return bySizes == null ? sizeFactor(left, right) : bySizes[left * (features + 1) + right];
  }

  /**
   * Fills the covariances of a mask and those from {@code first} on, and the part of them that is
   * rough, both {@code [0..count)}, from exponents.
   *
   * @param masks {@code (rows, ceil(features/64))} packed
   * @param sizes {@code (rows)} how many features they keep
   */
  void parts(
      long[] masks,
      int[] sizes,
      int mask,
      int first,
      int count,
      double[] exponents,
      double[] kernel,
      double[] rough) {
    for (int j = 0; j < count; j++) {
      double smooth;
      if (byDifference == null) {
        smooth = smooth(exponents[j]);
        rough[j] = rough(exponents[j]);
      } else {
        int differ = (int) (masks[mask] ^ masks[first + j]);
        smooth = smoothByDifference[differ];
        rough[j] = roughByDifference[differ];
      }
      double factor = bySizes(sizes[mask], sizes[first + j]);
      rough[j] *= factor;
      kernel[j] = smooth * factor + rough[j];
    }
  }

  /** The first product of an exponent, without what sizes do. */
  private double smooth(double exponent) {
    return prior.scale() * Math.exp(exponent);
  }

  /** The second product of an exponent, without what sizes do. */
  private double rough(double exponent) {
    Shape shape = prior.shape();
    return shape.rough() == 0
        ? 0
        : prior.scale() * shape.rough() * Math.exp(shape.stretch() * exponent);
  }

  /** Turns {@code row[0..count)} from exponents into covariances. */
  private void covariances(int size, int[] sizes, int first, int count, double[] row) {
    for (int j = 0; j < count; j++) {
      row[j] = (smooth(row[j]) + rough(row[j])) * bySizes(size, sizes[first + j]);
    }
  }

  /**
   * Fills {@code row[0..count)} with the covariances of a mask and those from {@code first} on.
   *
   * @param left {@code (rows, ceil(features/64))} packed, of which {@code mask} is taken
   * @param size how many features that mask keeps
   * @param right the same, of the others
   * @param sizes {@code (rows)} how many features the others keep
   */
  void row(
      long[] left,
      int mask,
      int size,
      long[] right,
      int[] sizes,
      int first,
      int count,
      double[] row) {
    if (byDifference == null) {
      exponents(left, mask, right, first, count, row);
      covariances(size, sizes, first, count, row);
      return;
    }
    for (int j = 0; j < count; j++) {
      row[j] = byDifference[(int) (left[mask] ^ right[first + j])];
    }
    if (bySizes != null) {
      int own = size * (features + 1);
      for (int j = 0; j < count; j++) {
        row[j] *= bySizes[own + sizes[first + j]];
      }
    }
  }

  /** Sums of pairs by the bytes in which their masks differ. */
  final class PairSums {
    private final double[][] sums = new double[groups][BYTE];

    /** Adds {@code weights[0..count)} of the pairs of a mask and those from {@code first} on. */
    void add(long[] masks, int mask, int first, int count, double[] weights) {
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
