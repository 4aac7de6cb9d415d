package dev.ablate.solve;

import dev.ablate.backend.GaussianProcess.Prior;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What a solver chose for one output. The components of each kind are its keys in {@code
 * explanation.json}, in this order and with underscores. A number that does not exist is NaN; a
 * component that does not apply is null.
 */
public sealed interface FitReport {
  /**
   * The whole spectrum, or that of a constant output: nothing was chosen.
   *
   * @param terms terms of the spectrum
   */
  record Terms(int terms) implements FitReport {}

  /**
   * Screening.
   *
   * @param ordersInFull orders 1 to this were searched in full
   * @param ordersAmongActive higher orders up to this were searched among active features
   * @param activeFeatures by order, how many features a search among active ones was over
   * @param candidates most sets of one search
   * @param familyWiseError probability that a search of pure noise finds anything
   * @param thresholdStandardErrors by order, what is larger was found
   * @param prunedBelowStandardErrors by order, what fell below was dropped
   * @param rounds rounds of search and least squares
   * @param searches searches over all candidates
   * @param nearMisses sets just below the threshold of the last search
   * @param ordersBySigns higher orders up to this were looked for by signs among all features; 0
   *     where none were
   * @param signSearches searches by signs
   * @param setsJoined sets that those formed of parts
   * @param terms terms of the spectrum
   */
  record Screening(
      int ordersInFull,
      int ordersAmongActive,
      Map<Integer, Integer> activeFeatures,
      double candidates,
      double familyWiseError,
      Map<Integer, Double> thresholdStandardErrors,
      Map<Integer, Double> prunedBelowStandardErrors,
      int rounds,
      int searches,
      int nearMisses,
      int ordersBySigns,
      int signSearches,
      double setsJoined,
      int terms)
      implements FitReport {
    /** Copies the maps and keeps their order. */
    public Screening {
      activeFeatures = copy(activeFeatures);
      thresholdStandardErrors = copy(thresholdStandardErrors);
      prunedBelowStandardErrors = copy(prunedBelowStandardErrors);
    }

    private static <V> Map<Integer, V> copy(Map<Integer, V> map) {
      return Collections.unmodifiableMap(new LinkedHashMap<>(map));
    }
  }

  /**
   * A Gaussian process.
   *
   * @param rows rows that the posterior was computed from
   * @param exactRows rows by whose exact processes the prior was chosen before all rows improved
   *     it; null where the posterior is exact
   * @param basisSets sets whose coefficients were fitted to all rows; null where the posterior is
   *     exact
   * @param scale variance of a value under the prior, squared unit of the values
   * @param noise variance of what is added to each value, squared unit of the values
   * @param rough variance of the second, rougher product, as a multiple of the scale
   * @param stretch decays of the second product as multiples of the first one's
   * @param tilt logarithm of the amplitude of a value where all is kept, against half
   * @param closeness how fast values of masks of different sizes part
   * @param logLikelihood of all rows under the prior; with a basis its limit of many rows
   * @param priorOf number of the output whose prior was taken, among those that vary; null where it
   *     is the output's own
   * @param setsReadOff most sets whose posterior was looked at
   * @param terms terms of the spectrum
   * @param termsBy who chose their number: {@code asked for}, {@code held-out masks} or {@code
   *     default}
   */
  record GaussianProcess(
      int rows,
      Integer exactRows,
      Integer basisSets,
      double scale,
      double noise,
      double rough,
      double stretch,
      double tilt,
      double closeness,
      double logLikelihood,
      Integer priorOf,
      int setsReadOff,
      int terms,
      String termsBy)
      implements FitReport {
    /** The report of a process under a prior. */
    public static GaussianProcess of(
        Prior prior,
        int rows,
        double logLikelihood,
        Integer priorOf,
        int setsReadOff,
        int terms,
        String termsBy) {
      return new GaussianProcess(
          rows,
          null,
          null,
          prior.scale(),
          prior.noise(),
          prior.shape().rough(),
          prior.shape().stretch(),
          prior.shape().tilt(),
          prior.shape().closeness(),
          logLikelihood,
          priorOf,
          setsReadOff,
          terms,
          termsBy);
    }

    /**
     * The same of a process whose coefficients were fitted in a basis.
     *
     * @param exactRows rows by which the prior was chosen first
     * @param basisSets sets of the basis
     */
    public GaussianProcess inBasis(int exactRows, int basisSets) {
      return new GaussianProcess(
          rows,
          exactRows,
          basisSets,
          scale,
          noise,
          rough,
          stretch,
          tilt,
          closeness,
          logLikelihood,
          priorOf,
          setsReadOff,
          terms,
          termsBy);
    }
  }

  /**
   * Boosted trees, their largest terms refined by lasso.
   *
   * @param trees number of trees
   * @param depth largest depth of a tree
   * @param rate learning rate
   * @param candidates sets that the lasso chose from, the empty one included
   * @param candidatesScreened how many of them screening added
   * @param terms terms of the spectrum
   * @param penalty of the lasso, a row
   * @param adaptivePower power of the trees' coefficients in the weights of the penalty
   * @param relaxedShare share of least squares in the coefficients
   * @param relaxedBy what chose that share
   * @param cvR2 cross-validated R² of the lasso
   */
  record Trees(
      int trees,
      int depth,
      double rate,
      int candidates,
      int candidatesScreened,
      int terms,
      double penalty,
      double adaptivePower,
      double relaxedShare,
      String relaxedBy,
      double cvR2)
      implements FitReport {}

  /**
   * A lasso on all sets of low order.
   *
   * @param candidates sets that it chose from, the empty one included
   * @param penalty of the lasso, a row
   * @param cvR2 cross-validated R²
   * @param terms terms of the spectrum
   */
  record Lasso(int candidates, double penalty, double cvR2, int terms) implements FitReport {}

  /**
   * Boosted trees chosen from a grid, truncated, and refined by ridge if that was asked for.
   *
   * @param grid name of the grid
   * @param trees number of trees
   * @param depth largest depth of a tree
   * @param rate learning rate
   * @param gridR2 cross-validated R² of the grid's winner
   * @param energy share of the energy that truncation kept
   * @param penalty of ridge, null without
   * @param cvR2 cross-validated R² of ridge, null without
   * @param terms terms of the spectrum
   */
  record Grid(
      String grid,
      int trees,
      int depth,
      double rate,
      double gridR2,
      double energy,
      Double penalty,
      Double cvR2,
      int terms)
      implements FitReport {}

  /**
   * SPEX.
   *
   * @param groups subsampling groups C
   * @param b subspace dimension
   * @param t errors that the code corrects
   * @param delays shifts, the zero shift included
   * @param masks masks of the design
   * @param patterns sign patterns tried a bin
   * @param decoded sets that decoding found
   * @param rounds rounds of decoding and refinement
   * @param penalty of the refinement, 0 without
   * @param leastSquares whether least squares followed the refinement
   */
  record Spex(
      int groups,
      int b,
      int t,
      int delays,
      long masks,
      int patterns,
      int decoded,
      int rounds,
      double penalty,
      boolean leastSquares)
      implements FitReport {}

  /**
   * One estimator on what another leaves.
   *
   * @param first the estimator of all
   * @param rest the estimator of what it leaves
   * @param terms terms of both spectra together, in a file in place of the first's
   */
  record Stacked(@Unwrapped FitReport first, FitReport rest, int terms) implements FitReport {}

  /**
   * A convex blend of estimators.
   *
   * @param weights of each, together 1
   * @param parts what each chose
   * @param terms terms of all spectra together
   */
  record Blend(Map<String, Double> weights, Map<String, FitReport> parts, int terms)
      implements FitReport {
    /** Copies the maps and keeps their order. */
    public Blend {
      weights = Collections.unmodifiableMap(new LinkedHashMap<>(weights));
      parts = Collections.unmodifiableMap(new LinkedHashMap<>(parts));
    }
  }

  /**
   * A contest of estimators.
   *
   * @param heldOutR2 R² of each contender, and of a blend that won, on masks that none has seen
   * @param chosen name of the winner
   * @param energyLeftScores energy of orders 1 and higher that screening left, in standard
   *     deviations of noise; empty where a file does not say
   * @param energyClearScore from so many on there is structure; null where a file does not say
   * @param winner what the winner chose when it was fitted to all masks
   */
  record Contest(
      Map<String, Double> heldOutR2,
      String chosen,
      List<Double> energyLeftScores,
      Double energyClearScore,
      @Unwrapped FitReport winner)
      implements FitReport {
    /** Copies the map, whose order it keeps, and the list. */
    public Contest {
      heldOutR2 = Collections.unmodifiableMap(new LinkedHashMap<>(heldOutR2));
      energyLeftScores = List.copyOf(energyLeftScores);
    }
  }

  /**
   * What a solver wrote into a file that was read; a contest in it is still a {@link Contest}.
   *
   * @param keys all there is
   */
  record FromFile(@Unwrapped Kept keys) implements FitReport {}
}
