package dev.ablate.solve.surrogate;

import dev.ablate.backend.GaussianProcess.Prior;
import dev.ablate.backend.Sets;

/**
 * The factors of one product over features at one node. Of each feature: {@code g}, by the row's
 * bit, and {@code d/g = constant + sign * chi}; real parts first.
 *
 * @param mean {@code (2, 2, features)} the {@code g}: part, bit of the row, feature
 * @param constant {@code (2, features)}
 * @param sign {@code (2, features)}
 * @param real whether all imaginary parts are 0
 */
record Factors(double[][][] mean, double[][] constant, double[][] sign, boolean real) {
  /** What stands for a factor of 0, so that it can be divided by. */
  private static final double TINY = 1e-100;

  /** Features whose factors are multiplied once for all of their values in rows. */
  private static final int GROUP = 8;

  private static final int VALUES = 1 << GROUP;

  static Factors of(Prior prior, double stretch, double angle, double q) {
    int features = prior.decays().length;
    double[][][] mean = new double[2][2][features];
    double[][] constant = new double[2][features];
    double[][] sign = new double[2][features];
    double kept = Math.exp(prior.shape().tilt() / features);
    double[] turn = {kept * Math.cos(angle), kept * Math.sin(angle)};
    for (int i = 0; i < features; i++) {
      double apart = Math.exp(-2 * stretch * prior.decays()[i]);
      double[][] ratios = new double[2][];
      for (int bit = 0; bit < 2; bit++) {
        double absent = bit == 0 ? 1 : apart;
        double present = bit == 1 ? 1 : apart;
        double re = (1 - q) * absent + q * present * turn[0];
        double im = q * present * turn[1];
        double length = re * re + im * im;
        if (length < TINY * TINY) {
          re = TINY;
          length = TINY * TINY;
        }
        mean[0][bit][i] = re;
        mean[1][bit][i] = im;
        double byRe = present * turn[0] - absent;
        double byIm = present * turn[1];
        ratios[bit] =
            new double[] {(byRe * re + byIm * im) / length, (byIm * re - byRe * im) / length};
      }
      for (int part = 0; part < 2; part++) {
        constant[part][i] = (ratios[0][part] + ratios[1][part]) / 2;
        sign[part][i] = (ratios[0][part] - ratios[1][part]) / 2;
      }
    }
    return new Factors(mean, constant, sign, angle == 0);
  }

  /**
   * Multiplies each row's number by its {@code g} of all features.
   *
   * @param re {@code (rows)} real parts
   * @param im {@code (rows)} imaginary parts; not looked at where all are 0
   * @param words {@code (rows, ceil(features/64)) row-major} the masks
   */
  void multiply(double[] re, double[] im, long[] words) {
    int features = mean[0][0].length;
    int stride = (features + 63) >>> 6;
    double[] tableRe = new double[VALUES];
    double[] tableIm = new double[VALUES];
    for (int first = 0; first < features; first += GROUP) {
      fill(first, Math.min(GROUP, features - first), tableRe, tableIm);
      for (int r = 0; r < re.length; r++) {
        int bits = (int) (words[r * stride + (first >>> 6)] >>> first) & VALUES - 1;
        double a = tableRe[bits];
        if (real) {
          re[r] *= a;
        } else {
          double b = tableIm[bits];
          double next = re[r] * a - im[r] * b;
          im[r] = re[r] * b + im[r] * a;
          re[r] = next;
        }
      }
    }
  }

  /** The products over a group of features by the bits that a row has there. */
  private void fill(int first, int count, double[] tableRe, double[] tableIm) {
    tableRe[0] = 1;
    tableIm[0] = 0;
    for (int k = 0; k < count; k++) {
      int i = first + k;
      for (int low = 0; low < 1 << k; low++) {
        double re = tableRe[low];
        double im = tableIm[low];
        for (int bit = 1; bit >= 0; bit--) {
          int at = low | bit << k;
          tableRe[at] = re * mean[0][bit][i] - im * mean[1][bit][i];
          tableIm[at] = re * mean[1][bit][i] + im * mean[0][bit][i];
        }
      }
    }
  }

  /**
   * The real part of the sum over the subsets of a set: of its factors times what rows have of the
   * subset's parity.
   *
   * @param places {@code (2^order)} where the sums of its subsets are
   * @param sums real parts from {@code from} on, imaginary ones from {@code from + turned} on;
   *     these are not looked at where all factors are real
   * @param scratch {@code (2, at least 2^order)}
   */
  double sum(
      Sets sets, int s, int[] places, double[] sums, int from, int turned, double[][] scratch) {
    double[] re = scratch[0];
    double[] im = scratch[1];
    re[0] = 1;
    im[0] = 0;
    for (int k = 0; k < sets.order(s); k++) {
      int i = sets.feature(s, k);
      for (int low = 0; low < 1 << k; low++) {
        int with = low | 1 << k;
        if (real) {
          re[with] = re[low] * sign[0][i];
          re[low] *= constant[0][i];
        } else {
          double a = re[low];
          double b = im[low];
          re[with] = a * sign[0][i] - b * sign[1][i];
          im[with] = a * sign[1][i] + b * sign[0][i];
          re[low] = a * constant[0][i] - b * constant[1][i];
          im[low] = a * constant[1][i] + b * constant[0][i];
        }
      }
    }
    double sum = 0;
    for (int part = 0; part < places.length; part++) {
      sum += re[part] * sums[from + places[part]];
      if (!real) {
        sum -= im[part] * sums[from + turned + places[part]];
      }
    }
    return sum;
  }
}
