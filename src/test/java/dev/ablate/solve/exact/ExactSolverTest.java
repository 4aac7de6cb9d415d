package dev.ablate.solve.exact;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ablate.backend.Backend;
import dev.ablate.backend.BackendsUnderTest;
import dev.ablate.backend.host.HostBackend;
import dev.ablate.code.InputException;
import dev.ablate.game.Values;
import dev.ablate.mask.Design;
import dev.ablate.mask.MaskSampling;
import dev.ablate.mask.Masks;
import dev.ablate.solve.Samples;
import dev.ablate.solve.Solution;
import dev.ablate.spectrum.Spectrum;
import java.util.List;
import java.util.Random;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class ExactSolverTest {
  private final ExactSolver solver = new ExactSolver();

  static Stream<Backend> backends() {
    return BackendsUnderTest.all();
  }

  @ParameterizedTest
  @MethodSource("backends")
  void everyCoefficientIsTheMeanOverAllMasks(Backend backend) {
    for (int n : new int[] {1, 2, 5, 9}) {
      int size = 1 << n;
      double[] game = new SplittableRandom(n).doubles(2 * size, -3, 3).toArray();
      List<Solution> solutions = solve(Masks.exhaustive(n), game, 2, backend);
      for (int o = 0; o < 2; o++) {
        Spectrum spectrum = solutions.get(o).spectrum();
        assertEquals(size, spectrum.size());
        for (int i = 0; i < size; i++) {
          int set = 0;
          for (int member : spectrum.sets().get(i)) {
            set |= 1 << member;
          }
          double mean = 0;
          for (int m = 0; m < size; m++) {
            double sign = Integer.bitCount(m & set) % 2 == 0 ? 1 : -1;
            mean += sign * game[2 * m + o] / size;
          }
          assertEquals(mean, spectrum.coefficient(i), 1e-12);
        }
      }
    }
  }

  @ParameterizedTest
  @MethodSource("backends")
  void plantedTermsAreAllThatIsLeft(Backend backend) {
    int n = 12;
    double[] game =
        IntStream.range(0, 1 << n)
            .mapToDouble(
                m ->
                    1000
                        + 0.3 * (Integer.bitCount(m & 0b10000110) % 2 == 0 ? 1 : -1)
                        - 1e-6 * (m >> 11 == 0 ? 1 : -1))
            .toArray();
    Solution solution = solve(Masks.exhaustive(n), game, 1, backend).get(0);
    Spectrum spectrum = solution.spectrum();
    assertEquals(3, spectrum.size());
    assertEquals(1000, spectrum.coefficientOf(), 1e-9);
    assertEquals(0.3, spectrum.coefficientOf(1, 2, 7), 1e-9);
    assertEquals(-1e-6, spectrum.coefficientOf(11), 1e-9);
    assertEquals("exact", solution.ran());
    assertEquals("none", solution.refine());
    assertTrue(Double.isNaN(solution.heldOutR2()));
  }

  @Test
  void masksMayComeInAnyOrderAndTwice() {
    int n = 6;
    double[] game = new Random(2).doubles(1 << n).toArray();
    int[] rows = new Random(3).ints(400, 0, 1 << n).toArray();
    System.arraycopy(IntStream.range(0, 1 << n).map(m -> 63 - m).toArray(), 0, rows, 100, 64);
    Masks masks = Masks.exhaustive(n).select(rows);
    double[] values = IntStream.of(rows).mapToDouble(r -> game[r]).toArray();
    try (Backend host = new HostBackend(1)) {
      Spectrum shuffled = solve(masks, values, 1, host).get(0).spectrum();
      assertArrayEquals(game, shuffled.evaluate(Masks.exhaustive(n)), 1e-12);
    }
  }

  @Test
  void zeroGamesHaveNoTerms() {
    try (Backend host = new HostBackend(1)) {
      assertEquals(0, solve(Masks.exhaustive(3), new double[8], 1, host).get(0).spectrum().size());
    }
  }

  @Test
  void whatCannotServeIsRefused() {
    assertEquals(new Design.Exhaustive(10), solver.plan(10, 1024, MaskSampling.UNIFORM, 0));
    assertThrows(InputException.class, () -> solver.plan(10, 1023, MaskSampling.UNIFORM, 0));
    assertThrows(
        InputException.class, () -> solver.plan(60, Long.MAX_VALUE, MaskSampling.UNIFORM, 0));
    Masks some = Masks.exhaustive(5).range(0, 31);
    try (Backend host = new HostBackend(1)) {
      InputException refused =
          assertThrows(InputException.class, () -> solve(some, new double[31], 1, host));
      assertTrue(refused.getMessage().contains("1 of 32"), refused.getMessage());
    }
  }

  private List<Solution> solve(Masks masks, double[] values, int outputs, Backend backend) {
    Values wrapped = Values.zeros(masks.count(), outputs);
    System.arraycopy(values, 0, wrapped.hostDoubles(), 0, values.length);
    Design design = new Design.Foreign(masks.features(), masks.count());
    return solver.solve(new Samples(masks, wrapped, design), backend, 0);
  }
}
