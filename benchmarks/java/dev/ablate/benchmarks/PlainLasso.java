package dev.ablate.benchmarks;

import dev.ablate.backend.Sets;
import dev.ablate.mask.Masks;
import dev.ablate.solve.Samples;
import dev.ablate.spectrum.Spectrum;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;

/**
 * A lasso on all sets up to an order, worked out plainly: coordinate descent on the rows, 100
 * penalties over three decades, five folds. A control that shares nothing with the solvers.
 */
final class PlainLasso {
  private static final int FOLDS = 5;
  private static final int PENALTIES = 100;
  private static final double LEAST = 1e-3;
  private static final int PATIENCE = 10;
  private static final int SWEEPS = 1_000;
  private static final double CLOSE = 1e-3;

  private final double[][] columns;
  private final double[] values;

  private PlainLasso(double[][] columns, double[] values) {
    this.columns = columns;
    this.values = values;
  }

  /** Fits the first output. */
  static Spectrum fit(Samples samples, int order) {
    int features = samples.masks().features();
    List<int[]> sets = new ArrayList<>();
    for (int i = 0; i < features; i++) {
      sets.add(new int[] {i});
      for (int j = i + 1; order > 1 && j < features; j++) {
        sets.add(new int[] {i, j});
      }
    }
    sets.sort(Sets::compare);
    PlainLasso lasso =
        new PlainLasso(
            sets.stream().map(set -> column(samples.masks(), set)).toArray(double[][]::new),
            samples.values().column(0));
    double[] weights = lasso.fit();
    List<int[]> all = new ArrayList<>(sets);
    all.add(0, new int[0]);
    return new Spectrum(features, Sets.of(all), weights);
  }

  private static double[] column(Masks masks, int[] set) {
    double[] column = new double[masks.count()];
    for (int r = 0; r < column.length; r++) {
      column[r] = 1;
      for (int feature : set) {
        column[r] = masks.kept(r, feature) ? -column[r] : column[r];
      }
    }
    return column;
  }

  /** The intercept, then a weight a column. */
  private double[] fit() {
    int rows = values.length;
    List<Integer> shuffled = new ArrayList<>(IntStream.range(0, rows).boxed().toList());
    Collections.shuffle(shuffled, new Random(0));
    int[] every = IntStream.range(0, rows).toArray();
    Part whole = new Part(every);
    double largest = whole.largest();
    double[] penalties = new double[PENALTIES];
    Arrays.setAll(penalties, p -> largest * Math.pow(LEAST, p / (PENALTIES - 1.0)));
    List<int[]> held = new ArrayList<>();
    List<Part> parts = new ArrayList<>();
    for (int fold = 0; fold < FOLDS; fold++) {
      held.add(pick(shuffled, fold, true));
      parts.add(new Part(pick(shuffled, fold, false)));
    }
    int best = 0;
    double least = Double.POSITIVE_INFINITY;
    // The weak end of the path is slow; it is left once the error has been rising for a while.
    for (int p = 0; p < PENALTIES && p <= best + PATIENCE; p++) {
      double penalty = penalties[p];
      double error =
          IntStream.range(0, FOLDS)
              .parallel()
              .mapToDouble(fold -> parts.get(fold).error(penalty, held.get(fold)))
              .sum();
      best = error < least ? p : best;
      least = Math.min(error, least);
    }
    for (int p = 0; p <= best; p++) {
      whole.descend(penalties[p]);
    }
    double[] all = new double[columns.length + 1];
    all[0] = whole.intercept();
    System.arraycopy(whole.weights, 0, all, 1, columns.length);
    return all;
  }

  private static int[] pick(List<Integer> shuffled, int fold, boolean held) {
    return IntStream.range(0, shuffled.size())
        .filter(i -> i % FOLDS == fold == held)
        .map(shuffled::get)
        .sorted()
        .toArray();
  }

  /** A fit of some rows, on columns and values with their means taken off. */
  private final class Part {
    private final double[] means = new double[columns.length];
    private final double[] lengths = new double[columns.length];
    private final float[][] centred = new float[columns.length][];
    private final double[] weights = new double[columns.length];
    private final double[] left;
    private final double mean;

    Part(int[] rows) {
      mean = Arrays.stream(rows).mapToDouble(r -> values[r]).average().orElseThrow();
      left = Arrays.stream(rows).mapToDouble(r -> values[r] - mean).toArray();
      for (int j = 0; j < columns.length; j++) {
        double[] column = columns[j];
        double own = Arrays.stream(rows).mapToDouble(r -> column[r]).average().orElseThrow();
        means[j] = own;
        centred[j] = new float[rows.length];
        for (int r = 0; r < rows.length; r++) {
          centred[j][r] = (float) (column[rows[r]] - own);
          lengths[j] += centred[j][r] * centred[j][r];
        }
      }
    }

    double largest() {
      return IntStream.range(0, columns.length)
              .mapToDouble(j -> Math.abs(product(j)))
              .max()
              .orElse(0)
          / left.length;
    }

    private double product(int j) {
      float[] column = centred[j];
      double sum = 0;
      for (int r = 0; r < left.length; r++) {
        sum += column[r] * left[r];
      }
      return sum;
    }

    /** The squared error of other rows with a penalty. */
    double error(double penalty, int[] others) {
      descend(penalty);
      double sum = 0;
      for (int r : others) {
        double off = values[r] - predict(r);
        sum += off * off;
      }
      return sum;
    }

    /** Descends from the present weights: those in use until they settle, then all once more. */
    void descend(double penalty) {
      int[] every = IntStream.range(0, columns.length).toArray();
      for (int sweep = 0; sweep < SWEEPS; sweep++) {
        if (sweep(every, penalty) < CLOSE * penalty) {
          return;
        }
        int[] used = IntStream.of(every).filter(j -> weights[j] != 0).toArray();
        for (int inner = 0; inner < SWEEPS; inner++) {
          if (sweep(used, penalty) < CLOSE * penalty) {
            break;
          }
        }
      }
    }

    /** The largest change of a weight. */
    private double sweep(int[] some, double penalty) {
      double most = 0;
      for (int j : some) {
        if (lengths[j] == 0) {
          continue;
        }
        double full = product(j) + lengths[j] * weights[j];
        double shrunk = Math.max(0, Math.abs(full) - penalty * left.length) / lengths[j];
        double next = Math.signum(full) * shrunk;
        double change = next - weights[j];
        if (change != 0) {
          float[] column = centred[j];
          for (int r = 0; r < left.length; r++) {
            left[r] -= change * column[r];
          }
          weights[j] = next;
          most = Math.max(most, Math.abs(change));
        }
      }
      return most;
    }

    double intercept() {
      double sum = mean;
      for (int j = 0; j < columns.length; j++) {
        sum -= weights[j] * means[j];
      }
      return sum;
    }

    double predict(int row) {
      double sum = mean;
      for (int j = 0; j < columns.length; j++) {
        if (weights[j] != 0) {
          sum += weights[j] * (columns[j][row] - means[j]);
        }
      }
      return sum;
    }
  }
}
