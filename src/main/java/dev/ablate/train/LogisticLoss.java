package dev.ablate.train;

import dev.ablate.backend.host.HostCholesky;
import java.util.Arrays;

/**
 * The loss of multinomial logistic regression on kept rows, {@code sum -log p(label) + penalty / 2
 * |W|^2}, and its gradient; block by block of rows, each along its rows for the scores and along
 * its columns for the gradient. One thread at a time.
 */
final class LogisticLoss {
  private final DesignMatrix x;
  private final int[] labels;
  private final int classes;
  private final double penalty;
  private final KeptBlock block;
  private final double[][] scores;
  private final double[][] gradients;
  private final double[] largest = new double[KeptBlock.SIZE];
  private final double[] sums = new double[KeptBlock.SIZE];

  LogisticLoss(DesignMatrix x, int[] labels, int classes, double penalty) {
    this.x = x;
    this.labels = labels;
    this.classes = classes;
    this.penalty = penalty;
    this.block = new KeptBlock(x.width());
    this.scores = new double[classes][KeptBlock.SIZE];
    this.gradients = new double[classes][x.width()];
  }

  /** Classes times numbers a row. */
  int parameters() {
    return classes * x.width();
  }

  /**
   * The loss on kept rows.
   *
   * @param weights {@code (classes, width)} row-major
   * @param gradient the same shape, written
   */
  double at(int[] kept, double[] weights, double[] gradient) {
    for (double[] row : gradients) {
      Arrays.fill(row, 0);
    }
    double loss = 0;
    for (int from = 0; from < kept.length; from += KeptBlock.SIZE) {
      block.load(x, kept, from);
      scores(weights);
      loss += residuals(kept, from);
      for (int k = 0; k < classes; k++) {
        HostCholesky.subtract(gradients[k], scores[k], 0, block.size, block.rows, 0, 0, x.width());
      }
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

  private void scores(double[] weights) {
    int width = x.width();
    for (int k = 0; k < classes; k++) {
      Arrays.fill(scores[k], 0, block.size, 0);
      HostCholesky.subtract(
          scores[k], weights, k * width, (k + 1) * width, block.negated, k * width, 0, block.size);
    }
  }

  /** Turns scores into what probabilities leave of the labels, and gives the block's loss. */
  private double residuals(int[] kept, int from) {
    int size = block.size;
    Arrays.fill(largest, 0, size, Double.NEGATIVE_INFINITY);
    for (double[] of : scores) {
      for (int r = 0; r < size; r++) {
        largest[r] = Math.max(largest[r], of[r]);
      }
    }
    double loss = 0;
    for (int r = 0; r < size; r++) {
      loss += largest[r] - scores[labels[kept[from + r]]][r];
    }
    Arrays.fill(sums, 0, size, 0);
    for (double[] of : scores) {
      for (int r = 0; r < size; r++) {
        of[r] = Math.exp(of[r] - largest[r]);
      }
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
      scores[labels[kept[from + r]]][r] += 1;
    }
    return loss;
  }
}
