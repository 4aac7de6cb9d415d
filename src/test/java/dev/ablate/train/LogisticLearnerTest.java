package dev.ablate.train;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ablate.backend.host.Workers;
import dev.ablate.code.InputException;
import dev.ablate.mask.Masks;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

/** Logistic regression on subsets against Newton's method with whole Hessians, one by one. */
class LogisticLearnerTest {
  private static final double PENALTY = 1;

  private static double[] probabilities(double[] weights, double[] row, int classes) {
    double[] p = new double[classes];
    double sum = 0;
    for (int k = 0; k < classes; k++) {
      double score = 0;
      for (int j = 0; j < row.length; j++) {
        score += weights[k * row.length + j] * row[j];
      }
      p[k] = Math.exp(score);
      sum += p[k];
    }
    for (int k = 0; k < classes; k++) {
      p[k] /= sum;
    }
    return p;
  }

  /** Steps are halved until the gradient shrinks, which near a minimum it does at once. */
  private static double[] plain(TrainingTask task, int[] kept, double penalty) {
    int classes = task.scores();
    double[][] x = TrainingTasks.withConstant(task.train(), kept);
    int width = task.train().columns() + 1;
    double[] weights = new double[classes * width];
    for (int round = 0; round < 200; round++) {
      double[][] hessian = new double[weights.length][weights.length];
      double[] gradient = gradient(task, x, kept, weights, penalty, hessian);
      if (norm(gradient) < 1e-11) {
        break;
      }
      double[] step = TrainingTasks.solve(hessian, gradient);
      double[] next = weights;
      for (double length = 1; length > 1e-6; length /= 2) {
        next = weights.clone();
        for (int i = 0; i < next.length; i++) {
          next[i] -= length * step[i];
        }
        if (norm(gradient(task, x, kept, next, penalty, null)) < norm(gradient)) {
          break;
        }
      }
      weights = next;
    }
    return scores(task, weights);
  }

  private static double[] gradient(
      TrainingTask task,
      double[][] x,
      int[] kept,
      double[] weights,
      double penalty,
      double[][] hessian) {
    int classes = task.scores();
    int width = task.train().columns() + 1;
    double[] gradient = new double[weights.length];
    for (int i = 0; i < weights.length; i++) {
      gradient[i] = penalty * weights[i];
      if (hessian != null) {
        hessian[i][i] = penalty;
      }
    }
    for (int r = 0; r < kept.length; r++) {
      double[] p = probabilities(weights, x[r], classes);
      for (int a = 0; a < classes; a++) {
        double left = p[a] - (task.train().label(kept[r]) == a ? 1 : 0);
        for (int i = 0; i < width; i++) {
          gradient[a * width + i] += left * x[r][i];
        }
        for (int b = 0; hessian != null && b < classes; b++) {
          double bend = p[a] * ((a == b ? 1 : 0) - p[b]);
          for (int i = 0; i < width; i++) {
            for (int j = 0; j < width; j++) {
              hessian[a * width + i][b * width + j] += bend * x[r][i] * x[r][j];
            }
          }
        }
      }
    }
    return gradient;
  }

  private static double norm(double[] of) {
    return Math.sqrt(Arrays.stream(of).map(v -> v * v).sum());
  }

  private static double[] scores(TrainingTask task, double[] weights) {
    int classes = task.scores();
    double[][] asked = TrainingTasks.withConstant(task.test(), TrainingTasks.all(task.test()));
    double[] scores = new double[asked.length * classes];
    for (int t = 0; t < asked.length; t++) {
      for (int k = 0; k < classes; k++) {
        for (int j = 0; j < asked[t].length; j++) {
          scores[t * classes + k] += weights[k * asked[t].length + j] * asked[t][j];
        }
      }
    }
    return scores;
  }

  private static double[] margins(TrainingTask task, double[] scores) {
    int classes = task.scores();
    double[] margins = new double[task.test().rows()];
    for (int t = 0; t < margins.length; t++) {
      int label = task.test().label(t);
      double other = Double.NEGATIVE_INFINITY;
      for (int k = 0; k < classes; k++) {
        other = k == label ? other : Math.max(other, scores[t * classes + k]);
      }
      margins[t] = scores[t * classes + label] - other;
    }
    return margins;
  }

  private static void compare(TrainingTask task, double penalty) {
    Masks kept = TrainingTasks.subsets(30, task.groups().count(), 5);
    double[][] exact =
        TrainingTasks.scores(2, w -> new LogisticLearner(task, penalty, 1e-9, w), kept);
    double[][] scores = TrainingTasks.scores(2, w -> new LogisticLearner(task, penalty, w), kept);
    for (int m = 0; m < kept.count(); m++) {
      double[] right = plain(task, task.groups().kept(kept, m), penalty);
      assertArrayEquals(right, exact[m], 1e-6, "subset " + m);
      double[] margins = margins(task, right);
      double mean = Arrays.stream(margins).average().orElseThrow();
      double spread =
          Math.sqrt(Arrays.stream(margins).map(v -> (v - mean) * (v - mean)).average().orElse(0));
      assertArrayEquals(margins, margins(task, scores[m]), 0.01 * spread, "subset " + m);
    }
    assertArrayEquals(new double[scores[0].length], scores[0], "nothing kept");
  }

  @Test
  void manyClasses() {
    compare(TrainingTasks.classes(5, 150, 6, 30, 1), PENALTY);
  }

  @Test
  void twoClassesAndMoreThanOneBlockOfRows() {
    compare(TrainingTasks.classes(2, 700, 8, 700, 2), PENALTY);
  }

  @Test
  void weakPenaltyOnSeparableRows() {
    compare(TrainingTasks.classes(3, 40, 12, 40, 3), 1e-3);
  }

  @Test
  void oneClassAloneHasAMinimum() {
    TrainingTask task = TrainingTasks.classes(3, 60, 4, 60, 4);
    boolean[][] rows = new boolean[1][60];
    for (int r = 0; r < 60; r++) {
      rows[0][r] = task.train().label(r) == 1;
    }
    Masks kept = Masks.of(rows);
    double[][] scores =
        TrainingTasks.scores(1, w -> new LogisticLearner(task, PENALTY, 1e-9, w), kept);
    assertArrayEquals(plain(task, task.groups().kept(kept, 0), PENALTY), scores[0], 1e-6);
  }

  @Test
  void scoresDependNeitherOnThreadsNorOnOtherSubsets() {
    TrainingTask task = TrainingTasks.classes(4, 200, 9, 25, 6);
    Masks kept = TrainingTasks.subsets(64, 25, 7);
    double[][] all = TrainingTasks.scores(2, w -> new LogisticLearner(task, PENALTY, w), kept);
    for (int m : new int[] {0, 17, 63}) {
      double[][] alone =
          TrainingTasks.scores(1, w -> new LogisticLearner(task, PENALTY, w), kept.range(m, m + 1));
      assertArrayEquals(all[m], alone[0], "subset " + m);
    }
  }

  @Test
  void targetsAreRefused() {
    try (Workers workers = new Workers(1)) {
      TrainingTask task = TrainingTasks.regression(20, 2, 5, 1);
      var refused =
          assertThrows(InputException.class, () -> new LogisticLearner(task, PENALTY, workers));
      assertTrue(refused.getMessage().contains("ridge"), refused.getMessage());
    }
  }

  @Test
  void saysWhatItIs() {
    try (Workers workers = new Workers(1)) {
      TrainingTask task = TrainingTasks.classes(2, 20, 2, 5, 1);
      LogisticLearner learner = new LogisticLearner(task, PENALTY, workers);
      assertEquals("logistic", learner.settings().get("learner"));
      assertEquals(2, learner.scores());
    }
  }
}
