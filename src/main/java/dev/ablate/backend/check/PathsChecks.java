package dev.ablate.backend.check;

import dev.ablate.backend.Backend;
import dev.ablate.backend.Paths.Problem;
import java.util.List;

/** Lasso and ridge where the answer is a formula, and by the conditions that it must meet. */
final class PathsChecks {
  private PathsChecks() {}

  static List<Check> all() {
    return List.of(
        new Check("paths.lasso", "soft threshold", 1e-12, PathsChecks::softThreshold),
        // Relative to the largest product; the solver stops at a millionth of it.
        new Check("paths.lasso", "optimality conditions", 1e-6, b -> conditions(b, true)),
        new Check("paths.ridge", "optimality conditions", 1e-9, b -> conditions(b, false)));
  }

  private static double softThreshold(Backend backend) {
    double[] gram = {4, 0, 0, 0, 2, 0, 0, 0, 8};
    boolean[] free = {false, false, true};
    Problem problem = new Problem(3, gram, new double[] {6, -3, 16}, free, new double[] {5, 2, 0});
    double[] expected = {0.25, 0, 2, 1, -0.5, 2, 1.5, -1.5, 2};
    return Inputs.distance(expected, backend.paths().lasso(List.of(problem)).get(0));
  }

  /**
   * The residual's product with a column must be the penalty's slope at its weight; where a lasso
   * weight is 0 it must not exceed the penalty.
   */
  private static double conditions(Backend backend, boolean lasso) {
    Problem problem = problem(120, 45, new double[] {60, 20, 3}, 41);
    List<Problem> one = List.of(problem);
    double[] path = (lasso ? backend.paths().lasso(one) : backend.paths().ridge(one)).get(0);
    int size = problem.size();
    double worst = 0;
    double largest = 0;
    for (int p = 0; p < problem.penalties().length; p++) {
      for (int j = 0; j < size; j++) {
        double residual = problem.products()[j];
        for (int i = 0; i < size; i++) {
          residual -= problem.gram()[j * size + i] * path[p * size + i];
        }
        double weight = path[p * size + j];
        double penalty = problem.free()[j] ? 0 : problem.penalties()[p];
        double excess =
            !lasso
                ? Math.abs(residual - penalty * weight)
                : weight == 0
                    ? Math.max(0, Math.abs(residual) - penalty)
                    : Math.abs(residual - penalty * Math.signum(weight));
        worst = Double.isNaN(excess) ? Check.WRONG : Math.max(worst, excess);
        largest = Math.max(largest, Math.abs(problem.products()[j]));
      }
    }
    return worst / largest;
  }

  /** Columns of signs; the first is constant and free. */
  static Problem problem(int rows, int columns, double[] penalties, long seed) {
    long[] signs = Inputs.masks(columns, rows, seed);
    double[] noise = Inputs.normal(rows, seed);
    double[] weights = Inputs.normal(columns, seed + 1);
    int words = (rows + 63) / 64;
    double[][] phi = new double[columns][rows];
    double[] y = noise.clone();
    for (int j = 0; j < columns; j++) {
      for (int r = 0; r < rows; r++) {
        phi[j][r] = j == 0 || Inputs.kept(signs, words, j, r) ? 1 : -1;
        y[r] += j % 3 == 0 ? weights[j] * phi[j][r] : 0;
      }
    }
    double[] gram = new double[columns * columns];
    double[] products = new double[columns];
    for (int i = 0; i < columns; i++) {
      for (int r = 0; r < rows; r++) {
        products[i] += phi[i][r] * y[r];
      }
      for (int j = 0; j < columns; j++) {
        for (int r = 0; r < rows; r++) {
          gram[i * columns + j] += phi[i][r] * phi[j][r];
        }
      }
    }
    boolean[] free = new boolean[columns];
    free[0] = true;
    return new Problem(columns, gram, products, free, penalties);
  }
}
