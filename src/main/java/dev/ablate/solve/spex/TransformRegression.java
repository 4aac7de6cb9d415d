package dev.ablate.solve.spex;

import dev.ablate.backend.CodedBins;
import dev.ablate.backend.Sets;
import java.util.Arrays;

/**
 * Regression of coded samples on parities, from the subsampled transforms alone: {@code Phi_s'
 * Phi_t} is {@code 2^b} times the agreement of the two signatures, summed over the groups in which
 * both terms share a bin, and {@code Phi_s' y} reads one bin a group. Both hold for whole delays,
 * so folds are sets of delays.
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

  /** Rows of each fold. */
  int[] rows() {
    int[] rows = new int[folds];
    for (int fold : foldOf) {
      rows[fold] += bins.groups() * bins.points();
    }
    return rows;
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

  /** {@code Phi'Phi} of each fold: {@code (folds)(sets, sets) row-major}, exact integers. */
  double[][] grams(Sets sets) {
    int size = sets.size();
    int[] at = bins.bins(sets);
    long[] signatures = bins.signatures(sets);
    long[][] members = members();
    double[][] grams = new double[folds][size * size];
    for (int s = 0; s < size; s++) {
      for (int t = 0; t <= s; t++) {
        int shared = 0;
        for (int c = 0; c < bins.groups(); c++) {
          shared += at[c * size + s] == at[c * size + t] ? 1 : 0;
        }
        for (int f = 0; f < folds && shared > 0; f++) {
          int balance = 0;
          for (int w = 0; w < bins.words(); w++) {
            long unequal = signatures[s * bins.words() + w] ^ signatures[t * bins.words() + w];
            balance += Long.bitCount(members[f][w]) - 2 * Long.bitCount(unequal & members[f][w]);
          }
          double entry = (double) shared * bins.points() * balance;
          grams[f][s * size + t] = entry;
          grams[f][t * size + s] = entry;
        }
      }
    }
    return grams;
  }

  /** The delays of each fold as bits. */
  private long[][] members() {
    long[][] members = new long[folds][bins.words()];
    for (int p = 0; p < foldOf.length; p++) {
      members[foldOf[p]][p >>> 6] |= 1L << p;
    }
    return members;
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

  /** The same regression with other values. */
  TransformRegression of(double[] other) {
    return new TransformRegression(bins, other, foldOf, folds);
  }
}
