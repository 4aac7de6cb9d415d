package dev.ablate.solve.gp;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ablate.backend.GaussianProcess.Prior;
import dev.ablate.backend.Sets;
import dev.ablate.backend.host.HostBackend;
import dev.ablate.code.Philox;
import dev.ablate.game.Values;
import dev.ablate.mask.Design;
import dev.ablate.mask.Masks;
import dev.ablate.setting.Settings;
import dev.ablate.solve.Estimator;
import dev.ablate.solve.EstimatorSolver;
import dev.ablate.solve.FitReport;
import dev.ablate.solve.HeldFifth;
import dev.ablate.solve.Method;
import dev.ablate.solve.Problem;
import dev.ablate.solve.Samples;
import dev.ablate.solve.Solution;
import dev.ablate.solve.Solver;
import dev.ablate.spectrum.R2;
import dev.ablate.spectrum.Spectrum;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;

/** Many outputs of the same masks, against processes of their own and against their truth. */
class SharedProcessTest {
  private static final int FEATURES = 12;
  private static final int OUTPUTS = 40;
  private static final int ROWS = 400;

  /** So many that outputs share priors for good. */
  private static final int MANY_ROWS = SharedProcess.OWN_ROWS * 5 / 4 + 20;

  private static final HostBackend HOST = new HostBackend();

  @AfterAll
  static void close() {
    HOST.close();
  }

  private static Masks masks(int rows, long seed) {
    return new Masks(HOST.sampling().uniform(seed, 9, 0, rows, FEATURES), rows, FEATURES);
  }

  /** Spectra drawn from one prior, each output in a unit of its own. */
  private static List<Spectrum> truths() {
    Philox.Stream random = Philox.stream(1, 78);
    double[] decays = new double[FEATURES];
    Arrays.setAll(decays, i -> 0.02 + 0.3 * random.nextDouble() * random.nextDouble());
    Prior prior = new Prior(decays, 1, 0.1);
    List<int[]> all =
        IntStream.range(0, 1 << FEATURES)
            .mapToObj(
                bits -> IntStream.range(0, FEATURES).filter(i -> (bits >>> i & 1) != 0).toArray())
            .toList();
    Sets sets = Sets.of(all);
    double[] variances = prior.variances(sets);
    List<Spectrum> truths = new ArrayList<>();
    for (int o = 0; o < OUTPUTS; o++) {
      double unit = Math.pow(10, o % 7 - 3);
      double[] coefficients = new double[variances.length];
      Arrays.setAll(coefficients, s -> unit * Math.sqrt(variances[s]) * random.nextGaussian());
      truths.add(new Spectrum(FEATURES, sets, coefficients));
    }
    return truths;
  }

  private static Values values(List<Spectrum> truths, Masks masks, double noise) {
    Philox.Stream random = Philox.stream(2, 79);
    Values values = Values.zeros(masks.count(), truths.size());
    for (int o = 0; o < truths.size(); o++) {
      double[] of = truths.get(o).evaluate(masks);
      double deviation =
          noise * Math.sqrt(Arrays.stream(of).map(v -> v * v).average().orElseThrow());
      for (int r = 0; r < of.length; r++) {
        values.set(r, o, of[r] + deviation * random.nextGaussian());
      }
    }
    return values;
  }

  private static List<Solution> solve(Solver solver, Masks masks, Values values) {
    Design design = new Design.Foreign(masks.features(), masks.count());
    return solver.solve(new Samples(masks, values, design), HOST, 0);
  }

  private static List<Solution> solve(Estimator estimator, Masks masks, Values values) {
    return solve(new EstimatorSolver(Method.GP, estimator), masks, values);
  }

  @Test
  void outputsAreExplainedAsByProcessesOfTheirOwn() {
    List<Spectrum> truths = truths();
    Masks masks = masks(ROWS, 0);
    Values values = values(truths, masks, 0.2);
    Masks fresh = masks(500, 1);
    List<Solution> shared = solve(new SharedProcess(0, 20_000, false), masks, values);
    assertEquals(OUTPUTS, shared.size());
    int covered = 0;
    int reported = 0;
    for (int o = 0; o < OUTPUTS; o++) {
      Solution solution = shared.get(o);
      double[] truth = truths.get(o).evaluate(fresh);
      if (o % 5 == 0) {
        Values alone = Values.of(values.column(o));
        Solution own = solve(new GaussianProcessEstimator(0, 20_000), masks, alone).get(0);
        double r2 = R2.of(truth, solution.predict(fresh, HOST));
        double ownR2 = R2.of(truth, own.predict(fresh, HOST));
        assertTrue(r2 > ownR2 - 0.03, "output " + o + ": " + r2 + " of " + ownR2);
      }
      FitReport.GaussianProcess report = (FitReport.GaussianProcess) solution.report();
      assertNotNull(report.priorOf());
      assertTrue(report.priorOf() >= 0 && report.priorOf() < OUTPUTS);
      Spectrum found = solution.spectrum();
      for (int s = 0; s < found.size(); s++) {
        int[] set = found.sets().get(s);
        double error = solution.standardErrors()[s];
        double off = found.coefficient(s) - truths.get(o).coefficient(truths.get(o).indexOf(set));
        covered += Math.abs(off) <= 1.96 * error ? 1 : 0;
        reported++;
      }
    }
    double share = (double) covered / reported;
    assertTrue(share > 0.92 && share < 0.985, covered + " of " + reported);
  }

  /** An output is the same whatever the unit of its values. */
  @Test
  void unitsDoNotMatter() {
    List<Spectrum> truths = truths();
    Masks masks = masks(ROWS, 0);
    Values values = values(truths, masks, 0.2);
    Values scaled = Values.zeros(masks.count(), OUTPUTS);
    for (int r = 0; r < masks.count(); r++) {
      for (int o = 0; o < OUTPUTS; o++) {
        scaled.set(r, o, values.get(r, o) * (o == 17 ? 1024 : 1));
      }
    }
    Solution plain = solve(new SharedProcess(50, 20_000, false), masks, values).get(17);
    Solution large = solve(new SharedProcess(50, 20_000, false), masks, scaled).get(17);
    assertEquals(plain.spectrum().size(), large.spectrum().size());
    for (int s = 0; s < plain.spectrum().size(); s++) {
      assertEquals(
          1024 * plain.spectrum().coefficient(s),
          large.spectrum().coefficient(s),
          1e-6 * Math.abs(large.spectrum().coefficient(s)));
      assertEquals(
          1024 * plain.standardErrors()[s],
          large.standardErrors()[s],
          1e-6 * large.standardErrors()[s]);
    }
  }

  /** Outputs that are the same in all held-out rows say nothing of whether to share. */
  @Test
  void outputsWithoutAnR2DoNotDecide() {
    List<Spectrum> truths = truths();
    Masks masks = masks(MANY_ROWS, 0);
    Values values = values(truths, masks, 0.2);
    try (Problem problem = Problem.of(masks, values, HOST, 0)) {
      int row = Long.numberOfTrailingZeros(HeldFifth.of(problem).train()[0]);
      for (int output : SharedProcess.others(problem)) {
        for (int r = 0; r < masks.count(); r++) {
          values.set(r, output, r == row ? 1 : 0);
        }
      }
    }
    List<Solution> found = solve(Method.AUTO.solver(Settings.STANDARD), masks, values);
    for (int o = 0; o < OUTPUTS; o++) {
      assertTrue(found.get(o).report() instanceof FitReport.GaussianProcess, "output " + o);
    }
  }

  /** Where contests explain more, as screening does of few large terms, each output has its own. */
  @Test
  void sparseOutputsKeepTheirContests() {
    Philox.Stream random = Philox.stream(3, 80);
    List<Spectrum> truths = new ArrayList<>();
    for (int o = 0; o < 34; o++) {
      List<int[]> sets = new ArrayList<>(List.of(new int[] {o % FEATURES}));
      for (int t = 0; t < 3; t++) {
        int first = random.nextInt(FEATURES - 2);
        sets.add(new int[] {first, first + 1 + random.nextInt(FEATURES - 1 - first)});
      }
      List<int[]> distinct =
          sets.stream().map(Arrays::toString).distinct().count() == sets.size()
              ? sets
              : sets.subList(0, 2);
      double[] coefficients = new double[distinct.size()];
      Arrays.setAll(coefficients, t -> 1 + random.nextDouble());
      truths.add(new Spectrum(FEATURES, Sets.of(distinct), coefficients));
    }
    Masks masks = masks(150, 4);
    Values values = values(truths, masks, 0);
    List<Solution> found = solve(Method.AUTO.solver(Settings.STANDARD), masks, values);
    Masks fresh = masks(300, 5);
    for (int o = 0; o < truths.size(); o++) {
      double[] truth = truths.get(o).evaluate(fresh);
      assertEquals(1, R2.of(truth, found.get(o).predict(fresh, HOST)), 1e-9, "output " + o);
    }
  }
}
