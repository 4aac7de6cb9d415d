package dev.ablate.train;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.ablate.backend.host.Workers;
import dev.ablate.code.InputException;
import dev.ablate.mask.Masks;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Ridge regression on subsets against normal equations that are made and solved one by one. */
class RidgeLearnerTest {
  private static final double PENALTY = 0.7;

  private static double[] plain(TrainingTask task, int[] kept) {
    double[][] x = TrainingTasks.withConstant(task.train(), kept);
    double[][] asked = TrainingTasks.withConstant(task.test(), TrainingTasks.all(task.test()));
    int width = task.train().columns() + 1;
    double[][] gram = new double[width][width];
    double[][] right = new double[task.scores()][width];
    for (int i = 0; i < width; i++) {
      gram[i][i] = PENALTY;
      for (int r = 0; r < kept.length; r++) {
        for (int j = 0; j < width; j++) {
          gram[i][j] += x[r][i] * x[r][j];
        }
        for (int k = 0; k < right.length; k++) {
          right[k][i] += x[r][i] * target(task.train(), kept[r], k);
        }
      }
    }
    double[] scores = new double[asked.length * right.length];
    for (int k = 0; k < right.length; k++) {
      double[] weights = TrainingTasks.solve(gram, right[k]);
      for (int t = 0; t < asked.length; t++) {
        for (int j = 0; j < width; j++) {
          scores[t * right.length + k] += weights[j] * asked[t][j];
        }
      }
    }
    return scores;
  }

  private static double target(LabelledRows rows, int row, int output) {
    if (rows.isRegression()) {
      return rows.y()[row];
    }
    return rows.label(row) == output ? 1 : 0;
  }

  private static void compare(TrainingTask task) {
    Masks kept = TrainingTasks.subsets(40, task.groups().count(), 5);
    double[][] scores =
        TrainingTasks.scores(2, workers -> new RidgeLearner(task, PENALTY, workers), kept);
    for (int m = 0; m < kept.count(); m++) {
      double[] right = plain(task, task.groups().kept(kept, m));
      assertArrayEquals(right, scores[m], 1e-9, "subset " + m);
    }
    assertArrayEquals(new double[scores[0].length], scores[0], "nothing kept");
  }

  @Test
  void groupsOfManyRowsAreSummedOnce() {
    compare(TrainingTasks.classes(3, 300, 7, 20, 1));
  }

  @Test
  void rowsOfTheirOwnAreSummedForEachSubset() {
    compare(TrainingTasks.classes(4, 300, 6, 300, 2));
  }

  @Test
  void regressionsHaveOneScore() {
    compare(TrainingTasks.regression(120, 5, 12, 3));
  }

  @Test
  void moreColumnsThanKeptRows() {
    compare(TrainingTasks.classes(2, 24, 40, 24, 4));
  }

  @Test
  void scoresDependNeitherOnThreadsNorOnOtherSubsets() {
    TrainingTask task = TrainingTasks.classes(3, 200, 9, 25, 6);
    Masks kept = TrainingTasks.subsets(64, 25, 7);
    double[][] all = TrainingTasks.scores(2, w -> new RidgeLearner(task, PENALTY, w), kept);
    for (int m : new int[] {0, 17, 63}) {
      double[][] alone =
          TrainingTasks.scores(1, w -> new RidgeLearner(task, PENALTY, w), kept.range(m, m + 1));
      assertArrayEquals(all[m], alone[0], "subset " + m);
    }
  }

  @Test
  void featuresBeyondRoundingAreRefused() {
    double[] x = {1e200, 1e200, 1e200, 1e200, 2e200, 2e200};
    LabelledRows rows = new LabelledRows(x, 3, 2, List.of(), new double[] {1, 2, 3});
    Groups groups = new Groups(List.of("a", "b", "c"), new int[] {0, 1, 2});
    TrainingTask task = new TrainingTask(rows, groups, rows);
    try (Workers workers = new Workers(1)) {
      RidgeLearner learner = new RidgeLearner(task, 1e-9, workers);
      assertThrows(InputException.class, () -> TrainingTasks.scores(learner, Masks.all(3)));
    }
  }
}
