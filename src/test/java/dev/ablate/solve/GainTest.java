package dev.ablate.solve;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ablate.code.Philox;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

/** What rows say of a link, against a simulation in which the gain is known. */
class GainTest {
  /** Normal errors of one variance. */
  private static double[] errors(int rows, double variance, Philox.Stream random) {
    double[] errors = new double[rows];
    Arrays.setAll(errors, r -> Math.sqrt(variance) * random.nextGaussian());
    return errors;
  }

  private static double[] filled(int rows, double value) {
    double[] filled = new double[rows];
    Arrays.fill(filled, value);
    return filled;
  }

  @Test
  void whatIsEqualNeedsNoLink() {
    double[] left = errors(300, 1, Philox.stream(1, 1));
    assertFalse(Gain.justifiesLink(left, left));
    assertFalse(Gain.justifiesLink(new double[9], new double[9]));
    assertFalse(Gain.justifiesLink(new double[9], filled(9, 1)));
    assertTrue(Gain.justifiesLink(filled(9, 1), new double[9]));
  }

  @Test
  void aTwentiethOfTheSquaresIsTheLeastGain() {
    double[] without = filled(40, 1);
    assertFalse(Gain.justifiesLink(without, filled(40, Math.sqrt(0.951))));
    assertTrue(Gain.justifiesLink(without, filled(40, Math.sqrt(0.949))));
  }

  @Test
  void unitsDoNotMatter() {
    Philox.Stream random = Philox.stream(2, 1);
    for (int trial = 0; trial < 50; trial++) {
      double[] without = errors(60, 1, random);
      double[] linked = errors(60, 0.7, random);
      double[] less = Arrays.stream(without).map(v -> v * 1e-9).toArray();
      double[] lessLinked = Arrays.stream(linked).map(v -> v * 1e-9).toArray();
      assertEquals(Gain.justifiesLink(without, linked), Gain.justifiesLink(less, lessLinked));
      assertEquals(Gain.settlesLink(without, linked), Gain.settlesLink(less, lessLinked));
    }
  }

  /** The same gain, in every row alike, and of a few rows of which one gains what others lose. */
  @Test
  void fewRowsThatDifferAreNoEvidence() {
    double[] without = {Math.sqrt(10), 1, 1, 1, 1};
    double[] linked = {1, Math.sqrt(3), Math.sqrt(2), Math.sqrt(2), Math.sqrt(2)};
    double share = Gain.squares(linked) / Gain.squares(without);
    assertEquals(10.0 / 14, share, 1e-12);
    assertFalse(Gain.justifiesLink(without, linked));
    assertTrue(Gain.justifiesLink(filled(5, 1), filled(5, Math.sqrt(share))));
  }

  /** What more rows will say is seldom another thing than what was settled by a fifth of them. */
  @Test
  void whatIsSettledStays() {
    Philox.Stream random = Philox.stream(3, 1);
    int settled = 0;
    int wrong = 0;
    for (int trial = 0; trial < 2_000; trial++) {
      double gain = 0.25 * random.nextGaussian();
      double[] without = errors(300, 1, random);
      double[] linked = errors(300, Math.exp(-gain), random);
      int early = Gain.settlesLink(Arrays.copyOf(without, 60), Arrays.copyOf(linked, 60));
      boolean late = Gain.justifiesLink(without, linked);
      settled += early != 0 ? 1 : 0;
      wrong += early > 0 && !late || early < 0 && late ? 1 : 0;
    }
    assertTrue(settled > 100, "settled " + settled);
    assertTrue(wrong < 0.1 * settled, wrong + " of " + settled);
  }

  /** Over games whose gains differ as assumed, the rule loses little to knowing the gain. */
  @Test
  void linksAreTakenWhereTheyGain() {
    Philox.Stream random = Philox.stream(4, 1);
    double best = 0;
    double byRule = 0;
    double byClear = 0;
    for (int trial = 0; trial < 2_000; trial++) {
      double gain = 0.25 * random.nextGaussian();
      double[] without = errors(100, 1, random);
      double[] linked = errors(100, Math.exp(-gain), random);
      best += Math.max(0, gain);
      byRule += Gain.justifiesLink(without, linked) ? gain : 0;
      byClear += Gain.isClear(without, linked, 0.05, 2) ? gain : 0;
    }
    assertTrue(byRule > 0.7 * best, byRule + " of " + best);
    assertTrue(byRule > 1.2 * byClear, byRule + " against " + byClear);
  }
}
