package dev.ablate.solve;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.ablate.backend.host.HostBackend;
import dev.ablate.code.Philox;
import dev.ablate.game.Values;
import dev.ablate.mask.Design;
import dev.ablate.mask.MaskSampling;
import dev.ablate.mask.Masks;
import dev.ablate.mask.PairedMasks;
import java.util.Arrays;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ChanceErrorsTest {
  private static final HostBackend HOST = new HostBackend(1);

  @AfterAll
  static void close() {
    HOST.close();
  }

  private static Masks pairs(int rows, long seed) {
    Design.Paired design = new Design.Paired(MaskSampling.UNIFORM, 20, rows, seed);
    return PairedMasks.draw(HOST, design, null);
  }

  private static double[] noise(int rows, long seed) {
    Philox.Stream random = Philox.stream(seed, 5);
    double[] noise = new double[rows];
    Arrays.setAll(noise, r -> random.nextGaussian());
    return noise;
  }

  private static ChanceErrors of(Masks masks, double[] values) {
    try (Problem problem = Problem.of(masks, Values.of(values), HOST, 0)) {
      return ChanceErrors.of(problem);
    }
  }

  /** What a pair shares says nothing of odd orders. */
  @ParameterizedTest
  @ValueSource(ints = {-1, 1})
  void valuesOfPairsAreToldApart(int sign) {
    double[] values = noise(400, 1);
    for (int r = 0; r < 400; r += 2) {
      values[r + 1] = sign * values[r];
    }
    double length = Math.sqrt(Arrays.stream(values).map(v -> v * v).sum());
    ChanceErrors errors = of(pairs(400, 1), values);
    double all = Math.sqrt(2) * length / 400;
    assertEquals(sign > 0 ? all : all / 10, errors.of(2), 1e-9);
    assertEquals(sign > 0 ? all / 10 : all, errors.of(3), 1e-9);
    assertEquals(all / 10, errors.least(), 1e-9);
  }

  /** However the rows lie, and whichever have lost their complements. */
  @Test
  void orderDoesNotMatter() {
    Masks masks = pairs(301, 2);
    double[] values = noise(301, 2);
    ChanceErrors adjacent = of(masks, values);
    int[] order = Philox.stream(3, 3).permutation(301);
    double[] shuffled = Arrays.stream(order).mapToDouble(r -> values[r]).toArray();
    ChanceErrors apart = of(masks.select(order), shuffled);
    assertEquals(adjacent.even(), apart.even(), 1e-12);
    assertEquals(adjacent.odd(), apart.odd(), 1e-12);
  }

  /** Linear values: coefficients of odd order are off by more than the spread of values says. */
  @Test
  void theyAreWhatCoefficientsStrayBy() {
    int games = 400;
    int rows = 100;
    double odd = 0;
    double even = 0;
    double promisedOdd = 0;
    double promisedEven = 0;
    for (int seed = 0; seed < games; seed++) {
      Masks masks = pairs(rows, seed);
      double[] values = noise(rows, seed);
      for (int r = 0; r < rows; r++) {
        values[r] += (masks.kept(r, 0) ? 2 : -2) + (masks.kept(r, 1) == masks.kept(r, 2) ? 1 : -1);
      }
      double one = 0;
      double two = 0;
      for (int r = 0; r < rows; r++) {
        one += masks.kept(r, 3) ? -values[r] / rows : values[r] / rows;
        two += masks.kept(r, 3) == masks.kept(r, 4) ? values[r] / rows : -values[r] / rows;
      }
      odd += one * one / games;
      even += two * two / games;
      ChanceErrors errors = of(masks, values);
      promisedOdd += errors.odd() * errors.odd() / games;
      promisedEven += errors.even() * errors.even() / games;
    }
    // Squares of 400 normal numbers: five standard deviations.
    double some = 5 * Math.sqrt(2.0 / games);
    assertEquals(1, odd / promisedOdd, some);
    assertEquals(1, even / promisedEven, some);
    assertEquals((1 + 2 * 4) / 100.0, promisedOdd, 0.01);
    assertEquals((1 + 2 * 1) / 100.0, promisedEven, 0.005);
  }

  /** Repeats of a mask are its weight, not more evidence. */
  @Test
  void repeatsAreNoMoreEvidence() {
    Masks masks = pairs(200, 4);
    double[] values = noise(200, 4);
    ChanceErrors once = of(masks, values);
    double[] thrice = new double[600];
    System.arraycopy(values, 0, thrice, 0, 200);
    System.arraycopy(values, 0, thrice, 200, 200);
    System.arraycopy(values, 0, thrice, 400, 200);
    ChanceErrors repeated = of(Masks.concat(masks, masks, masks), thrice);
    assertEquals(once.even(), repeated.even(), 1e-12);
    assertEquals(once.odd(), repeated.odd(), 1e-12);
  }
}
