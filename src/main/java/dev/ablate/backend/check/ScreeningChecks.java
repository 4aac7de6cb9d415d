package dev.ablate.backend.check;

import dev.ablate.backend.Backend;
import dev.ablate.backend.HostBuffer;
import dev.ablate.backend.Screening.Hits;
import dev.ablate.backend.Screening.Search;
import dev.ablate.backend.Sets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.TreeMap;
import java.util.stream.IntStream;

/** Every set of some orders, tested one by one. */
final class ScreeningChecks {
  private ScreeningChecks() {}

  static List<Check> all() {
    // Means of 300 normal numbers in doubles; no coefficient is that close to the threshold.
    return List.of(new Check("screening.screen", "brute force", 1e-12, ScreeningChecks::run));
  }

  private static double run(Backend backend) {
    int rows = 301;
    int features = 70;
    double threshold = 0.15;
    // 325 pairs: more than a tile of the products has on either side.
    int[] among = IntStream.range(0, 26).map(i -> i * 69 / 25).toArray();
    long[] masks = Inputs.masks(rows, features, 51);
    double[] values = Inputs.normal(rows, 52);
    TreeMap<int[], Double> expected = new TreeMap<>(Sets::compare);
    for (int[] set : sets(among, 4)) {
      Sets one = Sets.of(List.of(set));
      double sum = 0;
      for (int r = 0; set.length > 1 && r < rows; r++) {
        sum += Inputs.sign(one, 0, masks, 2, r) * values[r];
      }
      if (Math.abs(sum / rows) >= threshold) {
        expected.put(set, sum / rows);
      }
    }
    Search search = new Search(among, 2, 4, threshold, 10_000);
    Hits hits =
        backend
            .screening()
            .screen(HostBuffer.of(masks), rows, features, HostBuffer.of(values), 1, List.of(search))
            .get(0);
    Sets sets = Sets.of(expected.keySet());
    boolean same =
        !expected.isEmpty()
            && hits.found() == expected.size()
            && Arrays.equals(sets.starts(), hits.sets().starts())
            && Arrays.equals(sets.features(), hits.sets().features());
    double[] coefficients = expected.values().stream().mapToDouble(Double::doubleValue).toArray();
    return same ? Inputs.distance(coefficients, hits.coefficients()) : Check.WRONG;
  }

  /** All sets of at most so many members, the empty one among them. */
  private static List<int[]> sets(int[] among, int order) {
    List<int[]> sets = new ArrayList<>();
    sets.add(new int[0]);
    for (int next : among) {
      int before = sets.size();
      for (int s = 0; s < before; s++) {
        int[] set = sets.get(s);
        if (set.length < order) {
          int[] longer = Arrays.copyOf(set, set.length + 1);
          longer[set.length] = next;
          sets.add(longer);
        }
      }
    }
    return sets;
  }
}
