package dev.ablate.backend.host;

import dev.ablate.backend.Buffer;
import dev.ablate.backend.FoldOrder;
import dev.ablate.backend.HostBuffer;
import dev.ablate.backend.Parity;
import dev.ablate.backend.ParityRegression;
import dev.ablate.backend.Paths;
import dev.ablate.backend.Sets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Regressions on parities on the host's cores: {@link HostParityRegressionMoments} of each fold.
 */
final class HostParityRegression implements ParityRegression {
  /** Share of its squared length that an independent column keeps at least. */
  private static final double INDEPENDENT = 1e-9;

  /** Words of the columns that are made at once: 16 MiB. */
  private static final int COLUMN_WORDS = 1 << 21;

  private final Parity parity;
  private final HostPaths paths;
  private final Workers workers;

  HostParityRegression(Workers workers, Parity parity, HostPaths paths) {
    this.workers = workers;
    this.parity = parity;
    this.paths = paths;
  }

  @Override
  public Sums sums(Sets sets, Buffer masks, int rows, int features, Buffer values, long[][] folds) {
    FoldOrder order = FoldOrder.of(folds, rows);
    HostBuffer parts = HostBuffer.of(order.parts());
    double[] all = values.toHost().doubles();
    double[] y = Arrays.stream(order.rows()).mapToDouble(r -> all[r]).toArray();
    int size = sets.size();
    Buffer columns = parity.columns(sets, select(masks, order.rows(), features), rows, features);
    double[] products =
        parity
            .products(columns, size, rows, parts, folds.length, HostBuffer.of(y), 1)
            .toHost()
            .doubles();
    HostParityRegressionMoments[] moments = new HostParityRegressionMoments[folds.length];
    int words = (rows + 63) >>> 6;
    for (int f = 0; f < moments.length; f++) {
      // One after another: the matrix of a fold is then the one that it keeps.
      HostBuffer part =
          HostBuffer.of(Arrays.copyOfRange(order.parts(), f * words, (f + 1) * words));
      moments[f] =
          new HostParityRegressionMoments(
              size,
              order.size(f),
              parity.gram(columns, size, rows, part, 1).toHost().doubles(),
              Arrays.copyOfRange(products, f * size, (f + 1) * size),
              Arrays.stream(y, order.starts()[f], order.starts()[f + 1]).map(v -> v * v).sum());
    }
    return new HostSums(sets.empties(), moments, HostParityRegressionMoments.sum(moments));
  }

  private static HostBuffer select(Buffer masks, int[] order, int features) {
    int words = (features + 63) >>> 6;
    long[] from = masks.toHost().words();
    long[] to = new long[order.length * words];
    for (int r = 0; r < order.length; r++) {
      System.arraycopy(from, order[r] * words, to, r * words, words);
    }
    return HostBuffer.of(to);
  }

  @Override
  public Hits hits(
      Sets sets, Buffer masks, int rows, int features, Buffer values, double threshold) {
    double[] products = products(sets, masks, rows, features, values, 1);
    double[] coefficients = Arrays.stream(products).map(p -> p / rows).toArray();
    int[] positions =
        IntStream.range(0, coefficients.length)
            .filter(s -> Math.abs(coefficients[s]) > threshold)
            .toArray();
    return new Hits(
        positions, Arrays.stream(positions).mapToDouble(s -> coefficients[s]).toArray());
  }

  /** Of so many sets at a time that their columns stay small beside the heap. */
  @Override
  public double[] products(
      Sets sets, Buffer masks, int rows, int features, Buffer values, int outputs) {
    int words = (rows + 63) >>> 6;
    HostBuffer all = HostBuffer.of(allRows(rows));
    int most = Math.max(1, COLUMN_WORDS / words);
    double[] products = new double[Math.multiplyExact(outputs, sets.size())];
    for (int first = 0; first < sets.size(); first += most) {
      int count = Math.min(most, sets.size() - first);
      Sets some =
          count == sets.size()
              ? sets
              : sets.select(IntStream.range(first, first + count).toArray());
      Buffer columns = parity.columns(some, masks, rows, features);
      double[] part =
          parity.products(columns, count, rows, all, 1, values, outputs).toHost().doubles();
      for (int o = 0; o < outputs; o++) {
        System.arraycopy(part, o * count, products, o * sets.size() + first, count);
      }
    }
    return products;
  }

  private static long[] allRows(int rows) {
    long[] all = new long[(rows + 63) >>> 6];
    for (int r = 0; r < rows; r++) {
      all[r >>> 6] |= 1L << r;
    }
    return all;
  }

  private final class HostSums implements Sums {
    private final boolean[] free;
    private final HostParityRegressionMoments[] folds;
    private final HostParityRegressionMoments total;

    private HostSums(
        boolean[] free, HostParityRegressionMoments[] folds, HostParityRegressionMoments total) {
      this.free = free;
      this.folds = folds;
      this.total = total;
    }

    @Override
    public int size() {
      return total.size();
    }

    @Override
    public int rows() {
      return total.rows();
    }

    @Override
    public double energy() {
      return total.energy();
    }

    @Override
    public double[] products() {
      return total.products().clone();
    }

    @Override
    public boolean[] free() {
      return free;
    }

    @Override
    public double[] lassoErrors(double[] scales, double[] penalties) {
      List<Paths.Problem> problems = new ArrayList<>();
      for (HostParityRegressionMoments fold : folds) {
        HostParityRegressionMoments rest = total.minus(fold).scaledInPlace(scales);
        double[] sums = Arrays.stream(penalties).map(p -> p * rest.rows()).toArray();
        problems.add(rest.problem(free, sums));
      }
      List<double[]> solved = paths.lasso(problems);
      for (double[] path : solved) {
        for (int i = 0; i < path.length; i++) {
          path[i] /= scales[i % scales.length];
        }
      }
      return errors(solved, penalties.length);
    }

    @Override
    public double[] lasso(double[] scales, double penalty) {
      double[] penalties = {penalty * total.rows()};
      double[] weights = paths.lasso(List.of(total.scaled(scales).problem(free, penalties))).get(0);
      for (int j = 0; j < weights.length; j++) {
        weights[j] /= scales[j];
      }
      return weights;
    }

    @Override
    public double[] lasso(double[] scales, double penalty, double[] start, double startPenalty) {
      double[] penalties = {penalty * total.rows()};
      double[] scaled = new double[start.length];
      Arrays.setAll(scaled, j -> start[j] * scales[j]);
      double[] weights =
          paths.lasso(
              total.scaled(scales).problem(free, penalties), scaled, startPenalty * total.rows());
      Arrays.setAll(weights, j -> weights[j] / scales[j]);
      return weights;
    }

    @Override
    public double[] ridgeErrors(double[] penalties) {
      List<Paths.Problem> problems = new ArrayList<>();
      for (HostParityRegressionMoments fold : folds) {
        problems.add(total.minus(fold).problem(free, penalties));
      }
      return errors(paths.ridge(problems), penalties.length);
    }

    private double[] errors(List<double[]> solved, int penalties) {
      double[] errors = new double[penalties];
      for (int f = 0; f < folds.length; f++) {
        for (int p = 0; p < penalties; p++) {
          errors[p] += folds[f].squaredError(solved.get(f), p * size());
        }
      }
      return errors;
    }

    @Override
    public double[] ridge(double penalty) {
      return paths.ridge(List.of(total.problem(free, new double[] {penalty}))).get(0);
    }

    @Override
    public double[] leastSquares(int[] columns) {
      double[] solved = independent(columns);
      if (solved == null) {
        boolean[] none = new boolean[columns.length];
        Paths.Problem problem = total.select(columns).problem(none, new double[] {0});
        solved = paths.lasso(List.of(problem)).get(0);
      }
      double[] all = new double[size()];
      for (int i = 0; i < columns.length; i++) {
        all[columns[i]] = solved[i];
      }
      return all;
    }

    /** Least squares by a Cholesky factor; null where columns depend on others. */
    private double[] independent(int[] columns) {
      double[][] factor = new double[columns.length][];
      double[] solved = new double[columns.length];
      for (int i = 0; i < columns.length; i++) {
        factor[i] = new double[i + 1];
        for (int j = 0; j <= i; j++) {
          factor[i][j] = total.gram()[columns[i] * size() + columns[j]];
        }
        solved[i] = total.products()[columns[i]];
      }
      if (!HostCholesky.factor(factor, workers)) {
        return null;
      }
      for (int i = 0; i < columns.length; i++) {
        if (!(factor[i][i] * factor[i][i] > INDEPENDENT * rows())) {
          return null;
        }
      }
      HostCholesky.solve(factor, solved);
      return solved;
    }

    @Override
    public void close() {
      // The garbage collector frees heap arrays.
    }
  }
}
