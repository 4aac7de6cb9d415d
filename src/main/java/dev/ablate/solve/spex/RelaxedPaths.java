package dev.ablate.solve.spex;

import dev.ablate.backend.Paths;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/** Least squares on the supports along lasso paths: the same columns without the shrinkage. */
final class RelaxedPaths {
  private final List<double[]> relaxed = new ArrayList<>();

  /**
   * Refits every support once.
   *
   * @param lasso one path a fold, then one on all rows, {@code (penalties, size) row-major}
   */
  RelaxedPaths(CrossValidation validation, Paths paths, List<double[]> lasso, int penalties) {
    int size = validation.size();
    List<int[]> supports = new ArrayList<>();
    List<Paths.Problem> problems = new ArrayList<>();
    int[][] problemOf = new int[lasso.size()][penalties];
    for (int f = 0; f < lasso.size(); f++) {
      double[] path = lasso.get(f);
      for (int i = 0; i < penalties; i++) {
        int row = i * size;
        int[] support =
            IntStream.range(0, size).filter(j -> j == 0 || path[row + j] != 0).toArray();
        if (i == 0 || !Arrays.equals(support, supports.get(supports.size() - 1))) {
          supports.add(support);
          problems.add(validation.leastSquares(f, support));
        }
        problemOf[f][i] = problems.size() - 1;
      }
    }
    List<double[]> solved = paths.lasso(problems);
    for (int f = 0; f < lasso.size(); f++) {
      double[] path = new double[penalties * size];
      for (int i = 0; i < penalties; i++) {
        int[] support = supports.get(problemOf[f][i]);
        double[] solution = solved.get(problemOf[f][i]);
        for (int k = 0; k < support.length; k++) {
          path[i * size + support[k]] = solution[k];
        }
      }
      relaxed.add(path);
    }
  }

  /** One path a fold, then one on all rows, {@code (penalties, size) row-major}. */
  List<double[]> paths() {
    return relaxed;
  }
}
