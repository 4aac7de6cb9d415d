package dev.ablate.lens.data;

import dev.ablate.mask.Masks;
import dev.ablate.train.LabelledRows;
import dev.ablate.train.Learner;
import dev.ablate.train.TrainingTask;
import java.util.Map;

/** Ridge regression on ones and zeros, one subset after another, by Gauss and Jordan. */
final class PlainRidge implements Learner {
  private final TrainingTask task;
  private final double penalty;

  PlainRidge(TrainingTask task, double penalty) {
    this.task = task;
    this.penalty = penalty;
  }

  @Override
  public int scores() {
    return task.scores();
  }

  @Override
  public Map<String, Object> settings() {
    return Map.of("learner", "plain ridge", "penalty", penalty);
  }

  @Override
  public void train(Masks kept, Sink sink) {
    for (int m = 0; m < kept.count(); m++) {
      sink.scores(m, scores(task.groups().kept(kept, m)));
    }
  }

  /** The scores of all test rows of the model that is trained on some rows. */
  double[] scores(int[] rows) {
    LabelledRows train = task.train();
    int width = train.columns() + 1;
    double[][] system = new double[width][width + scores()];
    for (int j = 0; j < width; j++) {
      system[j][j] = penalty;
    }
    for (int row : rows) {
      for (int j = 0; j < width; j++) {
        for (int k = 0; k < width; k++) {
          system[j][k] += at(train, row, j) * at(train, row, k);
        }
        for (int c = 0; c < scores(); c++) {
          double target = train.isRegression() ? train.y()[row] : train.label(row) == c ? 1 : 0;
          system[j][width + c] += at(train, row, j) * target;
        }
      }
    }
    eliminate(system, width);
    double[] scores = new double[task.test().rows() * scores()];
    for (int r = 0; r < task.test().rows(); r++) {
      for (int c = 0; c < scores(); c++) {
        for (int j = 0; j < width; j++) {
          scores[r * scores() + c] += at(task.test(), r, j) * system[j][width + c];
        }
      }
    }
    return scores;
  }

  private static double at(LabelledRows rows, int row, int column) {
    return column == rows.columns() ? 1 : rows.x()[row * rows.columns() + column];
  }

  private static void eliminate(double[][] system, int width) {
    for (int p = 0; p < width; p++) {
      for (int j = 0; j < width; j++) {
        double factor = system[j][p] / system[p][p];
        for (int k = p; j != p && k < system[j].length; k++) {
          system[j][k] -= factor * system[p][k];
        }
      }
    }
    for (int p = 0; p < width; p++) {
      for (int k = width; k < system[p].length; k++) {
        system[p][k] /= system[p][p];
      }
    }
  }
}
