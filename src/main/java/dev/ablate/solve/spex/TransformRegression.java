package dev.ablate.solve.spex;

import dev.ablate.backend.CodedBins;
import dev.ablate.backend.Sets;
import java.util.Arrays;

/**
 * Regression of coded samples on parities, from the subsampled transforms alone: {@code Phi_s' y}
 * reads one bin a group, and {@link BinGram} needs no values. Both hold for whole delays, so folds
 * are sets of delays.
 *
 * <p>Sums are over the rows that a fold holds, {@code groups * 2^b} for each of its delays.
 */
final class TransformRegression {
  private final CodedBins bins;
  private final double[] transform;
  private final int[] foldOf;
  private final int folds;

  /**
   * One output's regression.
   *
   * @param transform {@code (groups, delays, 2^b) row-major}
   * @param foldOf {@code (delays)} the fold each delay belongs to
   * @param folds number of folds
   */
  TransformRegression(CodedBins bins, double[] transform, int[] foldOf, int folds) {
    this.bins = bins;
    this.transform = transform;
    this.foldOf = foldOf;
    this.folds = folds;
  }

  int folds() {
    return folds;
  }

  /** {@code y'y} of each fold. */
  double[] squares() {
    double[] squares = new double[folds];
    forEachBlock(
        (fold, from) -> {
          for (int j = 0; j < bins.points(); j++) {
            squares[fold] += transform[from + j] * transform[from + j] * bins.points();
          }
        });
    return squares;
  }

  private interface Block {
    void visit(int fold, int from);
  }

  private void forEachBlock(Block block) {
    for (int c = 0; c < bins.groups(); c++) {
      for (int p = 0; p < bins.delays(); p++) {
        block.visit(foldOf[p], (c * bins.delays() + p) * bins.points());
      }
    }
  }

  /** {@code Phi'y} of each fold: {@code (folds)(sets)}. */
  double[][] products(Sets sets) {
    int[] at = bins.bins(sets);
    long[] signatures = bins.signatures(sets);
    double[][] products = new double[folds][sets.size()];
    for (int s = 0; s < sets.size(); s++) {
      for (int c = 0; c < bins.groups(); c++) {
        int bin = at[c * sets.size() + s];
        for (int p = 0; p < bins.delays(); p++) {
          double u = transform[(c * bins.delays() + p) * bins.points() + bin] * bins.points();
          products[foldOf[p]][s] += sign(signatures, s * bins.words(), p) * u;
        }
      }
    }
    return products;
  }

  /** Sums of all parts but one, for each part, then of all parts. */
  static double[][] withoutEach(double[][] parts) {
    double[][] sums = new double[parts.length + 1][parts[0].length];
    for (int f = 0; f <= parts.length; f++) {
      for (int g = 0; g < parts.length; g++) {
        for (int i = 0; i < parts[g].length && g != f; i++) {
          sums[f][i] += parts[g][i];
        }
      }
    }
    return sums;
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

  /** {@code Phi'Phi} without each fold, on all rows, and of each fold, in this order. */
  BinGram gram(Sets sets) {
    long[][] delays = new long[2 * folds + 1][bins.words()];
    for (int p = 0; p < foldOf.length; p++) {
      for (int f = 0; f < folds; f++) {
        delays[foldOf[p] == f ? folds + 1 + f : f][p >>> 6] |= 1L << p;
      }
      delays[folds][p >>> 6] |= 1L << p;
    }
    return new BinGram(bins, sets, delays);
  }

  /** What a fit leaves of the transform, in a new array of the same shape. */
  double[] residual(Sets sets, double[] coefficients) {
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
    return residual;
  }

  /** Where terms fall. */
  CodedBins bins() {
    return bins;
  }

  /** The same regression with other values. */
  TransformRegression of(double[] other) {
    return new TransformRegression(bins, other, foldOf, folds);
  }
}
