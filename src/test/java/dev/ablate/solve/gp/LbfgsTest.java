package dev.ablate.solve.gp;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

/** Minima that are known. */
class LbfgsTest {
  @Test
  void rosenbrocksValleyEndsAtOneOne() {
    Lbfgs climb = new Lbfgs(new double[] {-1.2, 1});
    int steps = 0;
    while (!climb.done() && steps < 200) {
      double[] p = climb.point();
      double a = 1 - p[0];
      double b = p[1] - p[0] * p[0];
      climb.tell(a * a + 100 * b * b, new double[] {-2 * a - 400 * p[0] * b, 200 * b});
      steps++;
    }
    assertArrayEquals(new double[] {1, 1}, climb.best(), 1e-5);
  }

  @Test
  void aQuadraticOfFiftyVariablesTakesFewSteps() {
    double[] start = new double[50];
    Lbfgs climb = new Lbfgs(start);
    for (int steps = 0; steps < 80 && !climb.done(); steps++) {
      double[] p = climb.point();
      double value = 0;
      double[] gradient = new double[50];
      for (int i = 0; i < 50; i++) {
        value += 0.5 * (i + 1) * (p[i] - i) * (p[i] - i);
        gradient[i] = (i + 1) * (p[i] - i);
      }
      climb.tell(value, gradient);
    }
    assertTrue(climb.value() < 1e-6, "value " + climb.value());
  }

  @Test
  void stepsIntoInfinityAreShortened() {
    // -log x + x has its minimum at 1 and no value at 0 and below.
    Lbfgs climb = new Lbfgs(new double[] {0.1});
    for (int steps = 0; steps < 50 && !climb.done(); steps++) {
      double x = climb.point()[0];
      if (x > 0) {
        climb.tell(x - Math.log(x), new double[] {1 - 1 / x});
      } else {
        climb.tell(Double.POSITIVE_INFINITY, new double[] {0});
      }
    }
    assertEquals(1, climb.best()[0], 1e-4);
  }

  @Test
  void aStartWithoutValueStays() {
    Lbfgs climb = new Lbfgs(new double[] {3, 4});
    climb.tell(Double.NaN, new double[2]);
    assertTrue(climb.done());
    assertArrayEquals(new double[] {3, 4}, climb.best());
  }
}
