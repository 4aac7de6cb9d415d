package dev.ablate.solve.spex;

import dev.ablate.backend.Paths;
import dev.ablate.backend.Sets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.TreeSet;

/** Ridge regression on a support and the empty set (not penalised), penalty by cross-validation. */
final class RidgeRefinement implements Refinement {
  private static final int PENALTIES = 100;
  private static final double LARGEST = 1e6;
  private static final double SMALLEST = 1e-6;

  private final Paths paths;
  private final TransformRegression regression;
  private final DelayFolds folds;

  RidgeRefinement(Paths paths, TransformRegression regression, DelayFolds folds) {
    this.paths = paths;
    this.regression = regression;
    this.folds = folds;
  }

  @Override
  public Fit refine(Sets found, double[] coefficients) {
    TreeSet<int[]> terms = new TreeSet<>(Sets::compare);
    terms.add(new int[0]);
    for (int s = 0; s < found.size(); s++) {
      terms.add(found.get(s));
    }
    Sets sets = Sets.of(terms);
    CodedRegression sums = new CodedRegression(regression, sets);
    double[] penalties = penalties();
    List<Paths.Problem> problems = new ArrayList<>();
    for (int f = 0; f < folds.count(); f++) {
      problems.add(problem(sums.over(folds.without(f)), penalties));
    }
    DelaySums all = sums.over(folds.all());
    problems.add(problem(all, penalties));
    List<double[]> fits = paths.ridge(problems);
    int best = 0;
    double least = Double.POSITIVE_INFINITY;
    double[] errors = new double[PENALTIES];
    for (int f = 0; f < folds.count(); f++) {
      DelaySums test = sums.over(folds.of(f));
      for (int i = 0; i < PENALTIES; i++) {
        errors[i] += test.error(row(fits.get(f), i, sets.size()));
      }
    }
    for (int i = 0; i < PENALTIES; i++) {
      if (errors[i] < least) {
        best = i;
        least = errors[i];
      }
    }
    double deviations = all.deviations();
    return new Fit(
        sets,
        row(fits.get(folds.count()), best, sets.size()),
        penalties[best],
        false,
        deviations > 0 ? 1 - least / deviations : 1);
  }

  private static double[] penalties() {
    double[] penalties = new double[PENALTIES];
    for (int i = 0; i < PENALTIES; i++) {
      penalties[i] = LARGEST * Math.pow(SMALLEST / LARGEST, i / (PENALTIES - 1.0));
    }
    return penalties;
  }

  private static Paths.Problem problem(DelaySums sums, double[] penalties) {
    int size = sums.products().length;
    boolean[] free = new boolean[size];
    free[0] = true;
    return new Paths.Problem(
        size, sums.gram().dense(sums.entries()), sums.products(), free, penalties);
  }

  private static double[] row(double[] path, int penalty, int size) {
    return Arrays.copyOfRange(path, penalty * size, (penalty + 1) * size);
  }
}
