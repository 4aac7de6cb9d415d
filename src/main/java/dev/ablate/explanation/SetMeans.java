package dev.ablate.explanation;

import dev.ablate.backend.Sets;
import dev.ablate.work.Work;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.ToDoubleFunction;

/**
 * Means of interactions over rows of values that have the same masks, each row counted with a sign
 * of its own for each set; a set that a row does not list counts as 0 there. A mean is of some rows
 * and of some masks, and its standard error has both parts. What the masks put off by chance they
 * put off in many rows alike, so a mean over them may be no surer than its rows.
 */
final class SetMeans {
  /** Sets that say how far means go by chance: more say no more. */
  private static final int OTHERS = 1_000;

  private final int rows;
  private final Map<int[], Row> sets = new TreeMap<>(Sets::compare);

  /** What rows say of a set. */
  private static final class Row {
    private final double[] values;
    private final double[] signs;
    private double errors;

    Row(int rows) {
      values = new double[rows];
      signs = new double[rows];
    }
  }

  /** Nothing yet of so many rows. */
  SetMeans(int rows) {
    this.rows = rows;
  }

  /**
   * What one row says of a set.
   *
   * @param sign with which it counts, 1 or -1
   */
  void add(int row, Interaction of, double sign) {
    Row set = sets.computeIfAbsent(of.features(), s -> new Row(rows));
    set.values[row] = of.value();
    set.signs[row] = sign;
    set.errors += of.standardError() == null ? Double.NaN : of.standardError();
  }

  /** The means, whose errors by the masks are the mean of the rows' own. */
  List<Interaction> means() {
    return means(set -> set.errors / rows);
  }

  /**
   * The means of sets of which most do next to nothing: how far one goes by chance is seen in the
   * others, as the root mean square of their means with the same signs. Those that do something
   * make it too large.
   */
  List<Interaction> meansAmongOthers() {
    Row[] all = sets.values().toArray(new Row[0]);
    double[][] others = new double[Math.min(OTHERS, all.length)][];
    Arrays.setAll(others, k -> all[(int) ((long) k * all.length / others.length)].values);
    return means(
        set -> {
          double squares = 0;
          for (double[] other : others) {
            double mean = dot(other, set.signs) / rows;
            squares += mean * mean;
          }
          return Math.sqrt(squares / others.length);
        });
  }

  private List<Interaction> means(ToDoubleFunction<Row> byMasks) {
    List<int[]> keys = new ArrayList<>(sets.keySet());
    Interaction[] means = new Interaction[keys.size()];
    Work.forEach(
        means.length,
        s -> {
          Row set = sets.get(keys.get(s));
          double mean = dot(set.values, set.signs) / rows;
          double squares = dot(set.values, set.values) - rows * mean * mean;
          double byRows = Math.max(0, squares) / (rows - 1.0) / rows;
          double error = Math.hypot(Math.sqrt(byRows), byMasks.applyAsDouble(set));
          means[s] = new Interaction(keys.get(s), mean, Double.isNaN(error) ? null : error);
        });
    return List.of(means);
  }

  private static double dot(double[] a, double[] b) {
    double sum = 0;
    for (int i = 0; i < a.length; i++) {
      sum += a[i] * b[i];
    }
    return sum;
  }
}
