package dev.ablate.train;

import dev.ablate.backend.host.Workers;
import dev.ablate.mask.Masks;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.function.Function;
import java.util.stream.IntStream;

/** Small training sets, subsets of them, and what a learner says of every subset. */
final class TrainingTasks {
  private TrainingTasks() {}

  /** Overlapping clouds, one a class; rows go to groups in turns. */
  static TrainingTask classes(int classes, int rows, int columns, int groups, long seed) {
    Random random = new Random(seed);
    double[][] centres = new double[classes][columns];
    for (double[] centre : centres) {
      for (int j = 0; j < columns; j++) {
        centre[j] = random.nextGaussian();
      }
    }
    List<String> names = new ArrayList<>();
    for (int k = 0; k < classes; k++) {
      names.add("class " + k);
    }
    LabelledRows train = clouds(centres, names, rows, random);
    return new TrainingTask(train, inTurns(rows, groups), clouds(centres, names, 23, random));
  }

  private static LabelledRows clouds(
      double[][] centres, List<String> names, int rows, Random random) {
    int columns = centres[0].length;
    double[] x = new double[rows * columns];
    double[] y = new double[rows];
    for (int r = 0; r < rows; r++) {
      int label = random.nextInt(centres.length);
      y[r] = label;
      for (int j = 0; j < columns; j++) {
        x[r * columns + j] = centres[label][j] + 1.5 * random.nextGaussian();
      }
    }
    return new LabelledRows(x, rows, columns, names, y);
  }

  /** Targets that are linear in the columns, with noise. */
  static TrainingTask regression(int rows, int columns, int groups, long seed) {
    Random random = new Random(seed);
    return new TrainingTask(
        targets(rows, columns, random), inTurns(rows, groups), targets(19, columns, random));
  }

  private static LabelledRows targets(int rows, int columns, Random random) {
    double[] x = random.doubles((long) rows * columns, -2, 2).toArray();
    double[] y = new double[rows];
    for (int r = 0; r < rows; r++) {
      y[r] = 3 + random.nextGaussian();
      for (int j = 0; j < columns; j++) {
        y[r] += j * x[r * columns + j];
      }
    }
    return new LabelledRows(x, rows, columns, List.of(), y);
  }

  private static Groups inTurns(int rows, int groups) {
    List<String> names = new ArrayList<>();
    for (int g = 0; g < groups; g++) {
      names.add("group " + g);
    }
    int[] groupOf = new int[rows];
    for (int r = 0; r < rows; r++) {
      groupOf[r] = r % groups;
    }
    return new Groups(names, groupOf);
  }

  /** Subsets of all sizes: the first keeps nothing, the last everything. */
  static Masks subsets(int count, int groups, long seed) {
    Random random = new Random(seed);
    boolean[][] rows = new boolean[count][groups];
    for (int m = 0; m < count; m++) {
      for (int g = 0; g < groups; g++) {
        rows[m][g] = random.nextDouble() * (count - 1) < m;
      }
    }
    return Masks.of(rows);
  }

  /** {@code (subsets)} the scores of each, in the order of subsets. */
  static double[][] scores(Learner learner, Masks kept) {
    double[][] scores = new double[kept.count()][];
    learner.train(
        kept,
        (subset, of) -> {
          if (scores[subset] != null) {
            throw new AssertionError("subset " + subset + " was told twice");
          }
          scores[subset] = of.clone();
        });
    return scores;
  }

  /** A learner on some threads; what it says of all subsets at once. */
  static double[][] scores(int threads, Function<Workers, Learner> of, Masks kept) {
    try (Workers workers = new Workers(threads);
        Learner learner = of.apply(workers)) {
      return scores(learner, kept);
    }
  }

  /** The numbers of kept rows with a constant 1 behind them. */
  static double[][] withConstant(LabelledRows rows, int[] kept) {
    double[][] x = new double[kept.length][rows.columns() + 1];
    for (int i = 0; i < kept.length; i++) {
      System.arraycopy(rows.x(), kept[i] * rows.columns(), x[i], 0, rows.columns());
      x[i][rows.columns()] = 1;
    }
    return x;
  }

  /** All rows in order. */
  static int[] all(LabelledRows rows) {
    return IntStream.range(0, rows.rows()).toArray();
  }

  /** Solves a square system by Gaussian elimination. */
  static double[] solve(double[][] matrix, double[] right) {
    int n = right.length;
    double[][] a = new double[n][];
    for (int i = 0; i < n; i++) {
      a[i] = Arrays.copyOf(matrix[i], n + 1);
      a[i][n] = right[i];
    }
    for (int p = 0; p < n; p++) {
      int best = p;
      for (int i = p; i < n; i++) {
        best = Math.abs(a[i][p]) > Math.abs(a[best][p]) ? i : best;
      }
      double[] row = a[best];
      a[best] = a[p];
      a[p] = row;
      for (int i = 0; i < n; i++) {
        if (i != p) {
          double factor = a[i][p] / row[p];
          for (int j = p; j <= n; j++) {
            a[i][j] -= factor * row[j];
          }
        }
      }
    }
    double[] x = new double[n];
    for (int i = 0; i < n; i++) {
      x[i] = a[i][n] / a[i][i];
    }
    return x;
  }
}
