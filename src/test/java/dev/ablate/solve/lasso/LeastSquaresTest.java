package dev.ablate.solve.lasso;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.ablate.backend.Backend;
import dev.ablate.backend.Sets;
import dev.ablate.backend.host.HostBackend;
import dev.ablate.game.Values;
import dev.ablate.mask.Masks;
import dev.ablate.solve.Problem;
import dev.ablate.spectrum.Spectrum;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.ejml.data.DMatrixRMaj;
import org.ejml.dense.row.CommonOps_DDRM;
import org.ejml.dense.row.decomposition.chol.CholeskyDecompositionInner_DDRM;
import org.ejml.dense.row.linsol.chol.LinearSolverChol_DDRM;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Least squares on parities, also with more terms than linear algebra libraries take in one block.
 */
class LeastSquaresTest {
  private static final int FEATURES = 60;

  @ParameterizedTest
  @ValueSource(ints = {1, 5, 63, 64, 65, 999, 1000, 1001, 1300})
  void findsTheCoefficientsOfDenseSpectra(int terms) {
    int rows = 2 * terms + 50;
    Sets sets = sets(terms);
    Random random = new Random(terms);
    double[] truth = random.doubles(terms, -1, 1).toArray();
    try (HostBackend host = new HostBackend(2)) {
      Masks masks = masks(rows, random);
      double[] values = new Spectrum(FEATURES, sets, truth).evaluate(masks, host);
      LeastSquares exact = fit(host, masks, values, sets);
      assertArrayEquals(truth, exact.coefficients(), 1e-9);
      assertEquals(0, exact.left().summary(0).largest(), 1e-8);
      double noise = 0.1;
      Arrays.setAll(values, r -> values[r] + noise * random.nextGaussian());
      LeastSquares fit = fit(host, masks, values, sets);
      assertArrayEquals(direct(masks, values, sets), fit.coefficients(), 1e-9);
      double within = 0;
      for (int s = 0; s < terms; s++) {
        double away = (fit.coefficients()[s] - truth[s]) / fit.standardErrors()[s];
        within += away * away / terms;
      }
      // Mean of `terms` squares of errors that are normal to their standard errors.
      assertEquals(1, within, 5 * Math.sqrt(2.0 / terms) + 0.2);
    }
  }

  private static LeastSquares fit(Backend host, Masks masks, double[] values, Sets sets) {
    return LeastSquares.of(Problem.of(masks, Values.of(values), host, 0), 0, sets);
  }

  /** The normal equations from parities in doubles, solved by a library without blocks. */
  private static double[] direct(Masks masks, double[] values, Sets sets) {
    DMatrixRMaj parities = new DMatrixRMaj(masks.count(), sets.size());
    for (int r = 0; r < masks.count(); r++) {
      for (int s = 0; s < sets.size(); s++) {
        int kept = 0;
        for (int feature : sets.get(s)) {
          kept += masks.kept(r, feature) ? 1 : 0;
        }
        parities.set(r, s, kept % 2 == 0 ? 1 : -1);
      }
    }
    DMatrixRMaj gram = new DMatrixRMaj(sets.size(), sets.size());
    CommonOps_DDRM.multInner(parities, gram);
    DMatrixRMaj products = new DMatrixRMaj(sets.size(), 1);
    CommonOps_DDRM.multTransA(
        parities, DMatrixRMaj.wrap(values.length, 1, values.clone()), products);
    var solver = new LinearSolverChol_DDRM(new CholeskyDecompositionInner_DDRM(true));
    solver.setA(gram);
    DMatrixRMaj solved = new DMatrixRMaj(sets.size(), 1);
    solver.solve(products, solved);
    return solved.getData();
  }

  private static Masks masks(int rows, Random random) {
    boolean[][] kept = new boolean[rows][FEATURES];
    for (boolean[] row : kept) {
      for (int f = 0; f < FEATURES; f++) {
        row[f] = random.nextBoolean();
      }
    }
    return Masks.of(kept);
  }

  /** The empty set, singles and pairs, as many as asked for. */
  private static Sets sets(int terms) {
    List<int[]> sets = new ArrayList<>(List.of(new int[0]));
    for (int i = 0; i < FEATURES; i++) {
      sets.add(new int[] {i});
    }
    for (int i = 0; i < FEATURES; i++) {
      for (int j = i + 1; j < FEATURES; j++) {
        sets.add(new int[] {i, j});
      }
    }
    return Sets.of(sets.subList(0, terms));
  }
}
