package dev.ablate.solve.gp;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ablate.backend.Backend;
import dev.ablate.backend.GaussianProcess.Posterior;
import dev.ablate.backend.GaussianProcess.Prior;
import dev.ablate.backend.GaussianProcess.Shape;
import dev.ablate.backend.HostBuffer;
import dev.ablate.backend.KernelBackends;
import dev.ablate.backend.Sets;
import dev.ablate.backend.host.HostBackend;
import dev.ablate.code.Philox;
import dev.ablate.game.Values;
import dev.ablate.mask.Design;
import dev.ablate.mask.MaskSampling;
import dev.ablate.mask.Masks;
import dev.ablate.mask.PairedMasks;
import dev.ablate.solve.EstimatorSolver;
import dev.ablate.solve.FitReport;
import dev.ablate.solve.Method;
import dev.ablate.solve.Problem;
import dev.ablate.solve.Samples;
import dev.ablate.solve.Solution;
import dev.ablate.spectrum.R2;
import dev.ablate.spectrum.Spectrum;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Processes of many rows against matrices that are written out. */
class ManyRowsTest {
  private static final HostBackend HOST = new HostBackend(2);

  @AfterAll
  static void close() {
    HOST.close();
  }

  private static Masks masks(int rows, int features, long seed) {
    return new Masks(HOST.sampling().uniform(seed, 9, 0, rows, features), rows, features);
  }

  private static Prior prior(int features, double rough) {
    double[] decays = new double[features];
    Arrays.setAll(decays, i -> 0.3 / (1 + i));
    return new Prior(decays, 2, 0.05, new Shape(rough, 3, 0, 0));
  }

  private static double[] values(Masks masks, long seed) {
    return values(masks, seed, 0.1);
  }

  private static double[] values(Masks masks, long seed, double noise) {
    Philox.Stream random = Philox.stream(seed, 1);
    double[] values = new double[masks.count()];
    for (int r = 0; r < values.length; r++) {
      double sum = 0;
      for (int i = 0; i < masks.features(); i++) {
        sum += masks.kept(r, i) ? 1.0 / (1 + i) : -1.0 / (1 + i);
      }
      values[r] = Math.tanh(sum) + noise * random.nextGaussian();
    }
    return values;
  }

  /** Parities, Gram matrix with the prior's inverse, one number after another. */
  private static double[][] regularised(Masks masks, Sets sets, double[] variances, double noise) {
    double[][] matrix = new double[sets.size()][sets.size()];
    for (int r = 0; r < masks.count(); r++) {
      double[] row = new double[sets.size()];
      for (int s = 0; s < row.length; s++) {
        row[s] = chi(masks, r, sets.get(s));
      }
      for (int s = 0; s < row.length; s++) {
        for (int t = 0; t < row.length; t++) {
          matrix[s][t] += row[s] * row[t];
        }
      }
    }
    for (int s = 0; s < matrix.length; s++) {
      matrix[s][s] += noise / variances[s];
    }
    return matrix;
  }

  private static double chi(Masks masks, int row, int[] set) {
    return IntStream.of(set).filter(i -> masks.kept(row, i)).count() % 2 == 0 ? 1 : -1;
  }

  /** The inverse of a positive definite matrix by elimination, and the logarithm of its pivots. */
  private static double inverted(double[][] matrix, double[][] inverse) {
    int n = matrix.length;
    double logarithm = 0;
    for (int i = 0; i < n; i++) {
      inverse[i][i] = 1;
    }
    for (int p = 0; p < n; p++) {
      double pivot = matrix[p][p];
      logarithm += Math.log(pivot);
      for (int j = 0; j < n; j++) {
        matrix[p][j] /= pivot;
        inverse[p][j] /= pivot;
      }
      for (int i = 0; i < n; i++) {
        double factor = i == p ? 0 : matrix[i][p];
        for (int j = 0; factor != 0 && j < n; j++) {
          matrix[i][j] -= factor * matrix[p][j];
          inverse[i][j] -= factor * inverse[p][j];
        }
      }
    }
    return logarithm;
  }

  @Test
  void aBasisOfAllSetsIsTheExactProcess() {
    Masks masks = masks(150, 8, 3);
    double[] values = values(masks, 3);
    Prior prior = prior(8, 0.4);
    try (Problem rows = Problem.of(masks, Values.of(values), HOST, 0);
        Basis basis = Basis.of(rows, 0, prior, 20_000);
        Posterior posterior =
            HOST.gaussianProcess()
                .posterior(masks.buffer(), 150, 8, HostBuffer.of(values), 1, 0, prior)) {
      assertEquals(256, basis.sets().size());
      assertEquals(prior.noise(), basis.noise(), 1e-12);
      double[] weights = posterior.weights().toHost().doubles();
      double[] expected = new double[256];
      for (int s = 0; s < expected.length; s++) {
        for (int r = 0; r < weights.length; r++) {
          expected[s] += basis.variances()[s] * weights[r] * chi(masks, r, basis.sets().get(s));
        }
      }
      assertArrayEquals(expected, basis.means(1e-10), 1e-8);
    }
  }

  @Test
  void aPartOfTheSetsIsTheirRegressionWithTheRestAsNoise() {
    Masks masks = masks(200, 12, 5);
    double[] values = values(masks, 5);
    Prior prior = prior(12, 0);
    try (Problem rows = Problem.of(masks, Values.of(values), HOST, 0);
        Basis basis = Basis.of(rows, 0, prior, 60)) {
      double kept = Arrays.stream(prior.variances(basis.sets())).sum();
      assertEquals(prior.noise() + prior.scale() - kept, basis.noise(), 1e-12);
      int size = basis.sets().size();
      double[][] inverse = new double[size][size];
      inverted(regularised(masks, basis.sets(), basis.variances(), basis.noise()), inverse);
      double[] expected = new double[size];
      for (int s = 0; s < size; s++) {
        for (int t = 0; t < size; t++) {
          for (int r = 0; r < values.length; r++) {
            expected[s] += inverse[s][t] * chi(masks, r, basis.sets().get(t)) * values[r];
          }
        }
      }
      assertArrayEquals(expected, basis.means(1e-10), 1e-8);
      double left = 0;
      for (int r = 0; r < values.length; r++) {
        double fitted = 0;
        for (int s = 0; s < size; s++) {
          fitted += expected[s] * chi(masks, r, basis.sets().get(s));
        }
        left += (values[r] - fitted) * (values[r] - fitted);
      }
      assertEquals(left, basis.left(basis.means(1e-10)), 1e-6);
    }
  }

  static Stream<Backend> devices() {
    return KernelBackends.tuned();
  }

  @ParameterizedTest(allowZeroInvocations = true)
  @MethodSource("devices")
  void devicesFitWhatTheHostFits(Backend device) {
    Masks masks = masks(500, 70, 6);
    double[] values = values(masks, 6);
    Prior prior = prior(70, 0.2);
    try (Problem here = Problem.of(masks, Values.of(values), HOST, 0);
        Problem there = Problem.of(masks, Values.of(values), device, 0)) {
      BasisFit expected = BasisFit.of(here, 0, prior, 900, 0.5, true);
      BasisFit actual = BasisFit.of(there, 0, prior, 900, 0.5, true);
      assertArrayEquals(expected.spectrum().coefficients(), actual.spectrum().coefficients(), 1e-9);
      assertArrayEquals(expected.found().standardErrors(), actual.found().standardErrors(), 1e-9);
    }
  }

  @Test
  void precisionsAreThoseOfTheInverse() {
    assertPrecision(masks(600, 16, 2), 0.02);
  }

  /** Of pairs sets of even and of odd order never meet, and each have half as many rows. */
  @Test
  void precisionsOfPairsAreThoseOfTheirHalves() {
    Design.Paired design = new Design.Paired(MaskSampling.UNIFORM, 16, 600, 4);
    assertPrecision(PairedMasks.draw(HOST, design, null), 0.03);
  }

  private static void assertPrecision(Masks masks, double within) {
    Prior prior = prior(16, 0);
    try (Problem rows = Problem.of(masks, Values.of(values(masks, 1)), HOST, 0);
        Basis basis = Basis.of(rows, 0, prior, 400)) {
      Sets sets = basis.sets();
      Precision precision = Precision.of(rows.repeats(), sets, basis.variances(), basis.noise());
      double[][] inverse = new double[sets.size()][sets.size()];
      double logarithm =
          inverted(regularised(masks, sets, basis.variances(), basis.noise()), inverse);
      double[] ratios = new double[2];
      int[] counts = new int[2];
      for (int s = 1; s < sets.size(); s++) {
        double exact = basis.noise() * inverse[s][s];
        ratios[sets.order(s) % 2] += precision.variance(sets, s, basis.variances()[s]) / exact;
        counts[sets.order(s) % 2]++;
      }
      assertEquals(1, ratios[0] / counts[0], within);
      assertEquals(1, ratios[1] / counts[1], within);
      // det(noise + Phi Lambda Phi') = noise^(rows - sets) det(Lambda) det(regularised).
      double expected = (masks.count() - sets.size()) * Math.log(basis.noise()) + logarithm;
      expected += Arrays.stream(basis.variances()).map(Math::log).sum();
      assertEquals(expected, precision.logDeterminant(), 5);
    }
  }

  @Test
  void momentsOfAPriorGiveItBack() {
    Prior truth = prior(10, 0);
    Masks masks = masks(50, 10, 1);
    try (Problem rows = Problem.of(masks, Values.of(values(masks, 1)), HOST, 0);
        Basis basis = Basis.of(rows, 0, truth, 300)) {
      double[] moments = basis.variances();
      double[] even = new double[10];
      Arrays.fill(even, 0.1);
      Prior start = new Prior(even, 1, 0.05, new Shape(0.2, 2, 0, 0));
      Prior found = new SecondMoments(10, basis.sets(), moments).likeliest(start);
      double[] variances = found.variances(basis.sets());
      double[] ratios = new double[100];
      Arrays.setAll(ratios, s -> variances[s + 1] / moments[s + 1]);
      assertTrue(Arrays.stream(ratios).allMatch(r -> r > 0.7 && r < 1.4), Arrays.toString(ratios));
      assertEquals(start.noise(), found.noise());
    }
  }

  @Test
  void slopesOfMomentsAreDifferences() {
    Sets sets = Sets.of(List.of(new int[0], new int[] {0}, new int[] {1, 2}));
    SecondMoments moments = new SecondMoments(3, sets, new double[] {9, 0.4, 0.01});
    double[] point = {-1, -2, -1.5, 0.3, -0.7, 0.9};
    double[] gradient = new double[6];
    moments.surprise(point, gradient);
    for (int p = 0; p < point.length; p++) {
      double[] up = point.clone();
      double[] down = point.clone();
      up[p] += 1e-5;
      down[p] -= 1e-5;
      double rise = moments.surprise(up, new double[6]) - moments.surprise(down, new double[6]);
      assertEquals(rise / 2e-5, gradient[p], 1e-6);
    }
  }

  private static Solution solve(int exact, Masks masks, double[] values) {
    Samples samples =
        new Samples(masks, Values.of(values), new Design.Foreign(masks.features(), masks.count()));
    return new EstimatorSolver(Method.GP, new GaussianProcessEstimator(0, exact))
        .solve(samples, HOST, 0)
        .get(0);
  }

  @Test
  void rowsBeyondTheLimitCount() {
    Masks masks = masks(1_500, 12, 8);
    double[] values = values(masks, 8);
    Masks fresh = masks(1_000, 12, 9);
    double[] truth = values(fresh, 9, 0);
    Solution few = solve(300, masks.select(IntStream.range(0, 300).toArray()), slice(values, 300));
    Solution many = solve(300, masks, values);
    double before = R2.of(truth, few.spectrum().evaluate(fresh));
    double after = R2.of(truth, many.spectrum().evaluate(fresh));
    assertTrue(1 - after < 0.9 * (1 - before), before + " then " + after);
    // Held-out values have noise, of a hundredth of a half.
    assertEquals(after, many.heldOutR2(), 0.03);
    FitReport.GaussianProcess report = (FitReport.GaussianProcess) many.report();
    assertEquals(1_500, report.rows());
    assertEquals(300, report.exactRows());
    assertEquals(4_096, report.basisSets());
    assertTrue(Double.isFinite(report.logLikelihood()));
    assertTrue(Arrays.stream(many.standardErrors()).allMatch(e -> e > 0 && Double.isFinite(e)));
    assertNull(((FitReport.GaussianProcess) few.report()).basisSets());
  }

  private static double[] slice(double[] values, int count) {
    return Arrays.copyOf(values, count);
  }

  @Test
  void masksBySizeKeepTheirExactProcess() {
    Masks uniform = masks(400, 40, 2);
    Design.Paired design = new Design.Paired(MaskSampling.SIZE, 40, 400, 4);
    Masks sizes = PairedMasks.draw(HOST, design, null);
    try (Problem alike = Problem.of(uniform, Values.of(new double[400]), HOST, 0);
        Problem known =
            Problem.of(new Samples(sizes, Values.of(new double[400]), design), HOST, 0);
        Problem foreign = Problem.of(sizes, Values.of(new double[400]), HOST, 0)) {
      assertTrue(ManyRows.serves(alike));
      assertFalse(ManyRows.serves(known));
      assertFalse(ManyRows.serves(foreign));
    }
  }

  /** Of coefficients that a prior drew nominal 90 % intervals hold nine in ten. */
  @Test
  void intervalsCoverCoefficientsDrawnFromThePrior() {
    int features = 12;
    Philox.Stream random = Philox.stream(3, 77);
    Prior prior = prior(features, 0);
    Sets all =
        Sets.of(
            IntStream.range(0, 1 << features)
                .mapToObj(
                    bits ->
                        IntStream.range(0, features).filter(i -> (bits >>> i & 1) != 0).toArray())
                .toList());
    double[] coefficients = prior.variances(all);
    Arrays.setAll(coefficients, s -> Math.sqrt(coefficients[s]) * random.nextGaussian());
    Spectrum truth = new Spectrum(features, all, coefficients);
    Masks masks = masks(1_500, features, 3);
    double[] values = truth.evaluate(masks);
    Arrays.setAll(values, r -> values[r] + 0.2 * random.nextGaussian());
    Solution solution = solve(500, masks, values);
    int covered = 0;
    int reported = 0;
    for (int s = 0; s < solution.spectrum().size(); s++) {
      int[] set = solution.spectrum().sets().get(s);
      if (set.length > 0) {
        double off = Math.abs(solution.spectrum().coefficient(s) - truth.coefficientOf(set));
        covered += off <= 1.645 * solution.standardErrors()[s] ? 1 : 0;
        reported++;
      }
    }
    assertTrue(reported >= 100, reported + " terms");
    double share = (double) covered / reported;
    assertTrue(share >= 0.84 && share <= 0.96, share + " of " + reported);
  }

  @Test
  void aBasisFitsItsMemory() {
    BasisSize all = BasisSize.of(36_864, 4e9, 4e9);
    assertEquals(new BasisSize(36_864, 20_000), all);
    assertNull(all.note(36_864));
    // Parities and their copy are 16 bytes for 64 rows of a set.
    assertTrue(all.bytes() > 16L * 576 * 20_000 && all.bytes() < 200_000_000, "" + all.bytes());
    for (double bytes : new double[] {1e6, 1e7, 5e7, 1e8}) {
      BasisSize some = BasisSize.of(80_000, bytes, 4e9);
      assertTrue(some.bytes() <= bytes + 16.0 * some.sets(), some + " of " + bytes);
      assertTrue(some.rows() < 80_000 || some.sets() < 20_000, some.toString());
      assertTrue(some.note(80_000).contains("of 80000 masks"), some.note(80_000));
    }
    BasisSize works = BasisSize.of(1_000_000, 1e12, 4e9);
    assertEquals(new BasisSize(1_000_000, 4_000), works);
  }
}
