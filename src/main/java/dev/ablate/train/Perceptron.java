package dev.ablate.train;

import dev.ablate.code.Philox;
import dev.ablate.train.PerceptronLearner.Settings;
import java.util.Arrays;

/**
 * One perceptron with a hidden layer: its weights, and a step on some rows. Sums run over rows,
 * then columns, in ascending order, so that the same rows give the same bits; inner loops run over
 * hidden units, which lie side by side.
 */
final class Perceptron {
  private static final int WEIGHTS = 0x50455243;

  private final int columns;
  private final int hidden;
  private final int scores;
  private final boolean regression;

  /** {@code (columns + 1, hidden)} and {@code (hidden + 1, scores)}; the last rows are biases. */
  private final double[] first;

  private final double[] second;
  private final double[] firstGradient;
  private final double[] secondGradient;
  private final double[] firstSpeed;
  private final double[] secondSpeed;
  private final double[] active;
  private final double[] blame;
  private final double[] said;

  /** A perceptron with the weights that its seed draws. */
  Perceptron(int columns, int scores, boolean regression, Settings settings) {
    this.columns = columns;
    this.hidden = settings.hidden();
    this.scores = scores;
    this.regression = regression;
    this.first = new double[(columns + 1) * hidden];
    this.second = new double[(hidden + 1) * scores];
    Philox.Stream random = Philox.stream(settings.seed(), WEIGHTS);
    draw(first, columns * hidden, Math.sqrt(2.0 / columns), random);
    draw(second, hidden * scores, Math.sqrt(1.0 / hidden), random);
    this.firstGradient = new double[first.length];
    this.secondGradient = new double[second.length];
    this.firstSpeed = new double[first.length];
    this.secondSpeed = new double[second.length];
    this.active = new double[hidden];
    this.blame = new double[hidden];
    this.said = new double[scores];
  }

  private static void draw(double[] weights, int count, double deviation, Philox.Stream random) {
    for (int w = 0; w < count; w++) {
      weights[w] = deviation * random.nextGaussian();
    }
  }

  /**
   * What it says of a row.
   *
   * @param from where the row begins
   * @return {@code (scores)}, used again by the next call
   */
  double[] scores(double[] x, int from) {
    System.arraycopy(first, columns * hidden, active, 0, hidden);
    for (int c = 0; c < columns; c++) {
      add(x[from + c], first, c * hidden, active);
    }
    System.arraycopy(second, hidden * scores, said, 0, scores);
    for (int h = 0; h < hidden; h++) {
      active[h] = Math.max(0, active[h]);
      add(active[h], second, h * scores, said);
    }
    return said;
  }

  /** Adds a multiple of as many numbers as the sum has. */
  private static void add(double factor, double[] what, int from, double[] sum) {
    for (int i = 0; i < sum.length; i++) {
      sum[i] += factor * what[from + i];
    }
  }

  /** Adds a multiple of all numbers at a place of a sum. */
  private static void addAt(double factor, double[] what, double[] sum, int at) {
    for (int i = 0; i < what.length; i++) {
      sum[at + i] += factor * what[i];
    }
  }

  /**
   * A step of gradient descent with momentum on the mean loss of some rows.
   *
   * @param y class numbers or targets
   * @param rows {@code count} of them count, in this order
   */
  void step(double[] x, double[] y, int[] rows, int count, Settings settings) {
    Arrays.fill(firstGradient, 0);
    Arrays.fill(secondGradient, 0);
    for (int i = 0; i < count; i++) {
      addGradient(x, rows[i] * columns, y[rows[i]]);
    }
    move(first, firstGradient, firstSpeed, count, settings);
    move(second, secondGradient, secondSpeed, count, settings);
  }

  private static void move(
      double[] weights, double[] gradient, double[] speed, int count, Settings settings) {
    double rate = settings.rate() / count;
    double decay = settings.rate() * settings.decay();
    for (int w = 0; w < weights.length; w++) {
      speed[w] = settings.momentum() * speed[w] - rate * gradient[w] - decay * weights[w];
      weights[w] += speed[w];
    }
  }

  private void addGradient(double[] x, int from, double y) {
    double[] excess = scores(x, from);
    if (regression) {
      excess[0] -= y;
    } else {
      softmax(excess);
      excess[(int) y] -= 1;
    }
    for (int h = 0; h < hidden; h++) {
      double sum = 0;
      for (int s = 0; s < scores; s++) {
        sum += second[h * scores + s] * excess[s];
      }
      blame[h] = active[h] > 0 ? sum : 0;
      addAt(active[h], excess, secondGradient, h * scores);
    }
    addAt(1, excess, secondGradient, hidden * scores);
    for (int c = 0; c < columns; c++) {
      addAt(x[from + c], blame, firstGradient, c * hidden);
    }
    addAt(1, blame, firstGradient, columns * hidden);
  }

  /** Scores as probabilities; the same on every machine. */
  private static void softmax(double[] scores) {
    double largest = Double.NEGATIVE_INFINITY;
    for (double score : scores) {
      largest = Math.max(largest, score);
    }
    double sum = 0;
    for (int s = 0; s < scores.length; s++) {
      scores[s] = StrictMath.exp(scores[s] - largest);
      sum += scores[s];
    }
    for (int s = 0; s < scores.length; s++) {
      scores[s] /= sum;
    }
  }
}
