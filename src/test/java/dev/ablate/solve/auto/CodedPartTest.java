package dev.ablate.solve.auto;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ablate.backend.host.HostBackend;
import dev.ablate.mask.Design;
import dev.ablate.setting.Settings;
import dev.ablate.solve.screen.ScreenEstimator;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** How many terms are left, by masks of shifted subspaces; and what a budget affords. */
class CodedPartTest {
  private static final int POINTS = 8;
  private static final HostBackend HOST = new HostBackend(1);

  @AfterAll
  static void close() {
    HOST.close();
  }

  private static CodedPart part(int features, long budget) {
    Design.Coded design = CodedPart.affordable(features, budget, 0);
    return new CodedPart(new ScreenEstimator(Settings.STANDARD), design);
  }

  /** Terms of one size in bins of their own, each with a sign of its own on every shift. */
  private static double[] terms(int count, int points, int shifts, Random random) {
    double[] values = new double[shifts * points];
    for (int p = 0; p < shifts; p++) {
      for (int bin = 0; bin < count; bin++) {
        double sign = random.nextBoolean() ? 3 : -3;
        for (int l = 0; l < points; l++) {
          values[p * points + l] += Integer.bitCount(l & bin) % 2 == 0 ? sign : -sign;
        }
      }
    }
    return values;
  }

  /** Of alike terms in different bins the sum of fourth powers is one over their number. */
  @ParameterizedTest
  @CsvSource({"1,8", "2,8", "5,8", "3,16"})
  void countsTermsInBinsOfTheirOwn(int count, int points) {
    double[] values = terms(count, points, 6, new Random(count));
    double expected = (1.0 / count - 1.0 / points) / (1 - 1.0 / points);
    assertEquals(expected, CodedPart.inverseTerms(values, points, HOST), 1e-12);
  }

  /** A thousand times noise alone: centred at no terms, and the rule takes it for sparse hardly. */
  @Test
  void noiseIsVeryManyTerms() {
    CodedPart part = part(64, 3072);
    Random random = new Random(5);
    int taken = 0;
    double sum = 0;
    for (int k = 0; k < 1000; k++) {
      double[] noise = random.doubles(part.probe()).map(u -> random.nextGaussian()).toArray();
      sum += CodedPart.inverseTerms(noise, POINTS, HOST);
      taken += part.decodable(noise, HOST) ? 1 : 0;
    }
    assertEquals(0, sum / 1000, 0.002);
    assertTrue(taken <= 20, "taken: " + taken);
  }

  @Test
  void fewTermsAreDecodableAndNothingIsNot() {
    CodedPart part = part(64, 3072);
    int shifts = part.probe() / POINTS;
    assertTrue(part.decodable(terms(3, POINTS, shifts, new Random(1)), HOST));
    assertFalse(part.decodable(new double[part.probe()], HOST));
  }

  /** By the published counts: 3 groups, 8 errors' parity rows and one, 2^b points. */
  @ParameterizedTest
  @CsvSource({"64,3072,3", "128,7168,4", "256,16384,5", "512,36864,6"})
  void takesTheLargestDesignBelowThreeFifths(int features, long budget, int dimension) {
    Design.Coded design = CodedPart.affordable(features, budget, 0);
    assertEquals(dimension, design.dimension());
    assertEquals(8, design.errors());
    assertTrue(design.masks() <= 0.6 * budget && 2 * design.masks() > 0.6 * budget);
  }

  /** Too few masks, and so few features that coded masks might be among held-out ones. */
  @Test
  void someBudgetsAffordNone() {
    assertNull(CodedPart.affordable(64, 2_000, 0));
    assertNull(CodedPart.affordable(20, 100_000, 0));
    assertTrue(Arrays.asList(64, 65).stream().allMatch(n -> part(n, 4_000).probe() < 400));
  }
}
