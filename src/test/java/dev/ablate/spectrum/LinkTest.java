package dev.ablate.spectrum;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;

class LinkTest {
  private static final List<Link> LINKS =
      List.of(Link.IDENTITY, Link.LOG, Link.logit(0, 1, 0.01), Link.logit(-3, 5, 0.001));

  @Test
  void theInverseUndoesTheLinkBetweenAndAtTheBounds() {
    for (Link link : LINKS) {
      for (double value : new double[] {0.003, 0.2, 0.5, 0.97, 1}) {
        assertEquals(value, link.inverse(link.forward(value)), 1e-12, link.inWords());
      }
    }
    Link logit = Link.logit(-3, 5, 0.001);
    assertEquals(-3, logit.inverse(logit.forward(-3)), 1e-12);
    assertEquals(5, logit.inverse(logit.forward(5)), 1e-12);
  }

  @Test
  void valuesAtTheBoundsAreFiniteAndPredictionsStayWithin() {
    Link logit = Link.logit(0, 1, 0.01);
    assertEquals(Math.log(0.01 / 1.01), logit.forward(0), 1e-12);
    assertEquals(Math.log(1.01 / 0.01), logit.forward(1), 1e-12);
    assertEquals(0, logit.inverse(-1e6));
    assertEquals(1, logit.inverse(1e6));
    assertEquals(0.5, logit.inverse(0), 1e-15);
    assertEquals(0, Link.LOG.inverse(-1e6));
  }

  @Test
  void whatIsBeyondTheBoundsIsMetAtThem() {
    Link logit = Link.logit(0, 1, 0.01);
    assertEquals(1, logit.bounded(1.5));
    assertEquals(0, logit.bounded(-0.5));
    assertEquals(0.3, logit.bounded(0.3));
    assertTrue(Double.isFinite(Link.LOG.forward(Link.LOG.bounded(-2))));
    assertEquals(-2, Link.IDENTITY.bounded(-2));
  }

  @Test
  void theDerivativeIsThatOfTheLink() {
    double step = 1e-6;
    for (Link link : LINKS) {
      for (double value : new double[] {0.1, 0.5, 0.9}) {
        double slope = (link.forward(value + step) - link.forward(value - step)) / (2 * step);
        assertEquals(slope, link.derivative(value), 1e-6 * slope, link.inWords());
      }
    }
  }

  @Test
  void theIdentityLeavesArraysAsTheyAre() {
    double[] values = {1, -2};
    assertSame(values, Link.IDENTITY.forward(values));
    assertSame(values, Link.IDENTITY.inverse(values));
    assertArrayEquals(new double[] {0, 1}, Link.LOG.forward(new double[] {1, Math.E}), 1e-15);
    assertTrue(Link.IDENTITY.isIdentity());
    assertEquals(List.of("identity", "logit", "log"), labels());
  }

  private static List<String> labels() {
    return List.of(Link.IDENTITY.label(), Link.logit(0, 1, 0.5).label(), Link.LOG.label());
  }

  @Test
  void aLogitNeedsARangeAndAMargin() {
    assertThrows(IllegalArgumentException.class, () -> Link.logit(1, 1, 0.01));
    assertThrows(IllegalArgumentException.class, () -> Link.logit(2, 1, 0.01));
    assertThrows(IllegalArgumentException.class, () -> Link.logit(0, 1, 0));
    assertThrows(IllegalArgumentException.class, () -> Link.logit(0, 1, 2));
    assertThrows(IllegalArgumentException.class, () -> Link.logit(Double.NaN, 1, 0.1));
    assertThrows(
        IllegalArgumentException.class, () -> Link.logit(0, Double.POSITIVE_INFINITY, 0.1));
  }
}
