package dev.ablate.backend.host;

import dev.ablate.backend.LogisticRegression.NoMinimumException;
import java.util.Arrays;

/**
 * How the logistic loss of all rows bends around some weights, class by class, as the inverse that
 * every subset's search starts its steps with. What classes do to one another is left out but for
 * this: weights that are the same for all classes change no probability, so steps have none.
 */
final class HostSharedCurvature {
  /** {@code (classes, width, width)} inverses, symmetric. */
  private final double[][][] inverses;

  private HostSharedCurvature(double[][][] inverses) {
    this.inverses = inverses;
  }

  /**
   * Around weights.
   *
   * @param x all training rows
   * @param weights {@code (classes, width)} row-major
   * @param share how many of the rows a subset keeps, roughly: a share of their curvature counts
   * @param penalty weight of half the squared weights, above 0
   */
  static HostSharedCurvature around(
      HostDesignMatrix x, double[] weights, double share, double penalty, Workers workers) {
    int classes = weights.length / x.width();
    double[] probabilities = new double[x.rows.length * classes];
    x.times(weights, classes, probabilities, new double[x.rows.length]);
    for (int r = 0; r < x.rows.length; r++) {
      toProbabilities(probabilities, r * classes, classes);
    }
    int[] all = new int[x.rows.length];
    Arrays.setAll(all, r -> r);
    double[][][] inverses = new double[classes][][];
    workers.forEachUntilInterrupted(
        classes,
        k -> {
          double[] bends = new double[all.length];
          for (int r = 0; r < all.length; r++) {
            double p = probabilities[r * classes + k];
            bends[r] = share * p * (1 - p);
          }
          inverses[k] = inverse(weightedGram(x, all, bends), penalty);
        });
    return new HostSharedCurvature(inverses);
  }

  private static void toProbabilities(double[] scores, int from, int classes) {
    double largest = Double.NEGATIVE_INFINITY;
    for (int k = from; k < from + classes; k++) {
      largest = Math.max(largest, scores[k]);
    }
    double sum = 0;
    for (int k = from; k < from + classes; k++) {
      scores[k] = Math.exp(scores[k] - largest);
      sum += scores[k];
    }
    for (int k = from; k < from + classes; k++) {
      scores[k] /= sum;
    }
  }

  private static double[][] weightedGram(HostDesignMatrix x, int[] all, double[] bends) {
    double[][] gram = new double[x.width()][];
    Arrays.setAll(gram, i -> new double[i + 1]);
    HostKeptBlock block = new HostKeptBlock(x.width());
    for (int from = 0; from < all.length; from += HostKeptBlock.SIZE) {
      block.load(x, all, from);
      for (int i = 0; i < gram.length; i++) {
        double[] factors = block.negated[i];
        for (int r = 0; r < block.size; r++) {
          factors[r] *= bends[from + r];
        }
        HostCholesky.subtract(gram[i], factors, 0, block.size, block.rows, 0, 0, i + 1);
      }
    }
    return gram;
  }

  private static double[][] inverse(double[][] gram, double penalty) {
    for (int i = 0; i < gram.length; i++) {
      gram[i][i] += penalty;
    }
    if (!HostCholesky.factor(gram, null)) {
      throw NoMinimumException.rounding();
    }
    double[][] inverse = new double[gram.length][gram.length];
    for (int i = 0; i < gram.length; i++) {
      inverse[i][i] = 1;
      HostCholesky.solve(gram, inverse[i]);
    }
    return inverse;
  }

  /** {@code (classes, width, width) row-major}. */
  double[] inverses() {
    int width = inverses[0].length;
    double[] all = new double[inverses.length * width * width];
    for (int i = 0; i < inverses.length * width; i++) {
      System.arraycopy(inverses[i / width][i % width], 0, all, i * width, width);
    }
    return all;
  }

  /**
   * The inverse curvature times minus a gradient.
   *
   * @param gradient {@code (classes, width)} row-major
   * @param step the same shape, written
   * @param line {@code (width)}, spoilt
   */
  void step(double[] gradient, double[] step, double[] line) {
    int width = line.length;
    for (int k = 0; k < inverses.length; k++) {
      int first = k * width;
      Arrays.fill(line, 0);
      HostCholesky.subtract(line, gradient, first, first + width, inverses[k], first, 0, width);
      System.arraycopy(line, 0, step, first, width);
    }
    centre(step, line);
  }

  /** Takes the classes' mean away. */
  private void centre(double[] step, double[] line) {
    int width = line.length;
    Arrays.fill(line, 0);
    for (int k = 0; k < inverses.length; k++) {
      for (int j = 0; j < width; j++) {
        line[j] += step[k * width + j];
      }
    }
    for (int k = 0; k < inverses.length; k++) {
      for (int j = 0; j < width; j++) {
        step[k * width + j] -= line[j] / inverses.length;
      }
    }
  }
}
