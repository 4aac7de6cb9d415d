package dev.ablate.solve.spex;

import dev.ablate.backend.CodedBins;
import dev.ablate.backend.Sets;
import java.util.TreeSet;
import java.util.stream.IntStream;

/**
 * Lasso with cross-validation on a support, the empty set (not penalised) and all singletons, then
 * the choice, by the same folds, between its coefficients and a least-squares fit on its support.
 *
 * <p>Where the features are too many, only the singletons that stand out of the residual become
 * columns, then, until there is none, those that break the optimality conditions at the chosen
 * penalty.
 */
final class LassoRefinement implements Refinement {
  /** Entries of the Gram matrix that singletons may bring before the weakest are left out. */
  private static final long MOST_ENTRIES = 250_000;

  private static final int MAX_ROUNDS = 20;

  private final TransformRegression regression;
  private final DelayFolds folds;

  LassoRefinement(TransformRegression regression, DelayFolds folds) {
    this.regression = regression;
    this.folds = folds;
  }

  @Override
  public Fit refine(Sets sets, double[] coefficients) {
    TreeSet<int[]> columns = new TreeSet<>(Sets::compare);
    columns.add(new int[0]);
    IntStream.range(0, sets.size()).forEach(s -> columns.add(sets.get(s)));
    addSingletons(columns, regression.residual(sets, coefficients));
    for (int round = 1; ; round++) {
      Fit fit = new CrossValidation(new CodedRegression(regression, Sets.of(columns)), folds).fit();
      if (round == MAX_ROUNDS || !addViolators(columns, fit)) {
        return fit;
      }
    }
  }

  /** The singletons that stand out most, all of them where the Gram matrix stays small. */
  private void addSingletons(TreeSet<int[]> columns, TransformRegression rest) {
    CodedBins bins = regression.bins();
    double[] products = rest.singletonProducts();
    double most = Math.sqrt((double) MOST_ENTRIES * bins.points() / bins.groups());
    IntStream.range(0, products.length)
        .boxed()
        .sorted((i, j) -> Double.compare(Math.abs(products[j]), Math.abs(products[i])))
        .limit((long) most)
        .forEach(i -> columns.add(new int[] {i}));
  }

  /** Adds the singletons left out whose product with what the fit leaves exceeds the penalty. */
  private boolean addViolators(TreeSet<int[]> columns, Fit fit) {
    double[] products = regression.residual(fit.sets(), fit.coefficients()).singletonProducts();
    boolean added = false;
    for (int i = 0; i < products.length; i++) {
      if (Math.abs(products[i]) > fit.penalty() * (1 + 1e-4)) {
        added |= columns.add(new int[] {i});
      }
    }
    return added;
  }
}
