package dev.ablate.backend;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ablate.backend.host.HostBackend;
import dev.ablate.backend.kernel.KernelBackend;
import dev.ablate.code.BchCode;
import dev.ablate.code.Philox;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Every backend regresses as the host does, whose closed forms are tested on sample matrices. */
class CodedRegressionContractTest {
  private static final int FOLDS = 5;

  /** Features, groups, b, t, planted terms, whether transforms are single precision on devices. */
  static Stream<Arguments> shapes() {
    int[][] shapes = {
      {1, 1, 1, 1, 1, 0},
      {2, 3, 3, 5, 2, 0},
      {9, 3, 4, 3, 6, 1},
      {65, 3, 4, 4, 10, 0},
      {40, 2, 3, 2, 10, 0},
      {1000, 3, 6, 5, 60, 1},
      {1500, 4, 5, 7, 40, 0},
      {300, 3, 12, 5, 500, 1}
    };
    return Stream.of(shapes)
        .flatMap(
            s ->
                BackendsUnderTest.all()
                    .map(b -> Arguments.of(b, s[0], s[1], s[2], s[3], s[4], s[5] == 1)));
  }

  @ParameterizedTest
  @MethodSource("shapes")
  void regressesAsTheHostDoes(
      Backend backend, int n, int groups, int b, int t, int planted, boolean single) {
    CodedBins bins = bins(n, groups, b, t);
    Sets sets = sets(n, t, planted);
    double[] data = transforms(bins, sets, 3);
    boolean rounded = single && !backend.name().equals("host");
    Buffer host = HostBuffer.of(rounded ? asDoubles(data) : data);
    int[] foldOf = IntStream.range(0, bins.delays()).map(p -> p % FOLDS).toArray();
    int folds = Math.min(FOLDS, bins.delays());
    double[] coefficients = numbers(sets.size(), 9);
    try (HostBackend reference = new HostBackend(1);
        Buffer there = backend.upload(rounded ? HostBuffer.of(asFloats(data)) : host);
        CodedRegression.Output expected = reference.codedRegression().open(bins, host, 3, 1);
        CodedRegression.Output actual = backend.codedRegression().open(bins, there, 3, 1)) {
      double range = 2 * Arrays.stream(data).map(Math::abs).max().orElse(0);
      double scale = (double) bins.delays() * groups * bins.points();
      // Sums over all rows in another order; residuals are stored in the precision of the data.
      double rounding = scale * (rounded ? 1e-6 : 1e-12);
      assertArrayEquals(
          expected.singletonProducts(sets, coefficients),
          actual.singletonProducts(sets, coefficients),
          rounding);
      try (Buffer rest = actual.residual(sets, coefficients)) {
        assertEquals(there.element(), rest.element());
        assertArrayEquals(
            expected.residual(sets, coefficients).toHost().doubles(),
            asDoubles(rest),
            rounded ? 1e-5 : 1e-12);
      }
      try (CodedRegression.Terms onHost = expected.on(sets, foldOf, folds);
          CodedRegression.Terms here = actual.on(sets, foldOf, folds)) {
        assertEquals(onHost.squares(), here.squares(), 1e-12 * onHost.squares());
        assertEquals(onHost.deviations(), here.deviations(), 1e-12 * onHost.squares());
        assertEquals(onHost.largest(), here.largest(), 1e-12 * scale);
        compareWalks(onHost, here, sets.size(), range);
        compareRidge(onHost, here, range);
      }
    }
  }

  /**
   * The host stops when products miss their conditions by 1e-5 of the penalty, and errors follow
   * the weights: 1e-6 of the squares is beyond what was seen. A term at the edge of its condition
   * may be in one support only, which changes least squares by what such a term explains.
   */
  private static void compareWalks(
      CodedRegression.Terms onHost, CodedRegression.Terms here, int size, double range) {
    double[] penalties = penalties(onHost.largest(), 27);
    double squares = onHost.squares();
    for (boolean relaxed : new boolean[] {false, true}) {
      try (CodedRegression.Walk expected = onHost.lasso(penalties);
          CodedRegression.Walk actual = here.lasso(penalties)) {
        for (int i = 0; i < penalties.length; i++) {
          CodedRegression.Errors x = expected.next();
          CodedRegression.Errors y = actual.next();
          assertEquals(x.lasso(), y.lasso(), 1e-6 * squares);
          assertEquals(x.leastSquares(), y.leastSquares(), 1e-4 * squares);
          // One place is fitted in the first launch of a device, one in the second; both are kept
          // while others are reached, and only the last counts.
          if (i == 3 || i == 22) {
            expected.keep();
            actual.keep();
          }
        }
        CodedRegression.Fit x = expected.finish(relaxed);
        CodedRegression.Fit y = actual.finish(relaxed);
        assertArrayEquals(x.weights(), y.weights(), 1e-6 * range);
        assertEquals(x.leftOutError(), y.leftOutError(), (relaxed ? 1e-4 : 1e-6) * squares);
        assertTrue(y.support()[0]);
        for (int s = 1; s < size; s++) {
          assertTrue(y.support()[s] || y.weights()[s] == 0);
        }
        if (relaxed) {
          assertArrayEquals(x.support(), y.support());
        }
      }
    }
  }

  private static void compareRidge(
      CodedRegression.Terms onHost, CodedRegression.Terms here, double range) {
    double[] penalties = penalties(1e6, 12);
    CodedRegression.Ridge x = onHost.ridge(penalties);
    CodedRegression.Ridge y = here.ridge(penalties);
    assertArrayEquals(x.weights(), y.weights(), 1e-9 * range);
    assertArrayEquals(x.errors(), y.errors(), 1e-9 * onHost.squares());
  }

  static Stream<Backend> backends() {
    return BackendsUnderTest.all();
  }

  /** The intercept alone, and constant values, for which the largest product is rounding. */
  @ParameterizedTest
  @MethodSource("backends")
  void constantsNeedNoTerms(Backend backend) {
    CodedBins bins = bins(20, 3, 3, 2);
    double[] data = new double[3 * bins.delays() * bins.points()];
    for (int row = 0; row < 3 * bins.delays(); row++) {
      data[row * bins.points()] = 1e6 + 0.1;
    }
    int[] foldOf = IntStream.range(0, bins.delays()).map(p -> p % 2).toArray();
    for (Sets sets : List.of(Sets.of(List.of(new int[0])), sets(20, 3, 5))) {
      try (Buffer there = backend.upload(HostBuffer.of(data));
          CodedRegression.Output output = backend.codedRegression().open(bins, there, 1, 0);
          CodedRegression.Terms terms = output.on(sets, foldOf, 2)) {
        assertTrue(terms.largest() > 0);
        try (CodedRegression.Walk walk = terms.lasso(new double[] {terms.largest()})) {
          walk.next();
          walk.keep();
          CodedRegression.Fit fit = walk.finish(true);
          assertEquals(1e6 + 0.1, fit.weights()[0], 1e-6);
          for (int s = 1; s < sets.size(); s++) {
            assertEquals(0, fit.weights()[s], 1e-6);
          }
        }
      }
    }
  }

  /** Uploads and scratch are given back, whatever a walk did. */
  @ParameterizedTest
  @MethodSource("backends")
  void leavesNoMemoryBehind(Backend backend) {
    if (!(backend instanceof KernelBackend kernels)) {
      return;
    }
    CodedBins bins = bins(30, 3, 3, 2);
    Sets sets = sets(30, 3, 5);
    long before = kernels.deviceHandle().allocated();
    try (Buffer there = backend.upload(HostBuffer.of(transforms(bins, sets, 1)));
        CodedRegression.Output output = backend.codedRegression().open(bins, there, 1, 0)) {
      output.singletonProducts(sets, new double[sets.size()]);
      output.residual(sets, new double[sets.size()]).close();
      int[] foldOf = IntStream.range(0, bins.delays()).map(p -> p % 2).toArray();
      try (CodedRegression.Terms terms = output.on(sets, foldOf, 2)) {
        terms.ridge(new double[] {1});
        try (CodedRegression.Walk walk = terms.lasso(new double[] {terms.largest() / 2})) {
          walk.next();
          walk.keep();
          walk.finish(false);
        }
        terms.lasso(new double[] {1}).close();
      }
    }
    assertEquals(before, kernels.deviceHandle().allocated());
  }

  /** Group sizes that are no powers of two, penalties one at a time, memory for only a few. */
  static Stream<Backend> batches() {
    return Stream.of(
            KernelBackends.with(Map.of("coded_regression_fit.penalties", 1, "group", 32)),
            KernelBackends.with(Map.of("coded_regression_fit.penalties", 40, "group", 19)),
            KernelBackends.withLargestAllocation(40_000, Map.of("group", 64)))
        .flatMap(s -> s);
  }

  /** What is fitted ahead, and in which batches, is not to be seen in a single bit. */
  @ParameterizedTest
  @MethodSource("batches")
  void batchesDoNotShow(Backend backend) {
    List<Backend> references = KernelBackends.with(Map.of("group", 64)).toList();
    CodedBins bins = bins(65, 3, 4, 4);
    Sets sets = sets(65, 4, 10);
    HostBuffer data = HostBuffer.of(transforms(bins, sets, 1));
    double[] actual = walk(backend, bins, sets, data);
    Backend same =
        references.stream().filter(r -> r.device().equals(backend.device())).findFirst().get();
    assertArrayEquals(walk(same, bins, sets, data), actual, 0);
  }

  /** Everything that a walk says, one number after another. */
  private static double[] walk(Backend backend, CodedBins bins, Sets sets, HostBuffer data) {
    int[] foldOf = IntStream.range(0, bins.delays()).map(p -> p % FOLDS).toArray();
    try (CodedRegression.Output output = backend.codedRegression().open(bins, data, 1, 0);
        CodedRegression.Terms terms = output.on(sets, foldOf, FOLDS)) {
      double[] penalties = penalties(terms.largest(), 23);
      DoubleStream said = DoubleStream.of(terms.largest());
      try (CodedRegression.Walk walk = terms.lasso(penalties)) {
        for (int i = 0; i < penalties.length; i++) {
          CodedRegression.Errors errors = walk.next();
          said = DoubleStream.concat(said, DoubleStream.of(errors.lasso(), errors.leastSquares()));
          if (i == 9) {
            walk.keep();
          }
        }
        CodedRegression.Fit fit = walk.finish(true);
        said = DoubleStream.concat(said, DoubleStream.of(fit.leftOutError()));
        said = DoubleStream.concat(said, Arrays.stream(fit.weights()));
      }
      CodedRegression.Ridge ridge = terms.ridge(penalties(100, 23));
      said = DoubleStream.concat(said, Arrays.stream(ridge.errors()));
      return DoubleStream.concat(said, Arrays.stream(ridge.weights())).toArray();
    }
  }

  @ParameterizedTest
  @MethodSource("backends")
  void refusesTransformsOfAnotherSize(Backend backend) {
    CodedBins bins = bins(30, 3, 3, 2);
    HostBuffer data = HostBuffer.of(new double[7]);
    assertThrows(
        IllegalArgumentException.class, () -> backend.codedRegression().open(bins, data, 1, 0));
  }

  private static double[] penalties(double largest, int count) {
    return IntStream.range(0, count)
        .mapToDouble(i -> largest * Math.pow(1e-4, i / (count - 1.0)))
        .toArray();
  }

  private static CodedBins bins(int n, int groups, int b, int t) {
    Philox.Stream random = Philox.stream(5, n);
    int[] hashes =
        IntStream.generate(() -> random.nextInt(1 << b)).limit((long) groups * n).toArray();
    return new CodedBins(BchCode.smallest(n, t), groups, b, hashes);
  }

  /** The empty set, some features and some sets of several. */
  private static Sets sets(int n, int maxOrder, int planted) {
    Philox.Stream random = Philox.stream(6, n);
    TreeSet<int[]> sets = new TreeSet<>(Sets::compare);
    sets.add(new int[0]);
    for (int i = 0; i < n; i += 1 + n / 400) {
      sets.add(new int[] {i});
    }
    for (int s = 0; s < planted; s++) {
      int order = 1 + random.nextInt(Math.min(n, maxOrder));
      sets.add(
          IntStream.generate(() -> random.nextInt(n)).distinct().limit(order).sorted().toArray());
    }
    return Sets.of(sets);
  }

  /** Transforms of some of the terms and noise, for several problems. */
  private static double[] transforms(CodedBins bins, Sets sets, int problems) {
    int size = bins.groups() * bins.delays() * bins.points();
    Philox.Stream random = Philox.stream(8, size);
    double[] all = new double[problems * size];
    int[] at = bins.bins(sets);
    long[] signatures = bins.signatures(sets);
    for (int problem = 0; problem < problems; problem++) {
      for (int i = 0; i < size; i++) {
        all[problem * size + i] = 0.3 * random.nextGaussian() / Math.sqrt(bins.points());
      }
      for (int s = 0; s < sets.size(); s++) {
        double coefficient = random.nextInt(4) == 0 ? random.nextGaussian() : 0;
        for (int c = 0; c < bins.groups(); c++) {
          for (int p = 0; p < bins.delays(); p++) {
            long sign = signatures[s * bins.words() + (p >>> 6)] >>> p & 1;
            int where = (c * bins.delays() + p) * bins.points() + at[c * sets.size() + s];
            all[problem * size + where] += sign == 0 ? coefficient : -coefficient;
          }
        }
      }
    }
    return all;
  }

  private static double[] numbers(int size, int seed) {
    Philox.Stream random = Philox.stream(seed, 1);
    return IntStream.range(0, size)
        .mapToDouble(s -> s % 3 == 0 ? 0 : random.nextGaussian())
        .toArray();
  }

  private static float[] asFloats(double[] values) {
    float[] floats = new float[values.length];
    for (int i = 0; i < floats.length; i++) {
      floats[i] = (float) values[i];
    }
    return floats;
  }

  private static double[] asDoubles(double[] values) {
    return asDoubles(HostBuffer.of(asFloats(values)));
  }

  private static double[] asDoubles(Buffer buffer) {
    HostBuffer host = buffer.toHost();
    if (host.element() == Buffer.Element.F64) {
      return host.doubles();
    }
    double[] doubles = new double[host.floats().length];
    for (int i = 0; i < doubles.length; i++) {
      doubles[i] = host.floats()[i];
    }
    return doubles;
  }
}
