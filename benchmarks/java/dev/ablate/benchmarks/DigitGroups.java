package dev.ablate.benchmarks;

import dev.ablate.code.Philox;
import dev.ablate.train.Groups;
import dev.ablate.train.LabelledRows;
import dev.ablate.train.Standardisation;
import dev.ablate.train.TrainingTask;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/** The digits: the first 1,000 rows train, in 64 groups, and the others test. */
final class DigitGroups {
  static final int GROUPS = 64;
  static final int TRAINING = 1000;
  static final int COLUMNS = 64;
  static final int CLASSES = 10;

  /** Groups whose labels are all wrong, where they are planted. */
  static final int[] WRONG = IntStream.range(20, 30).toArray();

  /** Groups of the same rows, where they are planted. */
  static final int[][] COPIES =
      IntStream.range(0, 10).mapToObj(i -> new int[] {i, 40 + i}).toArray(int[][]::new);

  private DigitGroups() {}

  /** As they are; group g has the rows g, g + 64 and so on. */
  static TrainingTask plain() {
    int[] rows = IntStream.range(0, TRAINING).toArray();
    return task(rows, Arrays.stream(rows).map(r -> r % GROUPS).toArray(), false);
  }

  /** The same with a part of the test rows. */
  static TrainingTask firstTests(int count) {
    TrainingTask all = plain();
    LabelledRows test = all.test();
    LabelledRows some =
        new LabelledRows(
            Arrays.copyOf(test.x(), count * COLUMNS),
            count,
            COLUMNS,
            test.classes(),
            Arrays.copyOf(test.y(), count));
    return new TrainingTask(all.train(), all.groups(), some);
  }

  /**
   * Ten groups have the rows of ten others in place of their own.
   *
   * @param wrong whether ten others have wrong labels
   */
  static TrainingTask planted(boolean wrong) {
    int[] source = IntStream.range(0, GROUPS).toArray();
    for (int[] pair : COPIES) {
      source[pair[1]] = pair[0];
    }
    int[][] members =
        IntStream.range(0, GROUPS)
            .mapToObj(
                g -> IntStream.range(0, TRAINING).filter(r -> r % GROUPS == source[g]).toArray())
            .toArray(int[][]::new);
    int[] groupOf =
        IntStream.range(0, GROUPS).flatMap(g -> Arrays.stream(members[g]).map(r -> g)).toArray();
    return task(Arrays.stream(members).flatMapToInt(Arrays::stream).toArray(), groupOf, wrong);
  }

  private static TrainingTask task(int[] rows, int[] groupOf, boolean wrong) {
    DataTable table = DataTable.read("digits.csv", COLUMNS);
    LabelledRows train = rows(table, rows);
    if (wrong) {
      Philox.Stream random = Philox.stream(0, 1);
      for (int r = 0; r < groupOf.length; r++) {
        int group = groupOf[r];
        if (Arrays.stream(WRONG).anyMatch(g -> g == group)) {
          train.y()[r] = (train.y()[r] + 1 + random.nextInt(CLASSES - 1)) % CLASSES;
        }
      }
    }
    LabelledRows test = rows(table, IntStream.range(TRAINING, table.rows().length).toArray());
    Standardisation scale = Standardisation.of(train);
    List<String> names = IntStream.range(0, GROUPS).mapToObj(g -> "group " + g).toList();
    return new TrainingTask(scale.apply(train), new Groups(names, groupOf), scale.apply(test));
  }

  private static LabelledRows rows(DataTable table, int[] rows) {
    double[] x = new double[rows.length * COLUMNS];
    double[] y = new double[rows.length];
    for (int r = 0; r < rows.length; r++) {
      System.arraycopy(table.rows()[rows[r]], 0, x, r * COLUMNS, COLUMNS);
      y[r] = Integer.parseInt(table.classes()[rows[r]]);
    }
    List<String> classes = IntStream.range(0, CLASSES).mapToObj(Integer::toString).toList();
    return new LabelledRows(x, rows.length, COLUMNS, classes, y);
  }
}
