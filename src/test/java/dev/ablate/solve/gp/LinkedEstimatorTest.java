package dev.ablate.solve.gp;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ablate.backend.HostBuffer;
import dev.ablate.backend.Sets;
import dev.ablate.backend.host.HostBackend;
import dev.ablate.code.Philox;
import dev.ablate.game.Values;
import dev.ablate.index.Index;
import dev.ablate.index.IndexValues;
import dev.ablate.mask.Design;
import dev.ablate.mask.MaskSampling;
import dev.ablate.mask.Masks;
import dev.ablate.mask.PairedMasks;
import dev.ablate.setting.Settings;
import dev.ablate.solve.Method;
import dev.ablate.solve.Samples;
import dev.ablate.solve.Solution;
import dev.ablate.spectrum.Link;
import dev.ablate.spectrum.R2;
import dev.ablate.spectrum.Spectrum;
import java.util.Arrays;
import java.util.List;
import java.util.function.DoubleUnaryOperator;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Games that are sums before a link, and games that are sums themselves. */
class LinkedEstimatorTest {
  private static final HostBackend HOST = new HostBackend();

  @AfterAll
  static void close() {
    HOST.close();
  }

  /** A sum over single features with random weights, together of some standard deviation. */
  private static Spectrum sum(int features, double deviation, double offset) {
    Philox.Stream random = Philox.stream(3, 5);
    double[] coefficients = new double[features + 1];
    Arrays.setAll(coefficients, i -> deviation / Math.sqrt(features) * random.nextGaussian());
    coefficients[0] = offset;
    List<int[]> sets =
        IntStream.rangeClosed(0, features)
            .mapToObj(i -> i == 0 ? new int[0] : new int[] {i - 1})
            .toList();
    return new Spectrum(features, Sets.of(sets), coefficients);
  }

  private static Solution solve(
      Method method, int features, int masks, Spectrum before, DoubleUnaryOperator after) {
    Design.Paired design = new Design.Paired(MaskSampling.UNIFORM, features, masks, 1);
    Masks drawn = PairedMasks.draw(HOST, design, null);
    Values values = Values.of(values(drawn, before, after));
    return method
        .solver(Settings.STANDARD)
        .solve(new Samples(drawn, values, design), HOST, 0)
        .get(0);
  }

  private static double[] values(Masks masks, Spectrum before, DoubleUnaryOperator after) {
    return Arrays.stream(before.evaluate(masks)).map(after).toArray();
  }

  private static double r2(Solution solution, Spectrum before, DoubleUnaryOperator after) {
    int features = before.features();
    Masks test = new Masks(HOST.sampling().uniform(9, 9, 0, 2_000, features), 2_000, features);
    return R2.of(values(test, before, after), solution.predict(test, HOST));
  }

  private static double sigmoid(double v) {
    return 1 / (1 + Math.exp(-v));
  }

  @Test
  void productsAreFittedBehindALogarithm() {
    Spectrum before = sum(20, 1, 0.5);
    Solution solution = solve(Method.AUTO, 20, 300, before, Math::exp);
    assertEquals(Link.LOG, solution.link());
    double r2 = r2(solution, before, Math::exp);
    assertTrue(r2 > 0.99, "R2 " + r2);
    assertTrue(solution.heldOutR2() > 0.95 && solution.heldOutR2() <= 1);
  }

  @Test
  void probabilitiesAreFittedBehindALogit() {
    Spectrum before = sum(20, 3, 1);
    Solution solution = solve(Method.AUTO, 20, 300, before, LinkedEstimatorTest::sigmoid);
    assertEquals(Link.Kind.LOGIT, solution.link().kind());
    assertEquals(0, solution.link().low());
    assertEquals(1, solution.link().high());
    assertTrue(r2(solution, before, LinkedEstimatorTest::sigmoid) > 0.97);
  }

  @Test
  void boundsThatNobodySaysAreSeen() {
    Spectrum before = sum(20, 3, 0);
    Solution solution = solve(Method.AUTO, 20, 300, before, v -> 7 * Math.tanh(v) - 2);
    assertEquals(Link.Kind.LOGIT, solution.link().kind());
    assertEquals(-9, solution.link().low(), 0.1);
    assertEquals(5, solution.link().high(), 0.1);
  }

  @Test
  void whatIsASumStaysOne() {
    Spectrum before = sum(20, 1, 8);
    assertTrue(solve(Method.AUTO, 20, 300, before, v -> v).link().isIdentity());
    Solution small = solve(Method.AUTO, 20, 300, before, v -> 0.05 * v);
    assertTrue(small.link().isIdentity());
    assertTrue(r2(small, before, v -> 0.05 * v) > 0.999);
  }

  /** With every mask listed interactions of the value are exact in what the process predicts. */
  @ParameterizedTest
  @EnumSource(Index.class)
  void interactionsAreOfTheValue(Index index) {
    int features = 8;
    Spectrum before = sum(features, 1, 0.5);
    Solution solution = linked(features, 100, before);
    Masks all = Masks.exhaustive(features);
    IndexValues read = solution.interactions(index, 2, HOST);
    double[] predicted = values(all, before, Math::exp);
    Spectrum ofValues = transformed(features, predicted);
    IndexValues exact = index.interactions(ofValues, 2, new double[0]);
    for (int s = 0; s < exact.size(); s++) {
      double there = valueOf(read, exact.sets().get(s));
      assertEquals(exact.value(s), there, 0.02 * Math.abs(exact.value(0)) + 0.02);
    }
  }

  /** Beyond what is listed a function that was fitted to the values stands in. */
  @Test
  void interactionsOfManyFeaturesAreNearThoseOfAllMasks() {
    int features = 18;
    Spectrum before = sum(features, 0.8, 0.2);
    Solution solution = linked(features, 400, before);
    IndexValues read = solution.interactions(Index.SII, 1, HOST);
    double[] predicted = values(Masks.exhaustive(features), before, Math::exp);
    Spectrum ofValues = transformed(features, predicted).ofOrders(0, 5);
    IndexValues exact = Index.SII.interactions(ofValues, 1, new double[0]);
    double error = 0;
    double all = 0;
    for (int s = 0; s < exact.size(); s++) {
      int[] set = exact.sets().get(s);
      if (set.length == 1) {
        error += Math.pow(valueOf(read, set) - exact.value(s), 2);
        all += Math.pow(exact.value(s), 2);
      }
    }
    assertTrue(error < 0.01 * all, error + " of " + all);
    assertEquals(read.size(), read.standardErrors().length);
  }

  private static Solution linked(int features, int masks, Spectrum before) {
    Solution solution = solve(Method.AUTO, features, masks, before, Math::exp);
    assertEquals(Link.LOG, solution.link());
    return solution;
  }

  private static double valueOf(IndexValues values, int[] set) {
    return IntStream.range(0, values.size())
        .filter(s -> Arrays.equals(values.sets().get(s), set))
        .mapToDouble(values::value)
        .sum();
  }

  private static Spectrum transformed(int features, double[] values) {
    double[] all = values.clone();
    HOST.walsh().transform(HostBuffer.of(all), 1, all.length, 1.0 / all.length);
    List<int[]> sets =
        IntStream.range(0, all.length)
            .mapToObj(
                bits -> IntStream.range(0, features).filter(i -> (bits >>> i & 1) != 0).toArray())
            .toList();
    return new Spectrum(features, Sets.of(sets), all);
  }

  @Test
  void theSameRowsGiveTheSameLink() {
    Spectrum before = sum(12, 1, 0.5);
    Solution one = solve(Method.AUTO, 12, 200, before, Math::exp);
    Solution two = solve(Method.AUTO, 12, 200, before, Math::exp);
    assertEquals(one.link(), two.link());
    assertArrayEquals(one.spectrum().coefficients(), two.spectrum().coefficients());
  }
}
