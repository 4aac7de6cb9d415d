package dev.ablate.backend;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ablate.backend.host.HostBackend;
import dev.ablate.code.BchCode;
import dev.ablate.code.Philox;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.TreeSet;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Every backend regresses as the host does, whose closed forms are tested on sample matrices. */
class RegressionContractTest {
  private static final int FOLDS = 5;

  /** Features, groups, b, t, planted terms, whether transforms are single precision on devices. */
  static Stream<Arguments> shapes() {
    int[][] shapes = {
      {65, 3, 4, 4, 10, 0},
      {1000, 3, 6, 5, 60, 1}
    };
    return Stream.of(shapes)
        .flatMap(
            s ->
                KernelBackends.tuned()
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
        Regression.Output expected = reference.regression().open(bins, host, 3, 1);
        Regression.Output actual = backend.regression().open(bins, there, 3, 1)) {
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
      try (Regression.Terms onHost = expected.on(sets, foldOf, folds);
          Regression.Terms here = actual.on(sets, foldOf, folds)) {
        assertEquals(onHost.squares(), here.squares(), 1e-12 * onHost.squares());
        assertEquals(onHost.deviations(), here.deviations(), 1e-12 * onHost.squares());
        assertEquals(onHost.largest(), here.largest(), 1e-12 * scale);
        compareWalks(onHost, here, sets.size(), scale);
        compareRidge(onHost, here);
      }
    }
  }

  private static final long T0 = System.nanoTime();

  private static void compareWalks(
      Regression.Terms onHost, Regression.Terms here, int size, double scale) {
    double[] penalties = penalties(onHost.largest(), 27);
    for (boolean relaxed : new boolean[] {false, true}) {
      try (Regression.Walk expected = onHost.lasso(penalties);
          Regression.Walk actual = here.lasso(penalties)) {
        for (int i = 0; i < penalties.length; i++) {
          Regression.Errors x = expected.next();
          Regression.Errors y = actual.next();
          System.out.println(i + " " + x + " " + y + " " + (x.lasso() - y.lasso())/onHost.squares() + " " + (x.leastSquares() - y.leastSquares()) / onHost.squares());
          if (i == 3 || i == 22) {
            expected.keep();
            actual.keep();
          }
        }
        Regression.Fit x = expected.finish(relaxed);
        Regression.Fit y = actual.finish(relaxed);
        double worst = 0;
        for (int s = 0; s < size; s++) worst = Math.max(worst, Math.abs(x.weights()[s]-y.weights()[s]));
        System.out.println("weights " + worst + " " + Arrays.equals(x.support(), y.support()) + " loo " + x.leftOutError() + " " + y.leftOutError());
      }
    }
  }

  private static void compareRidge(Regression.Terms onHost, Regression.Terms here) {
    double[] penalties = penalties(1e6, 12);
    System.out.println("t " + (System.nanoTime() - T0) / 1e9);
    Regression.Ridge x = onHost.ridge(penalties);
    Regression.Ridge y = here.ridge(penalties);
    double worst = 0, e = 0;
    for (int i = 0; i < x.weights().length; i++) worst = Math.max(worst, Math.abs(x.weights()[i]-y.weights()[i]));
    for (int i = 0; i < x.errors().length; i++) e = Math.max(e, Math.abs(x.errors()[i]-y.errors()[i]) / onHost.squares());
    System.out.println("t " + (System.nanoTime() - T0) / 1e9);
    System.out.println("ridge " + worst + " " + e);
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
