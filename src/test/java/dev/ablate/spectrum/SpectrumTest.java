package dev.ablate.spectrum;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTimeout;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ablate.backend.Backend;
import dev.ablate.backend.Sets;
import dev.ablate.backend.host.HostBackend;
import dev.ablate.mask.Masks;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SpectrumTest {
  private static final int FEATURES = 70;

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3})
  void termsAreSortedAndMerged(long seed) {
    Map<List<Integer>, Double> terms = new TreeMap<>(SpectrumTest::canonical);
    Spectrum spectrum = random(seed, 2000, terms);
    assertEquals(terms.size(), spectrum.size());
    assertTrue(terms.size() < 2000, "some sets come twice");
    int i = 0;
    for (var term : terms.entrySet()) {
      int[] set = term.getKey().stream().mapToInt(Integer::intValue).toArray();
      assertArrayEquals(set, spectrum.sets().get(i));
      assertEquals(term.getValue(), spectrum.coefficient(i), 1e-12);
      assertEquals(i, spectrum.indexOf(set));
      assertEquals(spectrum.coefficient(i), spectrum.coefficientOf(set));
      i++;
    }
    assertEquals(-1, spectrum.indexOf(1, 2, 3, 4, 5));
    assertEquals(0, spectrum.coefficientOf(1, 2, 3, 4, 5));
  }

  @ParameterizedTest
  @ValueSource(longs = {4, 5})
  void valuesAreSignedSums(long seed) {
    Spectrum spectrum = random(seed, 300, new TreeMap<>(SpectrumTest::canonical));
    SplittableRandom random = new SplittableRandom(seed);
    boolean[][] rows = new boolean[130][FEATURES];
    for (int r = 0; r < rows.length; r++) {
      for (int f = 0; f < FEATURES; f++) {
        rows[r][f] = r == 0 || (r > 1 && random.nextBoolean());
      }
    }
    double[] expected = new double[rows.length];
    for (int r = 0; r < rows.length; r++) {
      for (int i = 0; i < spectrum.size(); i++) {
        double term = spectrum.coefficient(i);
        for (int f : spectrum.sets().get(i)) {
          term = rows[r][f] ? -term : term;
        }
        expected[r] += term;
      }
    }
    Masks masks = Masks.of(rows);
    assertArrayEquals(expected, spectrum.evaluate(masks), 1e-10);
    try (Backend host = new HostBackend(1)) {
      assertArrayEquals(spectrum.evaluate(masks), spectrum.evaluate(masks, host));
    }
    assertEquals(expected[0], spectrum.all(), 1e-10);
    assertEquals(expected[1], spectrum.none(), 1e-10);
  }

  @Test
  void arithmeticIsThatOfTheValues() {
    Spectrum a = random(6, 100, new TreeMap<>(SpectrumTest::canonical));
    Spectrum b = random(7, 100, new TreeMap<>(SpectrumTest::canonical));
    Masks masks = Masks.of(new boolean[][] {kept(3), kept(5), kept(1)});
    double[] x = a.evaluate(masks);
    double[] y = b.evaluate(masks);
    for (int r = 0; r < 3; r++) {
      assertEquals(x[r] + y[r], a.plus(b).evaluate(masks)[r], 1e-11);
      assertEquals(x[r] - y[r], a.minus(b).evaluate(masks)[r], 1e-11);
      assertEquals(-2.5 * x[r], a.scale(-2.5).evaluate(masks)[r], 1e-11);
    }
    assertEquals(0, a.minus(a).size());
    assertEquals(a.size(), a.plus(Spectrum.zero(FEATURES)).size());
    assertThrows(IllegalArgumentException.class, () -> a.plus(Spectrum.zero(3)));
  }

  @Test
  void varianceIsThatOfAllMasks() {
    Spectrum spectrum =
        new Spectrum(
            5,
            Sets.of(List.of(new int[] {}, new int[] {2}, new int[] {0, 4}, new int[] {1, 2, 3})),
            new double[] {7, 2, -1, 0.5});
    double[] values = spectrum.evaluate(Masks.exhaustive(5));
    double mean = 0;
    double square = 0;
    for (double value : values) {
      mean += value / values.length;
      square += value * value / values.length;
    }
    assertEquals(square - mean * mean, spectrum.variance(), 1e-12);
    assertArrayEquals(new double[] {49, 4, 1, 0.25}, spectrum.energyByOrder());
    assertEquals(0, Spectrum.zero(3).variance());
  }

  @Test
  void filtersKeepWhatTheySay() {
    Spectrum spectrum =
        new Spectrum(
            5,
            Sets.of(List.of(new int[] {}, new int[] {2}, new int[] {3}, new int[] {0, 4})),
            new double[] {0.1, 2, -2, 3});
    assertArrayEquals(new int[] {3, 1, 2, 0}, spectrum.byMagnitude());
    assertArrayEquals(new double[] {2, 3}, spectrum.top(2).coefficients());
    assertArrayEquals(new double[] {0.1, 2, -2, 3}, spectrum.top(9).coefficients());
    assertArrayEquals(new double[] {2, -2}, spectrum.ofOrders(1, 1).coefficients());
    assertArrayEquals(new double[] {3}, spectrum.above(2).coefficients());
  }

  @Test
  void aMillionFeaturesCostNothingExtra() {
    int features = 1_000_000;
    SplittableRandom random = new SplittableRandom(8);
    List<int[]> sets = new ArrayList<>();
    for (int s = 0; s < 200_000; s++) {
      sets.add(random.ints(0, features).distinct().limit(3).toArray());
    }
    double[] ones = random.doubles(sets.size()).toArray();
    Spectrum spectrum =
        assertTimeout(Duration.ofSeconds(10), () -> new Spectrum(features, Sets.of(sets), ones));
    for (int i = 0; i < spectrum.size(); i += 97) {
      assertEquals(i, spectrum.indexOf(spectrum.sets().get(i)));
    }
    double[] ends = spectrum.evaluate(Masks.all(features));
    assertEquals(spectrum.all(), ends[0], 1e-6);
  }

  @Test
  void whatIsNoSpectrumIsRefused() {
    Sets one = Sets.of(List.of(new int[] {4}));
    assertThrows(IllegalArgumentException.class, () -> new Spectrum(4, one, new double[] {1}));
    assertThrows(IllegalArgumentException.class, () -> new Spectrum(5, one, new double[2]));
    assertThrows(
        IllegalArgumentException.class, () -> new Spectrum(5, one, new double[] {Double.NaN}));
    Spectrum spectrum = new Spectrum(5, one, new double[] {1});
    assertThrows(IllegalArgumentException.class, () -> spectrum.evaluate(Masks.exhaustive(4)));
  }

  @Test
  void faithfulnessIsTheExplainedShare() {
    double[] values = {1, 2, 3, 6};
    assertEquals(1, R2.of(values, values));
    assertEquals(0, R2.of(values, new double[] {3, 3, 3, 3}));
    assertEquals(1 - 4.0 / 14, R2.of(values, new double[] {1, 2, 3, 4}), 1e-15);
    assertEquals(1 - 56.0 / 14, R2.of(values, new double[] {5, 4, 3, 0}), 1e-15);
    double third = 1 / 3.0;
    double[] constant = {third, third, third};
    assertEquals(1, R2.of(constant, new double[] {third, Math.nextUp(third), third}));
    assertEquals(
        Double.NEGATIVE_INFINITY, R2.of(constant, new double[] {third, third, third + 1e-9}));
    assertThrows(IllegalArgumentException.class, () -> R2.of(new double[0], new double[0]));
    assertThrows(IllegalArgumentException.class, () -> R2.of(values, constant));
  }

  private static boolean[] kept(int step) {
    boolean[] mask = new boolean[FEATURES];
    for (int f = 0; f < FEATURES; f += step) {
      mask[f] = true;
    }
    return mask;
  }

  /** Random terms of order up to 3; what they add up to goes into {@code terms}. */
  private static Spectrum random(long seed, int count, Map<List<Integer>, Double> terms) {
    SplittableRandom random = new SplittableRandom(seed);
    List<int[]> sets = new ArrayList<>();
    double[] coefficients = random.doubles(count, -1, 1).toArray();
    for (int s = 0; s < count; s++) {
      int[] set = random.ints(0, FEATURES).distinct().limit(s % 4).sorted().toArray();
      sets.add(set);
      terms.merge(Arrays.stream(set).boxed().toList(), coefficients[s], Double::sum);
    }
    return new Spectrum(FEATURES, Sets.of(sets), coefficients);
  }

  private static int canonical(List<Integer> a, List<Integer> b) {
    int bySize = Integer.compare(a.size(), b.size());
    for (int k = 0; bySize == 0 && k < a.size(); k++) {
      int byFeature = Integer.compare(a.get(k), b.get(k));
      if (byFeature != 0) {
        return byFeature;
      }
    }
    return bySize;
  }
}
