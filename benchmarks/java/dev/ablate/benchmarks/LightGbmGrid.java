package dev.ablate.benchmarks;

import dev.ablate.solve.boost.BoostingGrid;
import dev.ablate.solve.boost.Folds;
import io.github.metarank.lightgbm4j.LGBMBooster;
import io.github.metarank.lightgbm4j.LGBMDataset;
import io.github.metarank.lightgbm4j.LGBMException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * The same cross-validated grid in LightGBM: one run a depth and rate, tree counts as prefixes, the
 * held-out error from its own metric.
 *
 * @param parallelRuns runs at a time
 * @param threads threads a run
 * @param maxBin largest number of bins a feature
 * @param layout {@code force_row_wise} or {@code force_col_wise}
 */
record LightGbmGrid(int parallelRuns, int threads, int maxBin, String layout) {

  /** Mean R² over the folds, in the order depth, rate, trees. */
  double[] scores(SharedGame game, BoostingGrid grid, Folds folds) {
    List<Callable<double[]>> runs = new ArrayList<>();
    for (int f = 0; f < folds.count(); f++) {
      double[][] train = rows(game, folds.rest(f));
      double[][] held = rows(game, folds.held(f));
      for (int depth : grid.depths()) {
        for (double rate : grid.rates()) {
          runs.add(() -> run(train, held, game.masks().features(), grid, depth, rate));
        }
      }
    }
    ExecutorService pool = Executors.newFixedThreadPool(parallelRuns);
    try {
      List<Future<double[]>> done = pool.invokeAll(runs);
      int counts = grid.trees().length;
      double[] mean = new double[grid.depths().length * grid.rates().length * counts];
      for (int i = 0; i < done.size(); i++) {
        double[] r2 = done.get(i).get();
        for (int c = 0; c < counts; c++) {
          mean[(i * counts + c) % mean.length] += r2[c] / folds.count();
        }
      }
      return mean;
    } catch (InterruptedException | ExecutionException e) {
      throw new IllegalStateException(e);
    } finally {
      pool.shutdownNow();
    }
  }

  /** Held-out R² of one fold after the last tree of the first depth and rate. */
  double fold(SharedGame game, BoostingGrid grid, Folds folds, int fold) {
    try {
      double[] r2 =
          run(
              rows(game, folds.rest(fold)),
              rows(game, folds.held(fold)),
              game.masks().features(),
              grid,
              grid.depths()[0],
              grid.rates()[0]);
      return r2[r2.length - 1];
    } catch (LGBMException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Held-out R² at each tree count. */
  private double[] run(
      double[][] train, double[][] held, int features, BoostingGrid grid, int depth, double rate)
      throws LGBMException {
    String data = "max_bin=" + maxBin + " min_data_in_bin=1 feature_pre_filter=false verbosity=-1";
    String settings =
        data
            + (" objective=regression metric=l2 boost_from_average=true num_threads=" + threads)
            + (" num_leaves=" + grid.leaves() + " min_data_in_leaf=" + grid.minLeaf())
            + (" max_depth=" + depth + " learning_rate=" + rate + " " + layout + "=true");
    try (LGBMDataset fit = dataset(train, features, data, null);
        LGBMDataset follow = dataset(held, features, data, fit);
        LGBMBooster booster = LGBMBooster.create(fit, settings)) {
      booster.addValidData(follow);
      return follow(booster, grid, variance(held[1]));
    }
  }

  /** The same stopping rule as ours: patience rounds without a smaller held-out error. */
  private static double[] follow(LGBMBooster booster, BoostingGrid grid, double variance)
      throws LGBMException {
    int[] counts = grid.trees();
    double[] r2 = new double[counts.length];
    double least = variance;
    double error = variance;
    int leastAt = 0;
    int next = 0;
    for (int round = 1; round <= counts[counts.length - 1]; round++) {
      booster.updateOneIter();
      // Without patience the metric is needed at the tree counts only.
      if (grid.patience() > 0 || round == counts[next]) {
        error = booster.getEval(1)[0];
      }
      if (error < least) {
        least = error;
        leastAt = round;
      }
      if (round == counts[next]) {
        r2[next++] = 1 - error / variance;
      }
      if (grid.patience() > 0 && round - leastAt >= grid.patience()) {
        break;
      }
    }
    for (; next < counts.length; next++) {
      r2[next] = 1 - error / variance;
    }
    return r2;
  }

  private static LGBMDataset dataset(
      double[][] rows, int features, String settings, LGBMDataset reference) throws LGBMException {
    int count = rows[1].length;
    LGBMDataset dataset =
        LGBMDataset.createFromMat(rows[0], count, features, true, settings, reference);
    float[] label = new float[count];
    for (int r = 0; r < count; r++) {
      label[r] = (float) rows[1][r];
    }
    dataset.setField("label", label);
    return dataset;
  }

  /** Masks as numbers, row-major, and values of the rows whose bits are set. */
  private static double[][] rows(SharedGame game, long[] bits) {
    int features = game.masks().features();
    int count = 0;
    for (long word : bits) {
      count += Long.bitCount(word);
    }
    double[] matrix = new double[count * features];
    double[] values = new double[count];
    int next = 0;
    for (int r = 0; r < game.masks().count(); r++) {
      if ((bits[r >>> 6] >>> r & 1) != 0) {
        for (int i = 0; i < features; i++) {
          matrix[next * features + i] = game.masks().kept(r, i) ? 1 : 0;
        }
        values[next++] = game.values().get(r, 0);
      }
    }
    return new double[][] {matrix, values};
  }

  private static double variance(double[] values) {
    double mean = 0;
    for (double v : values) {
      mean += v / values.length;
    }
    double sum = 0;
    for (double v : values) {
      sum += (v - mean) * (v - mean) / values.length;
    }
    return sum;
  }
}
