package dev.ablate.solve.lasso;

import dev.ablate.backend.Paths;
import java.util.ArrayList;
import java.util.List;

/** Ridge regression with a cross-validated penalty. */
public final class RidgeCrossValidation {
  private static final int PENALTIES = 100;
  private static final double LARGEST_EXPONENT = 6;

  private RidgeCrossValidation() {}

  /**
   * Chooses among 100 penalties from 1e6 down to 1e-6, evenly spaced in the logarithm, and fits all
   * rows with the choice. Equal errors go to the larger penalty.
   */
  public static CrossValidated fit(ParityRegression regression) {
    double[] penalties = new double[PENALTIES];
    for (int p = 0; p < PENALTIES; p++) {
      penalties[p] = Math.pow(10, LARGEST_EXPONENT * (1 - 2.0 * p / (PENALTIES - 1)));
    }
    int size = regression.total().size();
    List<Paths.Problem> problems = new ArrayList<>();
    for (int f = 0; f < regression.foldCount(); f++) {
      problems.add(regression.rest(f).problem(regression.free(), penalties));
    }
    problems.add(regression.total().problem(regression.free(), penalties));
    List<double[]> paths = regression.backend().paths().ridge(problems);
    int best = 0;
    double least = Double.POSITIVE_INFINITY;
    for (int p = 0; p < PENALTIES; p++) {
      double error = 0;
      for (int f = 0; f < regression.foldCount(); f++) {
        error += regression.fold(f).squaredError(paths.get(f), p * size);
      }
      if (error < least) {
        best = p;
        least = error;
      }
    }
    double[] weights = new double[size];
    System.arraycopy(paths.get(regression.foldCount()), best * size, weights, 0, size);
    return new CrossValidated(weights, penalties[best], 1 - least / regression.total().energy());
  }
}
