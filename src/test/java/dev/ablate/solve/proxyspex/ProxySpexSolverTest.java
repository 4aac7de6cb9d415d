package dev.ablate.solve.proxyspex;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ablate.SharedGames;
import dev.ablate.backend.Backend;
import dev.ablate.backend.HostBuffer;
import dev.ablate.backend.host.HostBackend;
import dev.ablate.code.InputException;
import dev.ablate.game.Values;
import dev.ablate.mask.Design;
import dev.ablate.mask.MaskSampling;
import dev.ablate.mask.Masks;
import dev.ablate.solve.Refine;
import dev.ablate.solve.Samples;
import dev.ablate.solve.Solution;
import dev.ablate.spectrum.R2;
import java.util.List;
import java.util.function.ToDoubleFunction;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class ProxySpexSolverTest {
  private static final Backend BACKEND = new HostBackend(2);

  @AfterAll
  static void close() {
    BACKEND.close();
  }

  /** Our error over the peer's on the same masks, as a part of it. */
  @ParameterizedTest
  @CsvSource({"forest-breast-cancer-30, 0.15", "planted-hierarchical-64, 0.01"})
  void lassoLeavesAFractionOfThePublishedError(String name, double share) {
    SharedGames.SharedGame game = SharedGames.read(name);
    Samples samples = samples(game.masks(), game.values());
    Solution solution = solver(Refine.LASSO).solve(samples, BACKEND, 0).get(0);
    double r2 = R2.of(game.testValues(), solution.spectrum().evaluate(game.testMasks()));
    assertTrue(1 - r2 <= share * (1 - game.peerR2()), "test R2 " + r2);
    // The held-out fifth has a fifth of the training noise and fewer masks behind its fit.
    assertEquals(r2, solution.heldOutR2(), 0.01);
    assertEquals(game.masks().count() / 5, solution.heldOutMasks());
  }

  @Test
  void resultsDoNotDependOnThreads() {
    Masks masks = uniform(300, 12);
    Samples samples = samples(masks, values(masks, m -> m[0] && m[1] ? 3 : m[2] ? 1 : 0));
    try (Backend one = new HostBackend(1)) {
      Solution a = solver(Refine.LASSO).solve(samples, one, 7).get(0);
      Solution b = solver(Refine.LASSO).solve(samples, BACKEND, 7).get(0);
      assertArrayEquals(a.spectrum().coefficients(), b.spectrum().coefficients());
      assertEquals(a.report(), b.report());
      assertEquals(a.heldOutR2(), b.heldOutR2());
    }
  }

  @Test
  void screeningFindsATermWithoutSubsets() {
    // 0, 1, 2 and 3 act alone and as a fourfold product, which no split of a tree sees.
    Masks masks = uniform(1500, 30);
    Values values =
        values(
            masks,
            m -> sign(m, 0) + sign(m, 1) + sign(m, 2) + sign(m, 3) + 2 * sign(m, 0, 1, 2, 3));
    Solution solution = solver(Refine.LASSO).solve(samples(masks, values), BACKEND, 1).get(0);
    assertEquals(2, solution.spectrum().coefficientOf(0, 1, 2, 3), 1e-3);
    assertTrue(solution.heldOutR2() > 0.9999, "held-out R2 " + solution.heldOutR2());
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 5, 9, 10, 20, 50})
  void worksFromFewMasks(int rows) {
    Masks masks = uniform(rows, 8);
    Values values = values(masks, m -> (m[0] ? 2 : 0) + (m[3] ? 1 : 0));
    for (Refine refine : Refine.values()) {
      Solution solution = solver(refine).solve(samples(masks, values), BACKEND, 0).get(0);
      for (double coefficient : solution.spectrum().coefficients()) {
        assertTrue(Double.isFinite(coefficient));
      }
      assertEquals(refine.toString(), solution.refine());
      assertEquals(rows < 10, solution.heldOutMasks() == 0);
      assertEquals(rows < 10, !solution.notes().isEmpty());
      if (rows == 50 && refine == Refine.LASSO) {
        assertTrue(solution.heldOutR2() > 0.99, "held-out R2 " + solution.heldOutR2());
      }
    }
  }

  @ParameterizedTest
  @EnumSource(Refine.class)
  void constantValuesAreTheEmptySet(Refine refine) {
    Masks masks = uniform(40, 6);
    Solution solution =
        solver(refine).solve(samples(masks, values(masks, m -> -2.5)), BACKEND, 0).get(0);
    assertEquals(1, solution.spectrum().size());
    assertEquals(-2.5, solution.spectrum().coefficientOf());
    assertFalse(solution.notes().isEmpty());
  }

  @Test
  void oneFeatureIsALine() {
    Masks masks = Masks.exhaustive(1);
    Values values = values(masks, m -> m[0] ? 5 : 1);
    Solution solution = solver(Refine.LASSO).solve(samples(masks, values), BACKEND, 0).get(0);
    assertEquals(3, solution.spectrum().coefficientOf(), 1e-9);
    assertTrue(solution.spectrum().coefficientOf(0) <= 0);
  }

  @Test
  void repeatsAreWeights() {
    Masks masks = uniform(60, 5);
    int[] twice = new int[120];
    for (int r = 0; r < twice.length; r++) {
      twice[r] = r % 60;
    }
    Values values = values(masks, m -> (m[1] ? 1 : 0) + (m[2] && m[4] ? 1 : 0));
    Solution solution =
        solver(Refine.LASSO)
            .solve(samples(masks.select(twice), values.select(twice)), BACKEND, 0)
            .get(0);
    assertTrue(solution.heldOutR2() > 0.99, "held-out R2 " + solution.heldOutR2());
    assertEquals(24, solution.heldOutMasks(), 8);
  }

  @Test
  void outputsAreFittedOneByOne() {
    Masks masks = uniform(200, 6);
    double[] both = new double[400];
    double[] first = new double[200];
    for (int r = 0; r < 200; r++) {
      first[r] = (masks.kept(r, 0) ? 1 : 0) - (masks.kept(r, 1) && masks.kept(r, 2) ? 2 : 0);
      both[2 * r] = first[r];
      both[2 * r + 1] = 4;
    }
    List<Solution> solutions =
        solver(Refine.LASSO)
            .solve(samples(masks, new Values(HostBuffer.of(both), 200, 2)), BACKEND, 3);
    Solution alone =
        solver(Refine.LASSO).solve(samples(masks, Values.of(first)), BACKEND, 3).get(0);
    assertEquals(2, solutions.size());
    assertArrayEquals(alone.spectrum().coefficients(), solutions.get(0).spectrum().coefficients());
    assertEquals(4, solutions.get(1).spectrum().coefficientOf());
  }

  @Test
  void manyFeaturesFit() {
    Masks masks = uniform(250, 10_000);
    Values values = values(masks, m -> (m[17] ? 3 : 0) + (m[9_999] ? 2 : 0));
    Solution solution = solver(Refine.LASSO).solve(samples(masks, values), BACKEND, 0).get(0);
    assertEquals(-1.5, solution.spectrum().coefficientOf(17), 0.1);
    assertEquals(-1, solution.spectrum().coefficientOf(9_999), 0.1);
  }

  @Test
  void plansUniformMasks() {
    assertEquals(
        new Design.Paired(MaskSampling.SIZE, 12, 99, 5),
        solver(Refine.LASSO).plan(12, 99, MaskSampling.SIZE, 5));
    assertThrows(
        InputException.class, () -> solver(Refine.LASSO).plan(12, 0, MaskSampling.UNIFORM, 5));
  }

  private static ProxySpexSolver solver(Refine refine) {
    return new ProxySpexSolver(refine);
  }

  private static Samples samples(Masks masks, Values values) {
    return new Samples(masks, values, new Design.Foreign(masks.features(), masks.count()));
  }

  private static Masks uniform(int rows, int features) {
    return new Masks(BACKEND.sampling().uniform(42, 0, 0, rows, features), rows, features);
  }

  private static Values values(Masks masks, ToDoubleFunction<boolean[]> game) {
    double[] values = new double[masks.count()];
    for (int r = 0; r < values.length; r++) {
      values[r] = game.applyAsDouble(masks.row(r));
    }
    return Values.of(values);
  }

  private static double sign(boolean[] mask, int... set) {
    double sign = 1;
    for (int feature : set) {
      sign = mask[feature] ? -sign : sign;
    }
    return sign;
  }
}
