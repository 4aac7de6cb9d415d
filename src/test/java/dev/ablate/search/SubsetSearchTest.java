package dev.ablate.search;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ablate.backend.Sets;
import dev.ablate.code.InputException;
import dev.ablate.spectrum.Link;
import dev.ablate.spectrum.Spectrum;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class SubsetSearchTest {
  private static final long WORK = SubsetSearch.WORK.standard();

  private static BestSubset best(Spectrum spectrum, int size, Goal goal) {
    return SubsetSearch.best(spectrum, Link.IDENTITY, size, goal, WORK);
  }

  private static void requireHonest(Spectrum spectrum, BestSubset found, int size, Goal goal) {
    assertEquals(size, found.features().length);
    assertEquals(Spectra.value(spectrum, found.features()), found.value(), 1e-9);
    assertTrue(goal.sign() * (found.bound() - found.value()) >= 0, found.toString());
    assertEquals(found.proven(), found.gap() == 0);
  }

  @ParameterizedTest
  @EnumSource
  void sixteenFeaturesEqualAllMasks(Goal goal) {
    for (int seed = 0; seed < 12; seed++) {
      Spectrum spectrum = Spectra.random(seed, 16, 12, 40, 30, 10, 5);
      for (int size = 1; size <= 16; size++) {
        BestSubset found = best(spectrum, size, goal);
        requireHonest(spectrum, found, size, goal);
        assertTrue(found.proven());
        assertEquals(Spectra.best(spectrum, size, goal.sign()), found.value(), 1e-9);
      }
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {2, 3, 37, 38})
  void fewSetsOfManyFeaturesAreAllLookedAt(int size) {
    Spectrum spectrum = Spectra.random(3, 40, 40, 100, 50);
    BestSubset found = best(spectrum, size, Goal.MAX);
    assertEquals(BestSubset.Search.EXHAUSTIVE, found.search());
    assertEquals(Spectra.best(spectrum, size, 1), found.value(), 1e-9);
    requireHonest(spectrum, found, size, Goal.MAX);
  }

  @Test
  void aLinkChangesNoSet() {
    Spectrum spectrum = Spectra.random(5, 14, 14, 20, 10);
    Link link = Link.logit(0, 1, 0.01);
    for (Goal goal : Goal.values()) {
      BestSubset before = best(spectrum, 6, goal);
      BestSubset behind = SubsetSearch.best(spectrum, link, 6, goal, WORK);
      assertArrayEquals(before.features(), behind.features());
      assertEquals(link.inverse(before.value()), behind.value(), 1e-12);
      assertEquals(link.inverse(before.bound()), behind.bound(), 1e-12);
    }
  }

  @Test
  void whatNoTermHoldsFillsTheSizeAndIsNamed() {
    Spectrum spectrum = new Spectrum(6, Sets.of(List.of(new int[] {4})), new double[] {-1});
    BestSubset found = best(spectrum, 3, Goal.MAX);
    assertArrayEquals(new int[] {0, 1, 4}, found.features());
    assertArrayEquals(new int[] {0, 1}, found.idle());
    assertArrayEquals(new int[] {0, 1, 2}, best(spectrum, 3, Goal.MIN).features());
    assertEquals(1, best(Spectrum.zero(3), 1, Goal.MAX).features().length);
  }

  @Test
  void manyFeaturesEndWithABoundWithinTheWork() {
    Spectrum spectrum = Spectra.random(1, 144, 144, 600, 256);
    BestSubset found = SubsetSearch.best(spectrum, Link.IDENTITY, 72, Goal.MAX, 0);
    requireHonest(spectrum, found, 72, Goal.MAX);
    assertEquals(BestSubset.Search.BRANCH_AND_BOUND, found.search());
    assertTrue(found.gap() > 0);
    assertEquals(0, found.nodes());
  }

  @Test
  void sizesBeyondTheFeaturesAreRefused() {
    Spectrum spectrum = Spectra.random(1, 5, 5);
    for (long size : new long[] {0, 6, Integer.MAX_VALUE + 2L}) {
      InputException e =
          assertThrows(
              InputException.class,
              () -> SubsetSearch.best(spectrum, Link.IDENTITY, size, Goal.MAX, WORK));
      assertTrue(e.message(name -> name).contains("give 1 to 5"), e.getMessage());
    }
  }

  @Test
  void coefficientsWithoutASumAreRefused() {
    Spectrum spectrum =
        new Spectrum(
            2, Sets.of(List.of(new int[] {0}, new int[] {1})), new double[] {1e308, 1e308});
    assertThrows(InputException.class, () -> best(spectrum, 1, Goal.MAX));
  }
}
