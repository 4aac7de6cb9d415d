package dev.ablate.backend.host;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.ablate.backend.HostBuffer;
import dev.ablate.backend.Sets;
import dev.ablate.code.Philox;
import dev.ablate.mask.CodedDesign;
import dev.ablate.mask.Masks;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The closed forms against the sample matrix that they never build. */
class HostCodedRegressionTest {
  @ParameterizedTest
  @CsvSource({"1, 3, 2", "5, 3, 3", "40, 3, 2", "70, 4, 5", "300, 5, 6"})
  void closedFormsEqualTheSampleMatrix(int n, int b, int t) {
    try (HostBackend backend = new HostBackend(2)) {
      CodedDesign design = new CodedDesign(CodedDesign.of(n, 3, b, t, 4));
      Masks masks = design.masks(backend);
      Philox.Stream random = Philox.stream(n, 3);
      double[] values =
          IntStream.range(0, masks.count()).mapToDouble(r -> random.nextGaussian()).toArray();
      Sets sets = sets(n, random);
      int delays = design.bins().delays();
      boolean[] taken = new boolean[delays];
      for (int p = 0; p < delays; p++) {
        taken[p] = random.nextInt(3) > 0;
      }
      double[] transform = values.clone();
      backend.walsh().transform(HostBuffer.of(transform), 3 * delays, 1 << b, 1.0 / (1 << b));
      HostCodedRegressionOutput regression =
          new HostCodedRegressionOutput(null, design.bins(), transform);
      int[] foldOf = new int[delays];
      HostCodedRegressionSums sums =
          new HostCodedRegressionTerms(null, regression, sets, foldOf, 1).over(taken);

      int size = sets.size();
      double[] gram = new double[size * size];
      double[] products = new double[size];
      double squares = 0;
      int rows = 0;
      for (int r = 0; r < masks.count(); r++) {
        if (taken[(r >> b) % delays]) {
          double[] chi = signs(masks, r, sets);
          rows++;
          squares += values[r] * values[r];
          for (int s = 0; s < size; s++) {
            products[s] += chi[s] * values[r];
            for (int u = 0; u < size; u++) {
              gram[s * size + u] += chi[s] * chi[u];
            }
          }
        }
      }
      assertEquals(rows, sums.rows());
      assertEquals(squares, sums.squares(), 1e-9 * rows);
      assertArrayEquals(products, sums.products(), 1e-9 * rows);
      assertArrayEquals(gram, sums.gram().dense(sums.entries()), 0);
      double[] weights = random(size, random);
      double error = 0;
      for (int r = 0; r < masks.count(); r++) {
        if (taken[(r >> b) % delays]) {
          double[] chi = signs(masks, r, sets);
          double miss = values[r];
          for (int s = 0; s < size; s++) {
            miss -= weights[s] * chi[s];
          }
          error += miss * miss;
        }
      }
      assertEquals(error, sums.error(weights), 1e-9 * error);

      double[] rest = regression.singletonProducts(sets, weights);
      for (int i = 0; i < n; i++) {
        double expected = 0;
        Sets single = Sets.of(List.of(new int[] {i}));
        for (int r = 0; r < masks.count(); r++) {
          double[] chi = signs(masks, r, sets);
          double miss = values[r];
          for (int s = 0; s < size; s++) {
            miss -= weights[s] * chi[s];
          }
          expected += miss * signs(masks, r, single)[0];
        }
        assertEquals(expected, rest[i], 1e-8 * masks.count());
      }
    }
  }

  private static Sets sets(int n, Philox.Stream random) {
    List<int[]> sets = new ArrayList<>();
    sets.add(new int[0]);
    for (int s = 0; s < 12; s++) {
      int order = 1 + random.nextInt(Math.min(n, 4));
      sets.add(
          IntStream.generate(() -> random.nextInt(n)).distinct().limit(order).sorted().toArray());
    }
    return Sets.of(sets);
  }

  private static double[] random(int size, Philox.Stream random) {
    return IntStream.range(0, size).mapToDouble(s -> random.nextGaussian()).toArray();
  }

  private static double[] signs(Masks masks, int row, Sets sets) {
    double[] chi = new double[sets.size()];
    for (int s = 0; s < chi.length; s++) {
      chi[s] = 1;
      for (int i : sets.get(s)) {
        chi[s] *= masks.kept(row, i) ? -1 : 1;
      }
    }
    return chi;
  }
}
