package dev.ablate.solve.spex;

import dev.ablate.backend.CodedBins;
import dev.ablate.backend.Sets;
import java.util.Arrays;

/**
 * Regression of coded samples on parities, from the subsampled transforms alone: {@code Phi_s' y}
 * reads one bin a group, and {@link BinGram} needs no values. Both hold for whole delays, {@code
 * groups * 2^b} rows each, so folds are sets of delays.
 */
final class TransformRegression {
  private final CodedBins bins;
  private final double[] transform;

  /**
   * One output's regression.
   *
   * @param transform {@code (groups, delays, 2^b) row-major}
   */
  TransformRegression(CodedBins bins, double[] transform) {
    this.bins = bins;
    this.transform = transform;
  }

  /** Where terms fall. */
  CodedBins bins() {
    return bins;
  }

  /** {@code y'y} of each delay. */
  double[] squares() {
    double[] squares = new double[bins.delays()];
    for (int c = 0; c < bins.groups(); c++) {
      for (int p = 0; p < bins.delays(); p++) {
        int row = (c * bins.delays() + p) * bins.points();
        for (int j = row; j < row + bins.points(); j++) {
          squares[p] += transform[j] * transform[j] * bins.points();
        }
      }
    }
    return squares;
  }

  /** {@code Phi'y} of each delay: {@code (delays)(sets)}. */
  double[][] products(Sets sets) {
    int[] at = bins.bins(sets);
    long[] signatures = bins.signatures(sets);
    double[][] products = new double[bins.delays()][sets.size()];
    for (int c = 0; c < bins.groups(); c++) {
      for (int p = 0; p < bins.delays(); p++) {
        int row = (c * bins.delays() + p) * bins.points();
        for (int s = 0; s < sets.size(); s++) {
          products[p][s] +=
              sign(signatures, s * bins.words(), p)
                  * transform[row + at[c * sets.size() + s]]
                  * bins.points();
        }
      }
    }
    return products;
  }

  /** {@code Phi'y} over all rows for every single feature: {@code (features)}. */
  double[] singletonProducts() {
    double[] products = new double[bins.features()];
    for (int c = 0; c < bins.groups(); c++) {
      for (int p = 0; p < bins.delays(); p++) {
        int row = (c * bins.delays() + p) * bins.points();
        for (int i = 0; i < products.length; i++) {
          products[i] +=
              sign(bins.signatures(), i * bins.words(), p)
                  * transform[row + bins.hash(c, i)]
                  * bins.points();
        }
      }
    }
    return products;
  }

  private static double sign(long[] signatures, int word, int delay) {
    return 1 - 2 * (int) (signatures[word + (delay >>> 6)] >>> delay & 1);
  }

  /** The regression of what a fit leaves of the values. */
  TransformRegression residual(Sets sets, double[] coefficients) {
    int[] at = bins.bins(sets);
    long[] signatures = bins.signatures(sets);
    double[] residual = Arrays.copyOf(transform, transform.length);
    for (int s = 0; s < sets.size(); s++) {
      for (int c = 0; c < bins.groups(); c++) {
        int bin = at[c * sets.size() + s];
        for (int p = 0; p < bins.delays() && coefficients[s] != 0; p++) {
          residual[(c * bins.delays() + p) * bins.points() + bin] -=
              sign(signatures, s * bins.words(), p) * coefficients[s];
        }
      }
    }
    return new TransformRegression(bins, residual);
  }

  /** The values' transform, {@code (groups, delays, 2^b) row-major}; not a copy. */
  double[] transform() {
    return transform;
  }
}
