package dev.ablate.solve.spex;

import dev.ablate.backend.CodedBins;
import dev.ablate.backend.Sets;

/** The regression of one output on given terms, the empty set first, over any set of delays. */
final class CodedRegression {
  private final CodedBins bins;
  private final Sets sets;
  private final BinGram gram;
  private final double[][] products;
  private final double[] squares;

  CodedRegression(TransformRegression regression, Sets sets) {
    this.bins = regression.bins();
    this.sets = sets;
    this.gram = new BinGram(bins, sets);
    this.products = regression.products(sets);
    this.squares = regression.squares();
  }

  Sets sets() {
    return sets;
  }

  int delays() {
    return squares.length;
  }

  /**
   * The sums over some delays.
   *
   * @param taken {@code (delays)} which
   */
  DelaySums over(boolean[] taken) {
    long[] bits = new long[bins.words()];
    double[] sum = new double[sets.size()];
    double square = 0;
    int count = 0;
    for (int p = 0; p < taken.length; p++) {
      if (taken[p]) {
        bits[p >>> 6] |= 1L << p;
        square += squares[p];
        count++;
        for (int s = 0; s < sum.length; s++) {
          sum[s] += products[p][s];
        }
      }
    }
    double rows = (double) count * bins.groups() * bins.points();
    return new DelaySums(gram, gram.entries(bits), sum, square, rows);
  }
}
