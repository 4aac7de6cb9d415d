package dev.ablate.solve.gp;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ablate.backend.GaussianProcess.Prior;
import dev.ablate.backend.Sets;
import dev.ablate.backend.host.HostBackend;
import dev.ablate.code.Philox;
import dev.ablate.game.PlantedGame;
import dev.ablate.game.Values;
import dev.ablate.mask.Design;
import dev.ablate.mask.Masks;
import dev.ablate.solve.Estimator;
import dev.ablate.solve.EstimatorSolver;
import dev.ablate.solve.Method;
import dev.ablate.solve.Problem;
import dev.ablate.solve.Samples;
import dev.ablate.solve.Solution;
import dev.ablate.spectrum.R2;
import dev.ablate.spectrum.Spectrum;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Spectra drawn from a prior, planted ones, and the sizes at which numbers run out. */
class GaussianProcessEstimatorTest {
  private static final HostBackend HOST = new HostBackend();

  @AfterAll
  static void close() {
    HOST.close();
  }

  private static Masks masks(int rows, int features, long seed) {
    return new Masks(HOST.sampling().uniform(seed, 9, 0, rows, features), rows, features);
  }

  private static EstimatorSolver solver(int terms) {
    return new EstimatorSolver(Method.GP, new GaussianProcessEstimator(terms, 20_000));
  }

  private static Solution solve(EstimatorSolver solver, Masks masks, double[] values) {
    Design design = new Design.Foreign(masks.features(), masks.count());
    return solver.solve(new Samples(masks, Values.of(values), design), HOST, 0).get(0);
  }

  /** All coefficients of a game drawn from a prior. */
  private static Spectrum drawn(Prior prior, Philox.Stream random) {
    int features = prior.decays().length;
    List<int[]> all =
        IntStream.range(0, 1 << features)
            .mapToObj(
                bits -> IntStream.range(0, features).filter(i -> (bits >>> i & 1) != 0).toArray())
            .toList();
    Sets sets = Sets.of(all);
    double[] variances = prior.variances(sets);
    double[] coefficients = new double[variances.length];
    Arrays.setAll(coefficients, s -> Math.sqrt(variances[s]) * random.nextGaussian());
    return new Spectrum(features, sets, coefficients);
  }

  @Test
  void intervalsCoverCoefficientsDrawnFromThePrior() {
    int features = 12;
    int covered = 0;
    int reported = 0;
    for (int seed = 0; seed < 6; seed++) {
      Philox.Stream random = Philox.stream(seed, 77);
      double[] decays = new double[features];
      Arrays.setAll(decays, i -> 0.02 + 0.3 * random.nextDouble() * random.nextDouble());
      Spectrum truth = drawn(new Prior(decays, 1, 0.1), random);
      Masks masks = masks(600, features, seed);
      double[] values = truth.evaluate(masks);
      Arrays.setAll(values, r -> values[r] + 0.2 * random.nextGaussian());
      Solution solution = solve(solver(300), masks, values);
      assertEquals(solution.spectrum().size(), solution.standardErrors().length);
      for (int s = 0; s < solution.spectrum().size(); s++) {
        int[] set = solution.spectrum().sets().get(s);
        if (set.length > 0) {
          double off = Math.abs(solution.spectrum().coefficient(s) - truth.coefficientOf(set));
          covered += off <= 1.645 * solution.standardErrors()[s] ? 1 : 0;
          reported++;
        }
      }
    }
    double share = (double) covered / reported;
    assertTrue(reported >= 1000, reported + " terms");
    assertTrue(share >= 0.85 && share <= 0.95, share + " of " + reported);
  }

  @Test
  void standardErrorsAreThePosteriors() {
    int features = 8;
    Masks masks = masks(150, features, 4);
    Philox.Stream random = Philox.stream(4, 4);
    double[] decays = new double[features];
    Arrays.setAll(decays, i -> 0.05 + 0.2 * random.nextDouble());
    Prior prior = new Prior(decays, 1, 0.05);
    double[] values = drawn(prior, random).evaluate(masks);
    ReadOff found = ReadOff.withErrors(Problem.of(masks, Values.of(values), HOST, 0), 0, prior);
    double[] variances = prior.variances(found.sets());
    try (var posterior =
        HOST.gaussianProcess()
            .posterior(masks.buffer(), 150, features, Values.of(values).buffer(), 1, 0, prior)) {
      double[] forms = posterior.forms(found.sets());
      double[] ratios = new double[100];
      for (int s = 0; s < ratios.length; s++) {
        double exact = Math.sqrt(variances[s] - variances[s] * variances[s] * forms[s]);
        ratios[s] = found.standardErrors()[s] / exact;
      }
      // The form varies from set to set by about sqrt(2/rows), the error by half of that.
      assertEquals(1, Arrays.stream(ratios).average().orElseThrow(), 0.05);
      assertTrue(Arrays.stream(ratios).allMatch(r -> r > 0.75 && r < 1.25));
    }
  }

  @Test
  void aSmoothGameIsPredictedFarBeyondItsTerms() {
    int features = 30;
    Masks masks = masks(800, features, 1);
    Masks fresh = masks(2000, features, 2);
    Solution solution = solve(solver(0), masks, smooth(masks));
    double r2 = R2.of(smooth(fresh), solution.spectrum().evaluate(fresh));
    assertTrue(r2 > 0.99, "R2 " + r2);
    assertEquals(r2, solution.heldOutR2(), 0.01);
  }

  /** A sigmoid of a weighted sum: interactions of every order, none of them large. */
  private static double[] smooth(Masks masks) {
    double[] values = new double[masks.count()];
    for (int r = 0; r < values.length; r++) {
      double sum = 0;
      for (int i = 0; i < masks.features(); i++) {
        sum += masks.kept(r, i) ? 1.0 / (1 + i) : -1.0 / (1 + i);
      }
      values[r] = 1 / (1 + Math.exp(-2 * sum));
    }
    return values;
  }

  @Test
  void termsAreAsManyAsAskedFor() {
    Masks masks = masks(300, 20, 1);
    Solution solution = solve(solver(37), masks, smooth(masks));
    // The constant is one of them or comes on top.
    assertTrue(Math.abs(solution.spectrum().size() - 37) <= 1, "" + solution.spectrum().size());
  }

  @ParameterizedTest
  @CsvSource({"20,64", "20,1", "3,5", "60,10000", "1500,3"})
  void nothingBreaksAtTheEdges(int rows, int features) {
    Masks masks = masks(rows, features, 11);
    PlantedGame game = PlantedGame.random(features, Math.min(features, 4), 1, 0.1, 3);
    double[] values = new double[rows];
    Values out = Values.of(values);
    game.evaluate(masks, out);
    Solution solution = solve(solver(0), masks, values);
    assertTrue(solution.spectrum().size() >= 1);
    assertTrue(Arrays.stream(solution.standardErrors()).allMatch(Double::isFinite));
    assertTrue(Arrays.stream(solution.spectrum().evaluate(masks)).allMatch(Double::isFinite));
  }

  @Test
  void scalesDoNotMatter() {
    Masks masks = masks(200, 10, 5);
    double[] values = smooth(masks);
    double[] large = Arrays.stream(values).map(v -> 1e120 * v - 3e119).toArray();
    double[] small = Arrays.stream(values).map(v -> 1e-120 * v).toArray();
    double r2 = solve(solver(0), masks, values).heldOutR2();
    assertEquals(r2, solve(solver(0), masks, large).heldOutR2(), 1e-3);
    assertEquals(r2, solve(solver(0), masks, small).heldOutR2(), 1e-3);
  }

  @Test
  void constantRowsLeaveTheirValue() {
    Masks masks = masks(40, 6, 5);
    double[] values = new double[40];
    Arrays.fill(values, 2.5);
    assertEquals(2.5, solve(solver(0), masks, values).spectrum().coefficientOf());
    Problem problem = Problem.of(masks, Values.of(values), HOST, 0);
    Estimator.Trial trial = new GaussianProcessEstimator(0, 100).estimate(problem, null);
    assertEquals(2.5, trial.spectrum(0).evaluate(masks)[7], 1e-9);
  }
}
