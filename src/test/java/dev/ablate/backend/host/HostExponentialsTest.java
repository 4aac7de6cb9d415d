package dev.ablate.backend.host;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

/** Exponentials of many numbers at once against those of Java. */
class HostExponentialsTest {
  @Test
  void exponentialsAreRight() {
    double[] x = {0, -1e-9, -0.3, -1, -7.25, -40, -333.3, -700, -1e6};
    double[] found = x.clone();
    HostExponentials.of(found, x.length);
    for (int i = 0; i < x.length; i++) {
      double right = Math.exp(Math.max(x[i], -700));
      assertEquals(1, found[i] / right, 2e-12, "exp " + x[i]);
    }
  }

  @Test
  void exponentialsLeaveTheRestAlone() {
    double[] x = {-1, -2, -3};
    HostExponentials.of(x, 2);
    assertEquals(-3, x[2]);
  }
}
