package dev.ablate.search;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ablate.spectrum.Spectrum;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Integer programming where all sets can still be asked about, which it is not told. */
class BranchAndBoundTest {
  private static final long WORK = 20_000_000_000L;

  private static BranchAndBound run(Spectrum spectrum, int size, long work) {
    Polynomial polynomial = new Polynomial(spectrum, spectrum.features(), size);
    // The worst of beginnings: what greedy finds is not what is tried here.
    boolean[] start = new boolean[polynomial.active()];
    for (int i = 0; i < polynomial.low() || i < Math.min(1, polynomial.high()); i++) {
      start[i] = true;
    }
    BranchAndBound search = new BranchAndBound(polynomial, start, work);
    search.run();
    return search;
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 4, 7, 10, 15, 19})
  void twentyFeaturesEqualAllMasks(int size) {
    for (int seed = 0; seed < 3; seed++) {
      Spectrum spectrum = Spectra.random(seed, 20, 18, 30, 20, 8, 3);
      BranchAndBound search = run(spectrum, size, WORK);
      assertTrue(search.isProven());
      assertEquals(Spectra.best(spectrum, size, 1), search.bound(), 1e-5);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {3, 4, 37})
  void partsOfPartsEqualAllSets(int size) {
    for (int seed = 0; seed < 3; seed++) {
      Spectrum spectrum = Spectra.random(seed, 40, 38, 50, 20, 3);
      BranchAndBound search = run(spectrum, size, WORK);
      assertTrue(search.isProven(), "bound " + search.bound());
      assertEquals(Spectra.best(spectrum, size, 1), search.bound(), 1e-5);
    }
  }

  @Test
  void aBoundIsNeverBelowTheBestWhateverTheWork() {
    for (int seed = 0; seed < 20; seed++) {
      Spectrum spectrum = Spectra.random(seed, 19, 15, 40, 30, 10);
      double best = Spectra.best(spectrum, 8, 1);
      double last = Double.POSITIVE_INFINITY;
      for (long work : new long[] {0, 1, 2_000_000, 20_000_000, 2_000_000_000}) {
        BranchAndBound search = run(spectrum, 8, work);
        assertTrue(search.bound() >= best - 1e-6, search.bound() + " below " + best);
        assertTrue(work > 0 || search.bound() <= last);
        last = search.bound();
      }
      assertEquals(best, last, 1e-5);
    }
  }
}
