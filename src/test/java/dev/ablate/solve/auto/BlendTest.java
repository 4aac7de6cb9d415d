package dev.ablate.solve.auto;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ablate.code.Philox;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Weights against what is known of independent errors, and against a search of the simplex. */
class BlendTest {
  private static double[] errors(int rows, double spread, int stream) {
    Philox.Stream random = Philox.stream(3, stream);
    double[] errors = new double[rows];
    Arrays.setAll(errors, r -> spread * random.nextGaussian());
    return errors;
  }

  /** Independent errors are best weighed by the inverses of their variances. */
  @Test
  void independentErrorsAreWeighedByTheirVariances() {
    int rows = 100_000;
    Blend blend = Blend.of(new double[][] {errors(rows, 1, 1), errors(rows, 2, 2)});
    assertArrayEquals(new double[] {0.8, 0.2}, blend.weights(), 0.01);
    assertEquals(0.8 * rows, blend.error(), 0.02 * rows);
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 4, 5})
  void noPointOfTheSimplexIsBetter(int seed) {
    double[][] left = new double[3][];
    double[] shared = errors(60, 1, 10 * seed);
    for (int i = 0; i < 3; i++) {
      double[] own = errors(60, 0.5 + 0.4 * i, 10 * seed + i + 1);
      left[i] = new double[60];
      int at = i;
      Arrays.setAll(left[i], r -> shared[r] + own[r] + 0.1 * at);
    }
    double[] weights = Blend.of(left).weights();
    assertEquals(1, Arrays.stream(weights).sum(), 1e-12);
    double reached = squares(left, weights);
    int steps = 100;
    for (int a = 0; a <= steps; a++) {
      for (int b = 0; a + b <= steps; b++) {
        double[] point = {a / 100.0, b / 100.0, (steps - a - b) / 100.0};
        boolean small = Arrays.stream(point).anyMatch(w -> w > 0 && w < 0.05);
        assertTrue(small || squares(left, point) >= reached * (1 - 1e-12));
      }
    }
  }

  private static double squares(double[][] left, double[] weights) {
    double sum = 0;
    for (int r = 0; r < left[0].length; r++) {
      double blend = 0;
      for (int i = 0; i < weights.length; i++) {
        blend += weights[i] * left[i][r];
      }
      sum += blend * blend;
    }
    return sum;
  }

  @Test
  void equalContendersAndPerfectOnesAreNoBlend() {
    double[] one = errors(50, 1, 1);
    assertTrue(Blend.of(new double[][] {one, one.clone()}).single());
    Blend perfect = Blend.of(new double[][] {one, new double[50]});
    assertArrayEquals(new double[] {0, 1}, perfect.weights());
    assertEquals(0, perfect.error());
    assertTrue(Blend.of(new double[][] {new double[3], new double[3]}).single());
  }

  /** What is chosen on few rows promises more than it keeps; the error is of rows left out. */
  @Test
  void theErrorIsNotThatOfTheRowsThatChose() {
    int seeds = 200;
    double promised = 0;
    double kept = 0;
    for (int seed = 0; seed < seeds; seed++) {
      double[][] left = new double[5][];
      for (int i = 0; i < 5; i++) {
        left[i] = errors(25, 1, 1000 + 5 * seed + i);
      }
      Blend blend = Blend.of(left);
      promised += blend.error() / 25 / seeds;
      kept += Arrays.stream(blend.weights()).map(w -> w * w).sum() / seeds;
    }
    assertTrue(promised > 0.9 * kept, promised + " of " + kept);
  }
}
