package dev.ablate.spectrum;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.Arrays;
import org.junit.jupiter.api.Test;

class CorrelationTest {
  private static final double[] ONE = {1, 2, 3, 5};
  private static final double[] OTHER = {2, 1, 4, 3};

  /** Sums by hand: products 3.5, squares 8.75 and 5. */
  @Test
  void itIsPearsons() {
    double r = 3.5 / Math.sqrt(8.75 * 5);
    assertEquals(r, Correlation.of(ONE, OTHER), 1e-15);
    assertEquals(r, Correlation.of(OTHER, ONE), 1e-15);
    assertEquals(-r, Correlation.of(ONE, scaled(OTHER, -1e200)), 1e-15);
    assertEquals(r, Correlation.of(scaled(ONE, 1e-200), OTHER), 1e-15);
    assertEquals(1, Correlation.of(ONE, scaled(ONE, 3)), 1e-15);
  }

  @Test
  void whereItIsUndefinedItIsNaN() {
    assertEquals(Double.NaN, Correlation.of(new double[0], new double[0]));
    assertEquals(Double.NaN, Correlation.of(new double[] {1, 2}, new double[] {1, 2}));
    assertEquals(Double.NaN, Correlation.of(ONE, new double[] {0.1, 0.1, 0.1, 0.1}));
    assertEquals(Double.NaN, Correlation.of(new double[4], OTHER));
    assertThrows(IllegalArgumentException.class, () -> Correlation.of(ONE, new double[3]));
  }

  private static double[] scaled(double[] numbers, double factor) {
    return Arrays.stream(numbers).map(number -> number * factor).toArray();
  }
}
