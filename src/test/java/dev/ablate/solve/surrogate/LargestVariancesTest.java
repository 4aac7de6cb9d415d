package dev.ablate.solve.surrogate;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ablate.backend.GaussianProcess.Prior;
import dev.ablate.backend.Sets;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** The best sets against all sets, sorted. */
class LargestVariancesTest {
  private static final double[] DECAYS = {0.3, 0.01, 0.7, 1.2, 0.05, 0.3, 0.002, 0.4, 0.09, 2.5};

  @Test
  void comeInTheOrderOfAllSets() {
    Prior prior = new Prior(DECAYS, 2, 0.1);
    int n = DECAYS.length;
    List<int[]> all =
        IntStream.range(0, 1 << n)
            .mapToObj(bits -> IntStream.range(0, n).filter(i -> (bits >>> i & 1) != 0).toArray())
            .toList();
    double[] variances = prior.variances(Sets.of(all));
    assertEquals(2, Arrays.stream(variances).sum(), 1e-12);
    Arrays.sort(variances);
    for (int most : new int[] {1, 2, 17, 1000, 1 << n, 5000}) {
      Sets best = LargestVariances.of(prior, most);
      int count = Math.min(most, 1 << n);
      assertEquals(count, best.size());
      double[] found = prior.variances(best);
      double[] expected =
          IntStream.range(0, count).mapToDouble(k -> variances[variances.length - 1 - k]).toArray();
      assertArrayEquals(expected, found, 1e-14);
      Set<String> distinct = new HashSet<>();
      for (int s = 0; s < best.size(); s++) {
        distinct.add(Arrays.toString(best.get(s)));
      }
      assertEquals(count, distinct.size());
    }
  }

  @Test
  void equalVariancesStandInTheOrderOfSets() {
    Sets best = LargestVariances.of(new Prior(new double[] {0.3, 0.3, 0.3, 0.3}, 1, 0.1), 11);
    int[][] expected = {{}, {0}, {1}, {2}, {3}, {0, 1}, {0, 2}, {0, 3}, {1, 2}, {1, 3}, {2, 3}};
    assertEquals(expected.length, best.size());
    for (int s = 0; s < expected.length; s++) {
      assertArrayEquals(expected[s], best.get(s));
    }
  }

  @Test
  void decaysOfAnySizeLeadToEverySet() {
    // So unlike that the next best sets are far from the last ones, and of high order.
    double[] decays = {9, 8, 7, 1e-9, 6, 5, 4, 3, 1e-5};
    Sets best = LargestVariances.of(new Prior(decays, 1, 0.1), 1 << decays.length);
    assertEquals(1 << decays.length, best.size());
    double[] found = new Prior(decays, 1, 0.1).variances(best);
    for (int s = 1; s < found.length; s++) {
      assertTrue(found[s] <= found[s - 1] * (1 + 1e-12));
    }
  }

  @Test
  void featuresThatNeverVaryStayOut() {
    Sets best = LargestVariances.of(new Prior(new double[] {0.5, 0, 0.2}, 1, 0.1), 100);
    assertEquals(4, best.size());
    for (int s = 0; s < best.size(); s++) {
      assertEquals(0, IntStream.of(best.get(s)).filter(i -> i == 1).count());
    }
  }
}
