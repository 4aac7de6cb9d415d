package dev.ablate.solve.spex;

import dev.ablate.backend.CodedRegression;
import dev.ablate.backend.Sets;
import java.util.Arrays;
import java.util.TreeSet;

/** Ridge regression on a support and the empty set (not penalised), penalty by cross-validation. */
final class SpexRidge implements Refinement {
  private static final int PENALTIES = 100;
  private static final double LARGEST = 1e6;
  private static final double SMALLEST = 1e-6;

  private final CodedRegression.Output regression;
  private final DelayFolds folds;

  SpexRidge(CodedRegression.Output regression, DelayFolds folds) {
    this.regression = regression;
    this.folds = folds;
  }

  @Override
  public SpexFit refine(Sets found, double[] coefficients) {
    TreeSet<int[]> columns = new TreeSet<>(Sets::compare);
    columns.add(new int[0]);
    for (int s = 0; s < found.size(); s++) {
      columns.add(found.get(s));
    }
    Sets sets = Sets.of(columns);
    try (CodedRegression.Terms terms = regression.on(sets, folds.foldOf(), folds.count())) {
      double[] penalties = penalties();
      CodedRegression.Ridge path = terms.ridge(penalties);
      int best = 0;
      double least = Double.POSITIVE_INFINITY;
      for (int i = 0; i < PENALTIES; i++) {
        if (path.errors()[i] < least) {
          best = i;
          least = path.errors()[i];
        }
      }
      double deviations = terms.deviations();
      return new SpexFit(
          sets,
          Arrays.copyOfRange(path.weights(), best * sets.size(), (best + 1) * sets.size()),
          penalties[best],
          false,
          deviations > 0 ? 1 - least / deviations : 1,
          least);
    }
  }

  private static double[] penalties() {
    double[] penalties = new double[PENALTIES];
    for (int i = 0; i < PENALTIES; i++) {
      penalties[i] = LARGEST * Math.pow(SMALLEST / LARGEST, i / (PENALTIES - 1.0));
    }
    return penalties;
  }
}
