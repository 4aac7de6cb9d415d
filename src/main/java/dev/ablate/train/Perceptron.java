package dev.ablate.train;

import dev.ablate.code.Philox;
import dev.ablate.train.PerceptronLearner.Settings;
import java.util.Arrays;

/**
 * One perceptron with a hidden layer: its weights, and a step on some rows. Sums run over rows, or
 * columns, in order, so that the same rows give the same bits; inner loops run over hidden units,
 * which lie side by side, and add four terms at a time, in that order too.
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

  /** {@code (batch, hidden)}: how the loss of each row of a step rises with each hidden unit. */
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
    this.blame = new double[settings.batch() * hidden];
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
    int c = 0;
    for (; c + 3 < columns; c += 4) {
      int at = from + c;
      addFour(x[at], x[at + 1], x[at + 2], x[at + 3], first, c * hidden, active, 0);
    }
    for (; c < columns; c++) {
      add(x[from + c], first, c * hidden, active, 0, hidden);
    }
    System.arraycopy(second, hidden * scores, said, 0, scores);
    for (int h = 0; h < hidden; h++) {
      active[h] = Math.max(0, active[h]);
      add(active[h], second, h * scores, said, 0, scores);
    }
    return said;
  }

  /** Adds a multiple of some numbers to as many others. */
  private static void add(double factor, double[] what, int from, double[] sum, int to, int count) {
    for (int i = 0; i < count; i++) {
      sum[to + i] += factor * what[from + i];
    }
  }

  /** Adds multiples of four rows of numbers for the hidden units, one after another. */
  private void addFour(
      double f0, double f1, double f2, double f3, double[] what, int from, double[] sum, int to) {
    int second = from + hidden;
    int third = second + hidden;
    int fourth = third + hidden;
    for (int i = 0; i < hidden; i++) {
      sum[to + i] =
          sum[to + i]
              + f0 * what[from + i]
              + f1 * what[second + i]
              + f2 * what[third + i]
              + f3 * what[fourth + i];
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
      addSecondGradient(x, rows[i] * columns, y[rows[i]], i * hidden);
    }
    addFirstGradient(x, rows, count);
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

  /** Adds the gradient of a row by the second weights, and notes that by the hidden units. */
  private void addSecondGradient(double[] x, int from, double y, int to) {
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
      blame[to + h] = active[h] > 0 ? sum : 0;
      add(active[h], excess, 0, secondGradient, h * scores, scores);
    }
    add(1, excess, 0, secondGradient, hidden * scores, scores);
  }

  private void addFirstGradient(double[] x, int[] rows, int count) {
    for (int c = 0; c < columns; c++) {
      int i = 0;
      for (; i + 3 < count; i += 4) {
        double f0 = x[rows[i] * columns + c];
        double f1 = x[rows[i + 1] * columns + c];
        double f2 = x[rows[i + 2] * columns + c];
        double f3 = x[rows[i + 3] * columns + c];
        addFour(f0, f1, f2, f3, blame, i * hidden, firstGradient, c * hidden);
      }
      for (; i < count; i++) {
        add(x[rows[i] * columns + c], blame, i * hidden, firstGradient, c * hidden, hidden);
      }
    }
    for (int i = 0; i < count; i++) {
      add(1, blame, i * hidden, firstGradient, columns * hidden, hidden);
    }
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
