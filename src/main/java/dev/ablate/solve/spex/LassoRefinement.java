package dev.ablate.solve.spex;

import dev.ablate.backend.Paths;
import dev.ablate.backend.Sets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.TreeSet;
import java.util.stream.IntStream;

/**
 * Lasso with cross-validation on a support, the empty set (not penalised) and all singletons, then
 * the choice, by the same folds, between its coefficients and a least-squares fit on its support.
 *
 * <p>Only singletons that may matter become columns: those that stand out of the residual, then,
 * until there is none, those that break the optimality conditions at the chosen penalty. The lasso
 * at that penalty is the one over all singletons.
 */
final class LassoRefinement {
  /** Standard errors from which a singleton becomes a column at once. */
  private static final double STANDS_OUT = 2.5;

  /** Most singletons that become columns at once. */
  private static final int MOST_AT_ONCE = 512;

  private static final int MAX_ROUNDS = 20;

  private final Paths paths;
  private final TransformRegression regression;

  LassoRefinement(Paths paths, TransformRegression regression) {
    this.paths = paths;
    this.regression = regression;
  }

  /**
   * Refines a support.
   *
   * @param sets the support
   * @param coefficients what the search found for it
   */
  Fit refine(Sets sets, double[] coefficients) {
    TreeSet<int[]> columns = new TreeSet<>(Sets::compare);
    columns.add(new int[0]);
    IntStream.range(0, sets.size()).forEach(s -> columns.add(sets.get(s)));
    addSingletons(columns, regression.of(regression.residual(sets, coefficients)));
    for (int round = 1; ; round++) {
      CrossValidation validation = new CrossValidation(regression, Sets.of(columns));
      double[] penalties = Penalties.grid(validation);
      List<double[]> lasso = validation.paths(penalties, paths::lasso);
      RelaxedPaths relaxed = new RelaxedPaths(validation, paths, lasso, penalties.length);
      int best = validation.best(penalties.length, lasso);
      int bestRelaxed = validation.best(penalties.length, relaxed.paths());
      boolean relax =
          validation.error(lasso, best) > validation.error(relaxed.paths(), bestRelaxed);
      int chosen = relax ? bestRelaxed : best;
      double[] penalised = validation.row(lasso, chosen);
      if (round == MAX_ROUNDS
          || !addViolators(columns, validation.sets(), penalised, penalties[chosen])) {
        List<double[]> ran = relax ? relaxed.paths() : lasso;
        return validation.fit(ran, chosen, penalties[chosen], relax);
      }
    }
  }

  private void addSingletons(TreeSet<int[]> columns, TransformRegression rest) {
    double[] products = rest.singletonProducts();
    double variance = Arrays.stream(rest.squares()).sum();
    double threshold = STANDS_OUT * Math.sqrt(variance);
    IntStream.range(0, products.length)
        .filter(i -> Math.abs(products[i]) > threshold)
        .boxed()
        .sorted((i, j) -> Double.compare(Math.abs(products[j]), Math.abs(products[i])))
        .limit(MOST_AT_ONCE)
        .forEach(i -> columns.add(new int[] {i}));
  }

  /** Adds the singletons left out that the lasso would take at this penalty. */
  private boolean addViolators(
      TreeSet<int[]> columns, Sets sets, double[] coefficients, double penalty) {
    double[] products = regression.of(regression.residual(sets, coefficients)).singletonProducts();
    List<int[]> violators = new ArrayList<>();
    for (int i = 0; i < products.length; i++) {
      int[] singleton = {i};
      if (Math.abs(products[i]) > penalty * (1 + 1e-6) && !columns.contains(singleton)) {
        violators.add(singleton);
      }
    }
    return columns.addAll(violators);
  }
}
