package dev.ablate.solve;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import dev.ablate.backend.host.HostBackend;
import dev.ablate.game.Values;
import dev.ablate.mask.Design;
import dev.ablate.mask.MaskSampling;
import dev.ablate.mask.Masks;
import dev.ablate.mask.PairedMasks;
import java.util.Arrays;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;

/** What problems of masks by size give to estimators that need uniform ones. */
class ProblemTest {
  private static final int FEATURES = 12;
  private static final int ROWS = 1500;
  private static final HostBackend HOST = new HostBackend(1);

  @AfterAll
  static void close() {
    HOST.close();
  }

  private static Problem problem(MaskSampling sampling, long seed) {
    Design.Paired design = new Design.Paired(sampling, FEATURES, ROWS, seed);
    Masks masks = PairedMasks.draw(HOST, design, null);
    double[] values = new double[ROWS];
    Arrays.setAll(values, r -> value(masks.row(r)));
    return Problem.of(new Samples(masks, Values.of(values), design), HOST, 0);
  }

  /** {@code 1 + 2 chi_0 - chi_{1,2} + chi_{3,4,5}}. */
  private static double value(boolean[] kept) {
    return 1 + 2 * chi(kept, 0) - chi(kept, 1, 2) + chi(kept, 3, 4, 5);
  }

  private static int chi(boolean[] kept, int... set) {
    return IntStream.of(set).filter(i -> kept[i]).count() % 2 == 0 ? 1 : -1;
  }

  private static double mean(Problem problem, int... set) {
    double sum = 0;
    for (int r = 0; r < problem.rows(); r++) {
      sum += problem.values().get(r, 0) * chi(problem.masks().row(r), set);
    }
    return sum / problem.rows();
  }

  @Test
  void uniformMasksWeighTheSame() {
    try (Problem problem = problem(MaskSampling.UNIFORM, 1);
        Problem same = problem.asUniform();
        Problem too = problem.withoutSizes()) {
      assertNull(problem.weights());
      assertEquals(ROWS, problem.effectiveRows());
      assertEquals(problem.values(), same.values());
      assertEquals(problem.values(), too.values());
      assertEquals(MaskSampling.UNIFORM, problem.design().sampling());
    }
  }

  /** Weighted means estimate coefficients; plain ones of masks by size do not. */
  @Test
  void weightedMeansAreCoefficients() {
    double[] sums = new double[4];
    double plain = 0;
    int seeds = 40;
    for (int seed = 0; seed < seeds; seed++) {
      try (Problem problem = problem(MaskSampling.SIZE, seed);
          Problem uniform = problem.asUniform()) {
        sums[0] += mean(uniform, 0) / seeds;
        sums[1] += mean(uniform, 1, 2) / seeds;
        sums[2] += mean(uniform, 3, 4, 5) / seeds;
        sums[3] += mean(uniform, 6, 7) / seeds;
        plain += mean(problem, 6, 7) / seeds;
      }
    }
    // A mean of some 800 effective rows, of a variance of about 6, over 40 tables.
    assertArrayEquals(new double[] {2, -1, 1, 0}, sums, 0.06);
    // The mean of (144 - 48 size + 4 size^2 - 12) / 132 over the sizes, less that of four parities.
    assertEquals(0.08, plain, 0.03, "every pair shows what sizes do");
  }

  /** Parities of sets that do nothing no longer follow the size. */
  @Test
  void withoutSizesOnlyTheSetsThemselvesShow() {
    double idle = 0;
    double real = 0;
    int seeds = 40;
    for (int seed = 0; seed < seeds; seed++) {
      try (Problem problem = problem(MaskSampling.SIZE, seed);
          Problem rest = problem.withoutSizes()) {
        idle += mean(rest, 6, 7) / seeds;
        real += mean(rest, 1, 2) / seeds;
        for (int degree = 0; degree <= 6; degree++) {
          double product = 0;
          for (int r = 0; r < ROWS; r++) {
            int size = Long.bitCount(rest.masks().hostWords()[r]);
            product += rest.values().get(r, 0) * Math.pow(size / 12.0 - 0.5, degree) / ROWS;
          }
          assertEquals(0, product, 1e-9, "degree " + degree);
        }
      }
    }
    assertEquals(0, idle, 0.05);
    // A parity of two keeps all of its variance but what lies between sizes, a thirtieth.
    assertEquals(-0.97, real, 0.05);
  }

  /** A part of a problem has the weights of its rows. */
  @Test
  void partsHaveTheirOwnWeights() {
    int[] rows = IntStream.range(0, ROWS).filter(r -> r % 3 == 0).toArray();
    try (Problem problem = problem(MaskSampling.SIZE, 3);
        Problem part = problem.select(rows)) {
      double ratio = part.weights()[1] / problem.weights()[3];
      assertEquals(rows.length, Arrays.stream(part.weights()).sum(), 1e-9);
      for (int r = 0; r < rows.length; r++) {
        assertEquals(ratio * problem.weights()[rows[r]], part.weights()[r], 1e-9);
      }
    }
  }
}
