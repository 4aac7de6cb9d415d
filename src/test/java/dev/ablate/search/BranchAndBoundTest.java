package dev.ablate.search;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ablate.spectrum.Spectrum;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Branch and bound where the best set is known in another way. */
class BranchAndBoundTest {
  private static final long WORK = 500_000_000;

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

  private static void requireProven(double best, BranchAndBound search) {
    assertTrue(search.isProven(), "bound " + search.bound());
    assertEquals(best, search.bound(), 1e-6);
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 4, 7, 10, 15, 19})
  void twentyFeaturesEqualAllMasks(int size) {
    for (int seed = 0; seed < 3; seed++) {
      Spectrum spectrum = Spectra.random(seed, 20, 18, 30, 20, 8, 3);
      requireProven(Spectra.best(spectrum, size, 1), run(spectrum, size, WORK));
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {3, 4, 37})
  void partsOfPartsEqualAllSets(int size) {
    for (int seed = 0; seed < 3; seed++) {
      Spectrum spectrum = Spectra.random(seed, 40, 38, 50, 20, 3);
      requireProven(Spectra.best(spectrum, size, 1), run(spectrum, size, WORK));
    }
  }

  @Test
  void anIntegerProgramOfAnotherSolverHasTheSameValue() {
    for (int seed = 0; seed < 3; seed++) {
      Spectrum spectrum = Spectra.random(seed, 30, 30, 25, 8);
      requireProven(IntegerProgram.best(spectrum, 14, true), run(spectrum, 14, WORK));
    }
  }

  /** Prices end where the linear program of the parities does, which is below that of products. */
  @Test
  void theFirstBoundIsNoWorseThanTheLinearProgram() {
    for (int seed = 0; seed < 3; seed++) {
      Spectrum spectrum = Spectra.random(seed, 40, 40, 80, 40);
      Polynomial polynomial = new Polynomial(spectrum, 40, 20);
      DualBound dual = new DualBound(polynomial, null);
      dual.improve(polynomial.value(new LocalSearch(polynomial).search()), 2_000, WORK);
      double program = IntegerProgram.best(spectrum, 20, false);
      assertTrue(dual.bound() < program, dual.bound() + " and " + program);
    }
  }

  @Test
  void aBoundIsNeverBelowTheBestWhateverTheWork() {
    for (int seed = 0; seed < 20; seed++) {
      Spectrum spectrum = Spectra.random(seed, 19, 15, 40, 30, 10);
      double best = Spectra.best(spectrum, 8, 1);
      for (long work : new long[] {0, 1, 20_000, 200_000}) {
        double bound = run(spectrum, 8, work).bound();
        assertTrue(bound >= best - 1e-9, bound + " below " + best);
      }
      requireProven(best, run(spectrum, 8, WORK));
    }
  }
}
