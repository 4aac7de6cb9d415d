package dev.ablate.search;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ablate.backend.Sets;
import dev.ablate.code.InputException;
import dev.ablate.game.Values;
import dev.ablate.mask.Masks;
import dev.ablate.spectrum.Link;
import dev.ablate.spectrum.Spectrum;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Interactions of samples of examples whose own spectra are known. */
class SampledInteractionsTest {
  private static final int FEATURES = 6;
  private static final int EXAMPLES = 12;

  /** All sets up to order 3, the empty one first. */
  private static List<int[]> sets() {
    List<int[]> sets = new ArrayList<>();
    for (int mask = 0; mask < 1 << FEATURES; mask++) {
      if (Integer.bitCount(mask) <= 3) {
        int bits = mask;
        sets.add(IntStream.range(0, FEATURES).filter(f -> (bits >> f & 1) == 1).toArray());
      }
    }
    sets.sort(Sets::compare);
    return sets;
  }

  /** What examples share plus what each has for itself, {@code (examples, sets)}. */
  private static double[][] examples(double shared, double own, long seed) {
    Random random = new Random(seed);
    int terms = sets().size();
    double[] common = random.doubles(terms, -1, 1).map(x -> shared * x).toArray();
    double[][] all = new double[EXAMPLES][terms];
    for (double[] one : all) {
      Arrays.setAll(one, t -> common[t] + own * random.nextGaussian());
    }
    return all;
  }

  private static double[] mean(double[][] examples) {
    double[] mean = new double[examples[0].length];
    for (double[] one : examples) {
      Arrays.setAll(mean, t -> mean[t] + one[t] / examples.length);
    }
    return mean;
  }

  private static Spectrum spectrum(double[] coefficients) {
    return new Spectrum(FEATURES, Sets.of(sets()), coefficients);
  }

  private static Values values(double[][] examples, Masks masks) {
    Values values = Values.zeros(masks.count(), examples.length);
    for (int e = 0; e < examples.length; e++) {
      double[] own = spectrum(examples[e]).evaluate(masks);
      for (int r = 0; r < own.length; r++) {
        values.set(r, e, own[r]);
      }
    }
    return values;
  }

  /** By the definition, from the spectra of the examples themselves. */
  private static double[] expected(double[][] examples) {
    double[] mean = mean(examples);
    List<int[]> sets = sets();
    double[] squares = new double[4];
    double[] errors = new double[4];
    for (int t = 0; t < mean.length; t++) {
      int order = sets.get(t).length;
      squares[order] += mean[t] * mean[t];
      for (double[] one : examples) {
        double off = one[t] - mean[t];
        errors[order] += off * off / EXAMPLES / (EXAMPLES - 1);
      }
    }
    double[] expected = mean.clone();
    for (int t = 0; t < mean.length; t++) {
      int order = sets.get(t).length;
      expected[t] *= order > 1 ? Math.max(0, 1 - errors[order] / squares[order]) : 1;
    }
    return expected;
  }

  private static double[] found(double[][] examples) {
    Masks masks = Masks.exhaustive(FEATURES);
    Spectrum found =
        SampledInteractions.of(
            spectrum(mean(examples)), Link.IDENTITY, masks, values(examples, masks));
    return sets().stream().mapToDouble(found::coefficientOf).toArray();
  }

  @Test
  void interactionsKeepWhatIsBeyondTheirErrors() {
    for (long seed = 0; seed < 4; seed++) {
      double[][] examples = examples(0.5, 0.8, seed);
      assertArrayEquals(expected(examples), found(examples), 2e-4);
    }
  }

  @Test
  void singleFeaturesStayAndInteractionsOfChanceGo() {
    double[][] examples = examples(0, 1, 5);
    double[] mean = mean(examples);
    double[] found = found(examples);
    assertArrayEquals(Arrays.copyOf(mean, FEATURES + 1), Arrays.copyOf(found, FEATURES + 1));
    double before = 0;
    double after = 0;
    for (int t = FEATURES + 1; t < mean.length; t++) {
      assertTrue(Math.abs(found[t]) <= Math.abs(mean[t]));
      before += mean[t] * mean[t];
      after += found[t] * found[t];
    }
    assertTrue(after < 0.1 * before, after + " of " + before);
  }

  @Test
  void whatAllExamplesShareStays() {
    double[][] examples = examples(1, 0, 3);
    assertArrayEquals(mean(examples), found(examples), 1e-9);
  }

  /** Behind a logarithm examples that are factors of each other differ by a constant. */
  @Test
  void valuesBehindALinkAreComparedBeforeIt() {
    Masks masks = Masks.exhaustive(FEATURES);
    Spectrum before = spectrum(examples(0.2, 0, 8)[0]);
    double[] shared = before.evaluate(masks);
    Values values = Values.zeros(masks.count(), 3);
    for (int r = 0; r < masks.count(); r++) {
      for (int e = 0; e < 3; e++) {
        values.set(r, e, (0.5 + 0.5 * e) * Math.exp(shared[r]));
      }
    }
    Spectrum found = SampledInteractions.of(before, Link.LOG, masks, values);
    for (int[] set : sets()) {
      assertEquals(before.coefficientOf(set), found.coefficientOf(set), 1e-9);
    }
  }

  @Test
  void fewerMasksThanTermsKeepTheOrderOfThings() {
    double[][] examples = examples(0.5, 0.3, 2);
    boolean[][] rows = new boolean[30][FEATURES];
    Random random = new Random(1);
    for (boolean[] row : rows) {
      for (int f = 0; f < FEATURES; f++) {
        row[f] = random.nextBoolean();
      }
    }
    Masks masks = Masks.of(rows);
    Spectrum mean = spectrum(mean(examples));
    Spectrum found = SampledInteractions.of(mean, Link.IDENTITY, masks, values(examples, masks));
    for (int t = 0; t < found.size(); t++) {
      double was = mean.coefficientOf(found.sets().get(t));
      assertTrue(Math.abs(found.coefficient(t)) <= Math.abs(was));
      assertEquals(Math.signum(was), Math.signum(found.coefficient(t)));
    }
  }

  @Test
  void whatSaysNothingOfExamplesIsRefused() {
    Masks masks = Masks.exhaustive(2);
    Spectrum singles = new Spectrum(2, Sets.of(List.of(new int[] {0})), new double[] {1});
    assertSame(singles, SampledInteractions.of(singles, Link.IDENTITY, masks, Values.zeros(4, 2)));
    Values one = Values.zeros(4, 1);
    Values short3 = Values.zeros(3, 2);
    assertThrows(
        InputException.class, () -> SampledInteractions.of(singles, Link.IDENTITY, masks, one));
    assertThrows(
        InputException.class, () -> SampledInteractions.of(singles, Link.IDENTITY, masks, short3));
  }
}
