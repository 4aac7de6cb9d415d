package dev.ablate.solve.spex;

import dev.ablate.backend.CodedBins;
import dev.ablate.backend.CodedRegression;
import dev.ablate.backend.Sets;
import java.util.TreeSet;
import java.util.stream.IntStream;

/**
 * Lasso with cross-validation on a support, the empty set (not penalised) and all singletons, then
 * the choice, by the same folds, between its coefficients and a least-squares fit on its support.
 *
 * <p>Where the features are too many, only the singletons that stand out of the residual become
 * columns, and no penalty near the products of the others is tried: there the lasso would take some
 * of them, and columns picked by all rows would flatter the folds. Singletons that break the
 * optimality conditions at the chosen penalty all the same are added until there is none.
 */
final class SpexLasso implements Refinement {
  /** Entries of the Gram matrix that singletons may bring before the weakest are left out. */
  private static final long MOST_ENTRIES = 250_000;

  /** A fold without a fifth of the rows rarely doubles a product. */
  private static final double MARGIN = 2;

  private static final int MAX_ROUNDS = 20;

  private final CodedRegression.Output regression;
  private final DelayFolds folds;

  SpexLasso(CodedRegression.Output regression, DelayFolds folds) {
    this.regression = regression;
    this.folds = folds;
  }

  @Override
  public SpexFit refine(Sets sets, double[] coefficients) {
    TreeSet<int[]> columns = new TreeSet<>(Sets::compare);
    columns.add(new int[0]);
    IntStream.range(0, sets.size()).forEach(s -> columns.add(sets.get(s)));
    double least = addSingletons(columns, regression.singletonProducts(sets, coefficients));
    for (int round = 1; ; round++) {
      SpexFit fit = fit(Sets.of(columns), least);
      if (round == MAX_ROUNDS || !addViolators(columns, fit)) {
        return fit;
      }
    }
  }

  private SpexFit fit(Sets sets, double least) {
    try (CodedRegression.Terms terms = regression.on(sets, folds.foldOf(), folds.count())) {
      return new CrossValidation(terms, sets).fit(least);
    }
  }

  /**
   * Adds the singletons that stand out most, all of them where the Gram matrix stays small.
   *
   * @param products of what the columns so far leave
   * @return the least penalty to try: {@value #MARGIN} times the largest product left out
   */
  private double addSingletons(TreeSet<int[]> columns, double[] products) {
    CodedBins bins = regression.bins();
    int most = (int) Math.sqrt((double) MOST_ENTRIES * bins.points() / bins.groups());
    int[] order =
        IntStream.range(0, products.length)
            .boxed()
            .sorted((i, j) -> Double.compare(Math.abs(products[j]), Math.abs(products[i])))
            .mapToInt(Integer::intValue)
            .toArray();
    for (int k = 0; k < Math.min(most, order.length); k++) {
      columns.add(new int[] {order[k]});
    }
    return most < order.length ? MARGIN * Math.abs(products[order[most]]) : 0;
  }

  /** Adds the singletons left out whose product with what the fit leaves exceeds the penalty. */
  private boolean addViolators(TreeSet<int[]> columns, SpexFit fit) {
    double[] products = regression.singletonProducts(fit.sets(), fit.coefficients());
    boolean added = false;
    for (int i = 0; i < products.length; i++) {
      if (Math.abs(products[i]) > fit.penalty() * (1 + 1e-4)) {
        added |= columns.add(new int[] {i});
      }
    }
    return added;
  }
}
