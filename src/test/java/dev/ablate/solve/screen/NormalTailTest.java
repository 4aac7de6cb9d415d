package dev.ablate.solve.screen;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Against published quantiles. */
class NormalTailTest {
  @ParameterizedTest
  @CsvSource({
    "0.1, 1.2815515655446004",
    "0.05, 1.6448536269514722",
    "0.025, 1.959963984540054",
    "0.005, 2.575829303548901",
    "1e-3, 3.090232306167813",
    "1e-6, 4.753424308822899",
    "1e-9, 5.997807015007687",
    "1e-12, 7.034483825301132"
  })
  void quantilesArePublished(double probability, double z) {
    assertEquals(z, NormalTail.quantile(probability), 1e-9);
    assertEquals(1, NormalTail.probability(z) / probability, 1e-8);
  }

  @ParameterizedTest
  @ValueSource(doubles = {0, 0.2, 1e-301, Double.NaN})
  void otherTailsAreRefused(double probability) {
    assertThrows(IllegalArgumentException.class, () -> NormalTail.quantile(probability));
  }

  @Test
  void theFarEndIsReached() {
    assertEquals(1, NormalTail.probability(NormalTail.quantile(1e-300)) / 1e-300, 1e-6);
  }
}
