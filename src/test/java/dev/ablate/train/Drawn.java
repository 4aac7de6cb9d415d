package dev.ablate.train;

import static org.junit.jupiter.api.Assertions.assertNull;

import dev.ablate.code.Philox;
import dev.ablate.mask.Masks;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.IntStream;

/** Training sets, groups and subsets for tests. */
final class Drawn {
  private Drawn() {}

  /** Rows of three classes that lie around three places, in columns of few and of many values. */
  static LabelledRows classes(int rows, int columns, long seed) {
    Philox.Stream random = Philox.stream(seed, 1);
    double[] x = new double[rows * columns];
    double[] y = new double[rows];
    for (int r = 0; r < rows; r++) {
      y[r] = random.nextInt(3);
      for (int c = 0; c < columns; c++) {
        double number = 1.5 * random.nextGaussian() + (c % 3 == y[r] ? 2 : 0);
        x[r * columns + c] = c % 2 == 0 ? number : Math.rint(number);
      }
    }
    return new LabelledRows(x, rows, columns, List.of("a", "b", "c"), y);
  }

  /** The same rows with a target each. */
  static LabelledRows targets(int rows, int columns, long seed) {
    LabelledRows classes = classes(rows, columns, seed);
    Philox.Stream random = Philox.stream(seed, 2);
    double[] y = new double[rows];
    for (int r = 0; r < rows; r++) {
      double first = classes.x()[r * columns];
      double second = classes.x()[r * columns + 1];
      y[r] = 100 + 10 * first * second + 3 * random.nextGaussian();
    }
    return new LabelledRows(classes.x(), rows, columns, List.of(), y);
  }

  /** Groups that rows take turns in. */
  static Groups groups(int rows, int count) {
    return new Groups(
        IntStream.range(0, count).mapToObj(Integer::toString).toList(),
        IntStream.range(0, rows).map(r -> r % count).toArray());
  }

  /** Nothing, everything, one group, and random subsets. */
  static Masks subsets(int count, int groups, long seed) {
    Philox.Stream random = Philox.stream(seed, 3);
    boolean[][] rows = new boolean[count][groups];
    Arrays.fill(rows[1], true);
    rows[2][0] = true;
    for (int m = 3; m < count; m++) {
      for (int g = 0; g < groups; g++) {
        rows[m][g] = random.nextInt(2) == 0;
      }
    }
    return Masks.of(rows);
  }

  /** What a learner tells, by subset. */
  static Map<Integer, double[]> told(Learner learner, Masks kept) {
    Map<Integer, double[]> told = new ConcurrentHashMap<>();
    learner.train(kept, (s, scores) -> assertNull(told.put(s, scores.clone()), "told twice"));
    return told;
  }
}
