package dev.ablate.solve.surrogate;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import dev.ablate.backend.GaussianProcess.Prior;
import dev.ablate.backend.GaussianProcess.Shape;
import dev.ablate.backend.HostBuffer;
import dev.ablate.backend.Sets;
import dev.ablate.backend.host.HostBackend;
import dev.ablate.index.Index;
import dev.ablate.mask.Masks;
import dev.ablate.spectrum.Spectrum;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.BiFunction;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Rules with fewer nodes against the one with all, over all sets, and against closed forms. */
class NodeCheckTest {
  private static final HostBackend BACKEND = new HostBackend(2);
  private static final int FEATURES = 80;
  private static final int ORDER = 2;

  @AfterAll
  static void close() {
    BACKEND.close();
  }

  private static ProcessSurrogate process(double decay, Shape shape) {
    SplittableRandom random = new SplittableRandom(11);
    int rows = 30;
    int words = (FEATURES + 63) / 64;
    long[] masks = random.longs((long) rows * words).toArray();
    for (int r = 0; r < rows; r++) {
      masks[r * words + words - 1] &= (1L << FEATURES % 64) - 1;
    }
    return new ProcessSurrogate(
        new Prior(random.doubles(FEATURES, 0, 2 * decay).toArray(), 1.3, 0.1, shape),
        new Masks(HostBuffer.of(masks), rows, FEATURES),
        random.doubles(rows, -1, 1).toArray(),
        0);
  }

  /** Largest error of an order over the largest sum of that order, the worst of all orders. */
  private static double error(Sets sets, double[] expected, double[] found) {
    double worst = 0;
    for (int order = 0; order <= sets.maxOrder(); order++) {
      double largest = 0;
      double error = 0;
      for (int s = 0; s < found.length; s++) {
        if (sets.order(s) == order) {
          largest = Math.max(largest, Math.abs(expected[s]));
          error = Math.max(error, Math.abs(expected[s] - found[s]));
        }
      }
      worst = Math.max(worst, largest > 0 ? error / largest : error);
    }
    return worst;
  }

  /** The nodes that a process takes; their sums of all sets are those by all nodes. */
  private static int nodes(Index index, double decay, Shape shape) {
    ProcessSurrogate process = process(decay, shape);
    Extension extension = new Extension(process, BACKEND);
    SizeRule all = SizeRule.of(index, ORDER, FEATURES);
    Sets sets = process.candidates(ORDER, 10_000);
    SizeRule enough = new NodeCheck(process.prior(), sets, all).enough(extension::sums);
    if (enough.averaged() < all.averaged()) {
      double[] found = extension.weighed(sets, all);
      double error = error(sets, extension.sums(sets, all), found);
      assertTrue(error <= NodeCheck.SHARE, index + " " + decay + " " + shape + ": " + error);
      // As many nodes as a polynomial of this degree takes, whatever it is.
      double[] exact = extension.sums(sets, all.withNodes((FEATURES + ORDER) / 2 + 1));
      double beyond = error(sets, exact, found);
      assertTrue(beyond <= NodeCheck.SHARE, index + " " + decay + " " + shape + ": " + beyond);
    }
    return enough.averaged();
  }

  @ParameterizedTest
  @EnumSource(
      value = Index.class,
      names = {"SII", "SV", "STII", "FSII"})
  void smoothProcessesTakeFewNodes(Index index) {
    if (index == Index.SV) {
      // As many sets as features: all nodes cost what the check does.
      assertEquals(
          SizeRule.of(Index.SV, 1, FEATURES).averaged(),
          new NodeCheck(
                  process(0.01, Shape.PRODUCT).prior(),
                  process(0.01, Shape.PRODUCT).candidates(1, 1000),
                  SizeRule.of(Index.SV, 1, FEATURES))
              .enough((sets, rule) -> fail("looked at"))
              .averaged());
      return;
    }
    int smooth = nodes(index, 0.01, Shape.PRODUCT);
    assertTrue(smooth <= 8, index + ": " + smooth);
  }

  @ParameterizedTest
  @EnumSource(
      value = Index.class,
      names = {"SII", "STII", "FSII"})
  void roughProcessesTakeMany(Index index) {
    Shape product = Shape.PRODUCT;
    int smooth = nodes(index, 0.01, product);
    for (double decay : new double[] {0.1, 0.3}) {
      int large = nodes(index, decay, product);
      assertTrue(large > smooth, index + " decay " + decay + ": " + large);
    }
    int rough = nodes(index, 0.01, new Shape(0.5, 10, 0, 0));
    assertTrue(rough > smooth, index + " rough: " + rough);
    int tilted = nodes(index, 0.01, new Shape(0, 1, -8, 0));
    assertTrue(tilted > smooth, index + " tilt: " + tilted);
    int close = nodes(index, 0.01, new Shape(0.4, 2.5, -0.8, 5));
    assertEquals(24, close, index + " closeness");
  }

  /** Each order by its own largest sum; what is next to none beside all others may be rounding. */
  @Test
  void noOrderHidesBehindAnother() {
    Prior prior = process(0.01, Shape.PRODUCT).prior();
    SizeRule all = SizeRule.of(Index.SII, ORDER, FEATURES);
    Sets sets = process(0.01, Shape.PRODUCT).candidates(ORDER, 10_000);
    for (double pairs : new double[] {1e-3, 1e-6}) {
      BiFunction<Sets, SizeRule, double[]> sums =
          (some, rule) -> {
            double[] values = new double[some.size()];
            double off = rule.averaged() < 12 ? 1e-12 : 0;
            Arrays.setAll(values, s -> some.order(s) == 2 ? pairs + off : 1);
            return values;
          };
      assertEquals(12, new NodeCheck(prior, sets, all).enough(sums).averaged());
    }
    SizeRule rounding =
        new NodeCheck(prior, sets, all)
            .enough(
                (some, rule) -> {
                  double[] values = new double[some.size()];
                  double off = rule.averaged() < 12 ? 1e-14 : 0;
                  Arrays.setAll(values, s -> some.order(s) == 2 ? 1e-6 + off : 1);
                  return values;
                });
    assertEquals(6, rounding.averaged());
  }

  @Test
  void indicesWithoutAnIntegralAreNotLookedAt() {
    ProcessSurrogate process = process(0.01, Shape.PRODUCT);
    Sets sets = process.candidates(ORDER, 10_000);
    for (Index index : List.of(Index.FOURIER, Index.BII, Index.FBII, Index.MOEBIUS)) {
      SizeRule rule = SizeRule.of(index, ORDER, FEATURES);
      assertSame(
          rule,
          new NodeCheck(process.prior(), sets, rule)
              .enough((some, by) -> fail("looked at " + index)));
    }
  }

  /** SII of a parity is its coefficient times (-2)^s / (t - s + 1), or 0 where t - s is odd. */
  @ParameterizedTest
  @EnumSource(
      value = Index.class,
      names = {"SII", "SV", "K_SII"})
  void fewerNodesAreExactForPolynomials(Index index) {
    for (int count : new int[] {6, 8, 12}) {
      // Degrees up to twice the nodes less one.
      int[] term = new int[2 * count];
      Arrays.setAll(term, i -> 3 * i);
      Sets sets = Sets.of(List.of(new int[] {3}));
      Spectrum spectrum =
          new Spectrum(
              FEATURES,
              Sets.of(List.of(Arrays.copyOf(term, term.length - 1), term)),
              new double[] {2, 5});
      SizeRule rule = SizeRule.of(index, 1, FEATURES).withNodes(count);
      double found = new SpectrumSurrogate(spectrum).weighed(sets, rule, BACKEND)[0];
      assertEquals(2 * -2.0 / (term.length - 1), found, 1e-13);
    }
  }
}
