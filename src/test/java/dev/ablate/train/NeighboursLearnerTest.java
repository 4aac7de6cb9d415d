package dev.ablate.train;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.ablate.mask.Masks;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Neighbours among kept rows against a search through the kept rows alone, bit for bit. */
class NeighboursLearnerTest {
  private static double[] plain(TrainingTask task, int[] kept, int neighbours) {
    int columns = task.train().columns();
    double[] scores = new double[task.test().rows() * task.scores()];
    for (int t = 0; t < task.test().rows(); t++) {
      int test = t;
      int[] nearest =
          Arrays.stream(kept)
              .boxed()
              .sorted(
                  Comparator.<Integer>comparingDouble(
                          r -> {
                            double sum = 0;
                            for (int j = 0; j < columns; j++) {
                              double from =
                                  task.train().x()[r * columns + j]
                                      - task.test().x()[test * columns + j];
                              sum += from * from;
                            }
                            return sum;
                          })
                      .thenComparing(Comparator.naturalOrder()))
              .limit(neighbours)
              .mapToInt(r -> r)
              .toArray();
      for (int k = 0; k < task.scores() && nearest.length > 0; k++) {
        double sum = 0;
        for (int r : nearest) {
          boolean regression = task.train().isRegression();
          sum += regression ? task.train().y()[r] : task.train().label(r) == k ? 1 : 0;
        }
        scores[t * task.scores() + k] = sum / nearest.length;
      }
    }
    return scores;
  }

  private static void compare(TrainingTask task, int neighbours) {
    Masks kept = TrainingTasks.subsets(40, task.groups().count(), 5);
    double[][] scores =
        TrainingTasks.scores(2, w -> new NeighboursLearner(task, neighbours, w), kept);
    for (int m = 0; m < kept.count(); m++) {
      double[] right = plain(task, task.groups().kept(kept, m), neighbours);
      assertArrayEquals(right, scores[m], "subset " + m);
    }
  }

  @Test
  void sharesOfVotes() {
    compare(TrainingTasks.classes(3, 90, 4, 30, 1), 7);
  }

  @Test
  void meansOfTargets() {
    compare(TrainingTasks.regression(60, 3, 60, 2), 4);
  }

  @Test
  void moreNeighboursThanRows() {
    compare(TrainingTasks.classes(2, 30, 3, 10, 3), 100);
  }

  @Test
  void equallyFarRowsGoByTheirNumber() {
    List<String> classes = List.of("a", "b");
    LabelledRows train =
        new LabelledRows(new double[] {1, -1, 1}, 3, 1, classes, new double[] {0, 1, 1});
    LabelledRows test = new LabelledRows(new double[] {0}, 1, 1, classes, new double[] {0});
    Groups groups = new Groups(List.of("0", "1", "2"), new int[] {0, 1, 2});
    double[][] scores =
        TrainingTasks.scores(
            1,
            w -> new NeighboursLearner(new TrainingTask(train, groups, test), 1, w),
            Masks.of(new boolean[][] {{true, true, true}, {false, true, true}}));
    assertEquals(List.of(1.0, 0.0), List.of(scores[0][0], scores[0][1]));
    assertEquals(List.of(0.0, 1.0), List.of(scores[1][0], scores[1][1]));
  }
}
