package dev.ablate.solve.proxyspex;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.ablate.backend.Sets;
import dev.ablate.backend.TreeSpectra;
import dev.ablate.spectrum.Spectrum;
import java.util.List;
import org.junit.jupiter.api.Test;

class PublishedProcedureTest {
  @Test
  void theTermThatCrossesTheThresholdStays() {
    // 9 of 10 units of energy are below 95%, so the next largest term is needed too.
    Spectrum kept = truncate(new double[] {7, 3, Math.sqrt(0.9), Math.sqrt(0.1)});
    assertEquals(3, kept.size());
    assertEquals(7, kept.coefficientOf());
    assertEquals(0, kept.coefficientOf(2));
  }

  @Test
  void oneDominantTermStays() {
    Spectrum kept = truncate(new double[] {0.5, 10, 0.1, 0.1});
    assertEquals(2, kept.size());
    assertEquals(10, kept.coefficientOf(0));
  }

  @Test
  void tiesStayTogether() {
    assertEquals(4, truncate(new double[] {1, 2, -2, 2}).size());
  }

  /** The empty set and singletons with the given coefficients. */
  private static Spectrum truncate(double[] coefficients) {
    Sets sets = Sets.of(List.of(new int[0], new int[] {0}, new int[] {1}, new int[] {2}));
    return PublishedProcedure.truncate(3, new TreeSpectra.Terms(sets, coefficients));
  }
}
