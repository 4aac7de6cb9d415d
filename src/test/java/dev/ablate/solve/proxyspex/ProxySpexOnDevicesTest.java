package dev.ablate.solve.proxyspex;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ablate.backend.Backend;
import dev.ablate.backend.KernelBackends;
import dev.ablate.backend.Sets;
import dev.ablate.backend.host.HostBackend;
import dev.ablate.code.Philox;
import dev.ablate.game.Values;
import dev.ablate.mask.Design;
import dev.ablate.mask.Masks;
import dev.ablate.solve.FitReport;
import dev.ablate.solve.Problem;
import dev.ablate.solve.Refine;
import dev.ablate.solve.Samples;
import dev.ablate.solve.Solution;
import dev.ablate.solve.boost.Folds;
import dev.ablate.spectrum.Spectrum;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** A small game, solved on every device, gives the terms and coefficients of the host. */
class ProxySpexOnDevicesTest {
  private static final int ROWS = 400;
  private static final int FEATURES = 12;
  private static final Backend HOST = new HostBackend(1);
  private static final Masks MASKS =
      new Masks(HOST.sampling().uniform(3, 0, 0, ROWS, FEATURES), ROWS, FEATURES);
  private static final double[] VALUES = values();

  /**
   * As a share of the range of the values: both stop when the optimality conditions hold to 1e-7 of
   * the largest product, and the columns are nearly orthogonal.
   */
  private static final double TOLERANCE = 1e-6;

  static Stream<Backend> devices() {
    return KernelBackends.tuned();
  }

  @ParameterizedTest(allowZeroInvocations = true)
  @MethodSource("devices")
  void lassoFindsWhatTheHostFinds(Backend device) {
    Samples samples = new Samples(MASKS, Values.of(VALUES), new Design.Foreign(FEATURES, ROWS));
    ProxySpexSolver solver = new ProxySpexSolver(Refine.LASSO);
    Solution expected = solver.solve(samples, HOST, 0).get(0);
    Solution actual = solver.solve(samples, device, 0).get(0);
    assertTrue(expected.spectrum().size() > 4);
    assertSame(expected.spectrum(), actual.spectrum());
    FitReport.Trees trees = (FitReport.Trees) expected.report();
    assertEquals(trees.penalty(), ((FitReport.Trees) actual.report()).penalty());
    assertEquals(trees.candidates(), ((FitReport.Trees) actual.report()).candidates());
    assertEquals(expected.heldOutR2(), actual.heldOutR2(), 1e-6);
  }

  @ParameterizedTest(allowZeroInvocations = true)
  @MethodSource("devices")
  void ridgeFitsWhatTheHostFits(Backend device) {
    List<int[]> sets = new ArrayList<>();
    for (int i = 0; i < FEATURES; i++) {
      sets.add(new int[] {i});
    }
    sets.add(new int[] {0, 1});
    sets.add(new int[] {2, 3, 4});
    double[] ones = new double[sets.size()];
    Arrays.fill(ones, 1);
    Spectrum support = new Spectrum(FEATURES, Sets.of(sets), ones);
    Folds folds = Folds.of(MASKS, 5, 1);
    PublishedProcedure.Ridge expected = ridge(HOST, support, folds);
    PublishedProcedure.Ridge actual = ridge(device, support, folds);
    assertEquals(expected.choice().penalty(), actual.choice().penalty());
    assertEquals(expected.choice().r2(), actual.choice().r2(), 1e-10);
    assertSame(expected.spectrum(), actual.spectrum());
  }

  private static PublishedProcedure.Ridge ridge(Backend backend, Spectrum support, Folds folds) {
    try (Problem problem = Problem.of(MASKS, Values.of(VALUES), backend, 0)) {
      return PublishedProcedure.ridge(problem, 0, support, folds);
    }
  }

  private static void assertSame(Spectrum expected, Spectrum actual) {
    assertEquals(expected.size(), actual.size());
    for (int i = 0; i < expected.size(); i++) {
      assertArrayEquals(expected.sets().get(i), actual.sets().get(i));
    }
    double range =
        Arrays.stream(VALUES).max().orElseThrow() - Arrays.stream(VALUES).min().orElseThrow();
    assertArrayEquals(expected.coefficients(), actual.coefficients(), TOLERANCE * range);
  }

  private static double[] values() {
    Philox.Stream random = Philox.stream(8, 1);
    double[] values = new double[ROWS];
    for (int r = 0; r < ROWS; r++) {
      values[r] =
          2 * sign(r, 3)
              - sign(r, 0, 1)
              + 0.7 * sign(r, 2, 3, 4)
              + 0.3 * sign(r, 7)
              + 0.1 * random.nextGaussian();
    }
    return values;
  }

  private static double sign(int row, int... set) {
    double sign = 1;
    for (int feature : set) {
      sign = MASKS.kept(row, feature) ? -sign : sign;
    }
    return sign;
  }
}
