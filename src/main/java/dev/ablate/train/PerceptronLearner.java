package dev.ablate.train;

import dev.ablate.backend.host.Workers;
import dev.ablate.code.Philox;
import dev.ablate.mask.Masks;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Perceptrons with one hidden layer of rectified units, by stochastic gradient descent with
 * momentum on the cross-entropy, or of a regression half the squared error of its standardised
 * target. All subsets begin at the same weights and go through the rows in the same order, with
 * those that are left out passed over: two subsets differ by their rows alone, and a subset has the
 * same scores, bit for bit, whatever is trained beside it. A model of no rows gives 0.
 */
public final class PerceptronLearner implements Learner {
  private static final int ORDER = 0x4F524452;

  /** A small network, and as many steps as small training sets need. */
  public static final Settings STANDARD = new Settings(32, 30, 32, 0.05, 0.9, 1e-4, 0);

  private final LabelledRows train;
  private final LabelledRows test;
  private final Groups groups;
  private final Settings settings;
  private final Workers workers;
  private final int scores;
  private final double[] y;
  private final double shift;
  private final double scale;
  private final int[][] orders;

  /**
   * How a perceptron is trained.
   *
   * @param hidden units
   * @param epochs how often it sees each row
   * @param batch rows a step
   * @param rate learning rate
   * @param momentum share of the last step that goes on, from 0 to below 1
   * @param decay share of the weights that a step of rate 1 takes away
   * @param seed draws the first weights and the order of the rows
   */
  public record Settings(
      int hidden, int epochs, int batch, double rate, double momentum, double decay, long seed) {}

  /**
   * A learner of one training set.
   *
   * @param task columns of about the same scale
   * @param settings how each perceptron is trained
   * @param workers threads that train; they must stay open
   */
  public PerceptronLearner(TrainingTask task, Settings settings, Workers workers) {
    this.train = task.train();
    this.test = task.test();
    this.groups = task.groups();
    this.settings = settings;
    this.workers = workers;
    this.scores = task.scores();
    this.shift = train.isRegression() ? mean(train.y()) : 0;
    this.scale = train.isRegression() ? deviation(train.y(), shift) : 1;
    this.y = train.y().clone();
    for (int r = 0; r < y.length; r++) {
      y[r] = (y[r] - shift) / scale;
    }
    this.orders = new int[settings.epochs()][];
    for (int e = 0; e < orders.length; e++) {
      orders[e] = Philox.row(settings.seed(), ORDER, e).permutation(train.rows());
    }
  }

  private static double mean(double[] numbers) {
    double sum = 0;
    for (double number : numbers) {
      sum += number;
    }
    return sum / numbers.length;
  }

  /** Of equal numbers 1. */
  private static double deviation(double[] numbers, double mean) {
    double sum = 0;
    for (double number : numbers) {
      sum += (number - mean) * (number - mean);
    }
    return sum == 0 ? 1 : Math.sqrt(sum / numbers.length);
  }

  @Override
  public int scores() {
    return scores;
  }

  @Override
  public Map<String, Object> settings() {
    Map<String, Object> all = new LinkedHashMap<>();
    all.put("learner", "mlp");
    all.put("hidden", settings.hidden());
    all.put("epochs", settings.epochs());
    all.put("batch", settings.batch());
    all.put("rate", settings.rate());
    all.put("momentum", settings.momentum());
    all.put("decay", settings.decay());
    all.put("learner_seed", settings.seed());
    return all;
  }

  @Override
  public void train(Masks kept, Sink sink) {
    workers.forEachUntilInterrupted(
        kept.count(), subset -> sink.scores(subset, trained(kept, subset)));
  }

  private double[] trained(Masks kept, int subset) {
    double[] said = new double[test.rows() * scores];
    boolean[] keeps = new boolean[train.rows()];
    int[] rows = groups.kept(kept, subset);
    for (int row : rows) {
      keeps[row] = true;
    }
    if (rows.length == 0) {
      return said;
    }
    Perceptron model = new Perceptron(train.columns(), scores, train.isRegression(), settings);
    int[] batch = new int[settings.batch()];
    for (int[] order : orders) {
      int count = 0;
      for (int row : order) {
        if (keeps[row]) {
          batch[count++] = row;
        }
        if (count == batch.length) {
          model.step(train.x(), y, batch, count, settings);
          count = 0;
        }
      }
      if (count > 0) {
        model.step(train.x(), y, batch, count, settings);
      }
    }
    for (int r = 0; r < test.rows(); r++) {
      double[] one = model.scores(test.x(), r * test.columns());
      for (int s = 0; s < scores; s++) {
        said[r * scores + s] = shift + scale * one[s];
      }
    }
    return said;
  }
}
