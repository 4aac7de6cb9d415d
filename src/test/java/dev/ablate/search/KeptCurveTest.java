package dev.ablate.search;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ablate.code.InputException;
import dev.ablate.game.Game;
import dev.ablate.game.Values;
import dev.ablate.mask.Masks;
import dev.ablate.spectrum.Spectrum;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class KeptCurveTest {
  @Test
  void areasAreThoseOfTrapezoids() {
    // Faithfulness 0, 0.5, 1.25, 1 at shares 0, 0.25, 0.5, 1.
    KeptCurve curve = new KeptCurve(4, new int[] {0, 1, 2, 4}, new double[] {-1, 1, 4, 3}, -1, 3);
    assertArrayEquals(new double[] {0, 0.5, 1.25, 1}, curve.faithfulness(), 1e-15);
    assertEquals(0.25 * 0.25 + 0.25 * 0.875 + 0.5 * 1.125, curve.cpr(), 1e-15);
    assertEquals(0.25 * 0.75 + 0.25 * 0.375 + 0.5 * 0.125, curve.cmd(), 1e-15);
  }

  @Test
  void aGameOfOneFeatureIsAllThereWithIt() {
    Game game = game(new double[] {0, 0, 2}, new double[] {1, 1, 1});
    int[] sizes = {0, 1, 2, 3};
    List<KeptCurve> curves = KeptCurve.of(game, KeptSets.byWeight(new double[] {0, 0, 2}, sizes));
    assertEquals(2, curves.size());
    assertArrayEquals(new double[] {0, 1, 1, 1}, curves.get(0).faithfulness(), 1e-15);
    assertEquals(1 - 1 / 6.0, curves.get(0).cpr(), 1e-15);
    assertEquals(1 / 6.0, curves.get(0).cmd(), 1e-15);
    assertEquals(0.5, curves.get(1).cpr(), 1e-15);
  }

  @Test
  void setsByWeightAndBySpectrumAgreeWhereFeaturesActAlone() {
    Spectrum spectrum = Spectra.random(4, 12, 12);
    double[] weights =
        IntStream.range(0, 12).mapToDouble(i -> -2 * spectrum.coefficientOf(i)).toArray();
    int[] sizes = {0, 1, 5, 12};
    List<int[]> byWeight = KeptSets.byWeight(weights, sizes);
    List<int[]> bySpectrum = KeptSets.bySpectrum(spectrum, sizes, 1);
    for (int s = 0; s < sizes.length; s++) {
      assertArrayEquals(byWeight.get(s), bySpectrum.get(s));
    }
  }

  @Test
  void theBestRandomSetIsTheBestOfAllOnceAllAreDrawn() {
    Spectrum spectrum = Spectra.random(2, 7, 7, 10, 5);
    Game game = Game.of(7, spectrum::evaluate);
    int[] best = KeptSets.bestRandom(game, 0, 3, 2_500, 1);
    assertEquals(Spectra.best(spectrum, 3, 1), Spectra.value(spectrum, best), 1e-12);
    int[] first = KeptSets.bestRandom(game, 0, 3, 1, 1);
    assertEquals(3, first.length);
    assertTrue(Spectra.value(spectrum, first) <= Spectra.value(spectrum, best));
    assertArrayEquals(best, KeptSets.bestRandom(game, 0, 3, 2_500, 1));
  }

  @Test
  void whatIsNoCurveIsRefused() {
    double[] two = {0, 1};
    assertThrows(InputException.class, () -> new KeptCurve(3, new int[] {2, 1}, two, 0, 1));
    assertThrows(InputException.class, () -> new KeptCurve(3, new int[] {1, 4}, two, 0, 1));
    assertThrows(InputException.class, () -> new KeptCurve(3, new int[] {1}, two, 0, 1));
    assertThrows(InputException.class, () -> new KeptCurve(3, new int[] {1, 2}, two, 1, 1).cpr());
    Game game = Game.of(3, masks -> new double[masks.count()]);
    assertThrows(InputException.class, () -> KeptSets.bestRandom(game, 0, 4, 1, 0));
  }

  /** Sums of the weights of what is kept, an output for each list of weights. */
  private static Game game(double[]... weights) {
    return new Game() {
      @Override
      public int features() {
        return weights[0].length;
      }

      @Override
      public int outputs() {
        return weights.length;
      }

      @Override
      public void evaluate(Masks masks, Values out) {
        for (int row = 0; row < masks.count(); row++) {
          for (int o = 0; o < weights.length; o++) {
            double sum = 0;
            for (int i = 0; i < weights[o].length; i++) {
              sum += masks.kept(row, i) ? weights[o][i] : 0;
            }
            out.set(row, o, sum);
          }
        }
      }
    };
  }
}
