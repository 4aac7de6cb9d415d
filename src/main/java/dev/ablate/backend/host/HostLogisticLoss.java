package dev.ablate.backend.host;

import java.util.Arrays;

/**
 * The loss of multinomial logistic regression on kept rows, {@code sum -log p(label) + penalty / 2
 * |W|^2}, and its gradient; block by block of rows, each along its rows for the scores and along
 * its columns for the gradient. One thread at a time.
 */
final class HostLogisticLoss {
  private final HostDesignMatrix x;
  private final int[] labels;
  private final int classes;
  private final double penalty;
  private final HostKeptRows rows;
  private final double[][] scores;
  private final double[][] gradients;
  private final double[] largest = new double[HostKeptBlock.SIZE];
  private final double[] sums = new double[HostKeptBlock.SIZE];

  HostLogisticLoss(HostDesignMatrix x, int[] labels, int classes, double penalty) {
    this.x = x;
    this.labels = labels;
    this.classes = classes;
    this.penalty = penalty;
    this.rows = new HostKeptRows(x);
    this.scores = new double[classes][HostKeptBlock.SIZE];
    this.gradients = new double[classes][x.width()];
  }

  /** Classes times numbers a row. */
  int parameters() {
    return classes * x.width();
  }

  /** Takes the rows that the loss is of, ascending. */
  void keep(int[] kept) {
    rows.keep(kept);
  }

  /**
   * The loss on the kept rows.
   *
   * @param weights {@code (classes, width)} row-major
   * @param gradient the same shape, written
   */
  double at(double[] weights, double[] gradient) {
    for (double[] row : gradients) {
      Arrays.fill(row, 0);
    }
    double loss = 0;
    for (int number = 0; number < rows.count(); number++) {
      HostKeptBlock block = rows.block(number);
      scores(block, weights);
      loss += residuals(block.size, number * HostKeptBlock.SIZE);
      addGradients(block);
    }
    double squares = 0;
    for (int k = 0; k < classes; k++) {
      for (int j = 0; j < x.width(); j++) {
        int i = k * x.width() + j;
        squares += weights[i] * weights[i];
        gradient[i] = gradients[k][j] + penalty * weights[i];
      }
    }
    return loss + 0.5 * penalty * squares;
  }

  private void scores(HostKeptBlock block, double[] weights) {
    int width = x.width();
    for (int k = 0; k < classes; k++) {
      Arrays.fill(scores[k], 0, block.size, 0);
      HostCholesky.subtract(
          scores[k], weights, k * width, (k + 1) * width, block.negated, k * width, 0, block.size);
    }
  }

  /** Turns scores into what probabilities leave of the labels, and gives the block's loss. */
  private double residuals(int size, int from) {
    Arrays.fill(largest, 0, size, Double.NEGATIVE_INFINITY);
    for (double[] of : scores) {
      for (int r = 0; r < size; r++) {
        largest[r] = Math.max(largest[r], of[r]);
      }
    }
    double loss = 0;
    for (int r = 0; r < size; r++) {
      loss += largest[r] - scores[labels[rows.row(from + r)]][r];
    }
    Arrays.fill(sums, 0, size, 0);
    for (double[] of : scores) {
      for (int r = 0; r < size; r++) {
        of[r] -= largest[r];
      }
      HostExponentials.of(of, size);
      for (int r = 0; r < size; r++) {
        sums[r] += of[r];
      }
    }
    for (int r = 0; r < size; r++) {
      loss += Math.log(sums[r]);
    }
    for (double[] of : scores) {
      for (int r = 0; r < size; r++) {
        of[r] = -of[r] / sums[r];
      }
    }
    for (int r = 0; r < size; r++) {
      scores[labels[rows.row(from + r)]][r] += 1;
    }
    return loss;
  }

  /** Two classes and four rows at a time: a load of a row for two products. */
  private void addGradients(HostKeptBlock block) {
    int fours = block.size & -4;
    for (int k = 0; k < classes; k += 2) {
      if (k + 1 < classes) {
        for (int r = 0; r < fours; r += 4) {
          addPair(gradients[k], gradients[k + 1], scores[k], scores[k + 1], block.rows, r);
        }
        subtract(k, fours, block);
        subtract(k + 1, fours, block);
      } else {
        subtract(k, 0, block);
      }
    }
  }

  private void subtract(int k, int from, HostKeptBlock block) {
    HostCholesky.subtract(gradients[k], scores[k], from, block.size, block.rows, 0, 0, x.width());
  }

  private static void addPair(
      double[] to, double[] other, double[] factors, double[] others, double[][] rows, int first) {
    double[] r0 = rows[first];
    double[] r1 = rows[first + 1];
    double[] r2 = rows[first + 2];
    double[] r3 = rows[first + 3];
    double f0 = -factors[first];
    double f1 = -factors[first + 1];
    double f2 = -factors[first + 2];
    double f3 = -factors[first + 3];
    double o0 = -others[first];
    double o1 = -others[first + 1];
    double o2 = -others[first + 2];
    double o3 = -others[first + 3];
    for (int j = 0; j < to.length; j++) {
      to[j] =
          Math.fma(f3, r3[j], Math.fma(f2, r2[j], Math.fma(f1, r1[j], Math.fma(f0, r0[j], to[j]))));
      other[j] =
          Math.fma(
              o3, r3[j], Math.fma(o2, r2[j], Math.fma(o1, r1[j], Math.fma(o0, r0[j], other[j]))));
    }
  }
}
